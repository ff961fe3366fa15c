// A target for which everything is worth sharing, so that models as small as those of the tests are shared out.

import type { TargetDescription } from "../../ir/target.ts";

export function shareAll(target: TargetDescription): TargetDescription {
  return { ...target, cost: { ...target.cost, worthSharing: 0.01 } };
}
