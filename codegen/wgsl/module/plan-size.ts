// Sizes as a plan holds them.

import { type Dim, showDim } from "../../../ir/size.ts";
import type { PlanSize } from "./plan.ts";

export function planSize(dim: Dim): PlanSize {
  return typeof dim === "number" ? dim : showDim(dim);
}
