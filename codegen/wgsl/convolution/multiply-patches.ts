// A convolution as a multiplication. The result: patches times the filter, a sum over entries. The filter: transposed patches times the
// cotangent of the result, a sum over places. Groups are its batch.

import { elementCount } from "../../../ir/data.ts";
import type { Convolve } from "../../../ir/program/program.ts";
import { emitEpilogue, type EpilogueDescription } from "../product/epilogue.ts";
import { matrixOperand } from "../product/matrix-operand.ts";
import type { Multiplication } from "../product/multiplication.ts";
import { arrayOf } from "../product/operand.ts";
import { allSingle, type StoredDTypes } from "../product/stored.ts";
import { patchOperand } from "./patches.ts";

export interface ConvolutionDescription extends Pick<Convolve, "computes" | "geometry"> {
  /** Positions of the window on all images, if that is known. */
  readonly places?: number;
  /** Of what is read, in the order of convolveOperands, and of what is written. Absent: f32. */
  readonly stored?: StoredDTypes;
  /** Absent: what is computed is stored and that is all. */
  readonly epilogue?: EpilogueDescription;
}

export function multiplyPatches({ computes, geometry, places, epilogue, stored = allSingle }: ConvolutionDescription): Multiplication {
  const { window, channels, outputs, groups } = geometry;
  const [entries, n] = [elementCount(window) * (channels / groups), outputs / groups];
  const ofResult = computes === "result";
  const sizes = { batch: groups, m: ofResult ? places : entries, n, k: ofResult ? entries : places };
  // Both the filter and the result have a row of all outputs for each entry, or place.
  const strides = { offset: 0, batchStride: n, rowStride: outputs, columnStride: 1, unit: "column" } as const;
  const [place, entry] = [{ times: 1, words: [0] }, { times: entries, words: [] }];
  const { operand: a, functions } = patchOperand(geometry, ofResult ? "places" : "entries", stored.a);
  const b = matrixOperand("b", { sizes, a: strides, b: strides, stored });
  return {
    name: `convolution, ${computes}`, sizes, result: stored.c, a, b, functions, words: ["places"], operands: [arrayOf(a, stored), arrayOf(b, stored)],
    epilogue: epilogue && emitEpilogue(epilogue),
    sizeTexts: { batch: String(groups), m: ofResult ? "sizes.places" : String(entries), n: String(n), k: ofResult ? String(entries) : "sizes.places" },
    rowStride: String(outputs), batchStride: String(n), storesVectors: n % 4 === 0,
    extents: { batch: { times: groups, words: [] }, n: { times: n, words: [] }, ...(ofResult ? { m: place, k: entry } : { m: entry, k: place }) },
  };
}
