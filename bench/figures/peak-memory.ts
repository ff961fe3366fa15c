// The scratch memory of a step beside the bound that its program sets: the most bytes that are live at once.

import type { Finding } from "../figure-worker.ts";

export async function measure(): Promise<readonly Finding[]> {
  return [{ what: "a step's memory over its liveness bound", value: "not measured: the package does not say what the bound of a function is", unit: "times", atMost: 1.15 }];
}
