// The shader of a convolution: a pure function of its geometry and of what is computed.

import { elementCount } from "../../../ir/data.ts";
import type { Convolve } from "../../../ir/program/program.ts";
import { type Dim, mulDims } from "../../../ir/size.ts";
import { emitMultiplication } from "../product/emit-product.ts";
import { fewest } from "../product/thin.ts";
import type { DeviceKind } from "../product/tiles.ts";
import type { Shader } from "../shader.ts";
import { emitDirectConvolution } from "./direct.ts";
import { type ConvolutionDescription, multiplyPatches } from "./multiply-patches.ts";

/** Fewer elements than these are not worth a workgroup for each output. */
const fewEntries = 128;

/** Bindings: what is read, as convolveOperands has it, what is computed if it is stored, those of the epilogue; words: see convolutionSizes. */
export function emitConvolution(description: ConvolutionDescription, kind: DeviceKind): Shader {
  const { computes, geometry: { window, channels, outputs, groups } } = description;
  const entries = elementCount(window) * (channels / groups);
  const direct = computes === "result" && outputs / groups <= fewest && entries < fewEntries;
  return direct ? emitDirectConvolution(description) : emitMultiplication(multiplyPatches(description), kind);
}

/** The words of the uniform: the number of places; those of the epilogue follow. */
export function convolutionSizes({ batch, geometry: { counts } }: Convolve): readonly Dim[] {
  return [mulDims(batch, elementCount(counts))];
}
