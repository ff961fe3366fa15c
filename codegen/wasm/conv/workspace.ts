// The workspace of a convolution, known from its plan alone: scheduling asks for it before anything is emitted.

import type { ConvolutionVariant } from "./convolution.ts";
import { depthwiseWorkspaceBytes, planeOf } from "./depthwise-plan.ts";
import { planConvolution } from "./plan.ts";

/** Bytes that the `workspace` of the variant's function must have. */
export function convolutionWorkspaceBytes({ dtype, code, computes, geometry }: ConvolutionVariant): number {
  const plane = planeOf(geometry);
  return plane === undefined ? planConvolution(geometry, computes, dtype, code).workspace.bytes : depthwiseWorkspaceBytes(plane, dtype);
}
