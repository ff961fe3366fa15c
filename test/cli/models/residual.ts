// Imported by its JavaScript name, as TypeScript projects do.

import type { Tensor } from "damo";

export function residual(predicted: Tensor<"f32", ["batch"]>, actual: Tensor<"f32", ["batch"]>): Tensor<"f32", ["batch"]> {
  return predicted.sub(actual);
}
