// What multiplies, whatever it is made of: c[g] = a[g] (m x k) times b[g] (k x n) for each g of a batch. Products of matrices and
// convolutions describe themselves so; tiled.ts and thin.ts write the shader.

import type { WorkgroupCount } from "../shader.ts";
import type { Operand } from "./operand.ts";
import type { ShaderInterface } from "./shader-interface.ts";

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
  readonly extents: { readonly [S in "batch" | "m" | "n"]: Omit<WorkgroupCount, "per"> };
}

/** The first statements of a main function. */
export function beginMain(multiplication: Multiplication): string {
  return `${defineSizes(multiplication)} ${multiplication.epilogue?.begin ?? ""}`.trimEnd();
}

/** `let` lines for the four sizes. */
export function defineSizes({ sizeTexts }: Multiplication): string {
  return (["batch", "m", "n", "k"] as const).map((name) => `let ${name} = ${sizeTexts[name]};`).join(" ");
}
