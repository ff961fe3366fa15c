// What multiplies, whatever it is made of: c[g] = a[g] (m x k) times b[g] (k x n) for each g of a batch. Products of matrices and
// convolutions describe themselves so; tiled.ts and thin.ts write the shader.

import type { WorkgroupCount } from "../shader.ts";
import type { Operand } from "./operand.ts";
import type { ShaderInterface } from "./shader-interface.ts";
import { defineSlices, type Split } from "./split.ts";

/** Undefined: known when it runs. */
export interface ProductSizes {
  readonly batch: number | undefined;
  readonly m: number | undefined;
  readonly n: number | undefined;
  readonly k: number | undefined;
}

export interface Multiplication extends ShaderInterface {
  readonly name: string;
  readonly sizes: ProductSizes;
  /** The same as WGSL expressions. */
  readonly sizeTexts: { readonly [S in keyof ProductSizes]: string };
  readonly a: Operand;
  readonly b: Operand;
  /** Elements from row to row of c, and from one of the batch to the next: WGSL expressions. */
  readonly rowStride: string;
  readonly batchStride: string;
  /** Whether four columns of c are aligned in memory wherever a column is a multiple of 4. */
  readonly storesVectors: boolean;
  /** How the extents come from the words. */
  readonly extents: { readonly [S in keyof ProductSizes]: Pick<WorkgroupCount, "times" | "words"> };
  /** Present: c is the workspace, f32 of the sums of each slice, for each element of the batch those of the first slice first. */
  readonly split?: Split;
}

/** The first statements of a main function. */
export function beginMain(multiplication: Multiplication): string {
  const { split, epilogue } = multiplication;
  return [defineSizes(multiplication), ...(split === undefined ? [] : [defineSlices(split)]), ...(epilogue === undefined || epilogue.begin === "" ? [] : [epilogue.begin])].join(" ");
}

/** The loop over the batch, or over what slices it has, by workgroups along an axis: how it begins, the index of what is summed up by now in c, and its part of k. */
export function loopOverBatch({ split }: Multiplication, axis: "y" | "z"): { readonly begin: string; readonly part: string; readonly start: string; readonly end: string } {
  if (split === undefined) return { begin: `for (var g = i32(group.${axis}); g < batch; g += i32(count.${axis})) {`, part: "g", start: "0", end: "k" };
  const begin = `for (var part = i32(group.${axis}); part < batch * slices; part += i32(count.${axis})) {
  let g = part / slices; let start = part % slices * length; let end = min(k, start + length);`;
  return { begin, part: "part", start: "start", end: "end" };
}

/** Enough workgroups for that loop, which goes on in strides where there are more. */
export function countOverBatch({ split, sizes: { batch }, extents }: Multiplication): WorkgroupCount {
  if (split === undefined) return { ...extents.batch, per: 1 };
  return { times: batch! * extents.k.times, words: extents.k.words, per: split.worth, most: batch! * split.most };
}

/** `let` lines for the four sizes. */
export function defineSizes({ sizeTexts }: Multiplication): string {
  return (["batch", "m", "n", "k"] as const).map((name) => `let ${name} = ${sizeTexts[name]};`).join(" ");
}
