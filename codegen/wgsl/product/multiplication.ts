// What multiplies, whatever it is made of: c[g] = a[g] (m x k) times b[g] (k x n) for each g of a batch. Products of matrices and
// convolutions describe themselves so; tiled.ts and thin.ts write the shader.

import type { WorkgroupCount } from "../shader.ts";
import type { Operand } from "./operand.ts";
import type { StoredDTypes } from "./stored.ts";

/** Undefined: known when it runs. */
export interface ProductSizes {
  readonly batch: number | undefined;
  readonly m: number | undefined;
  readonly n: number | undefined;
  readonly k: number | undefined;
}

export interface Multiplication {
  readonly name: string;
  readonly sizes: ProductSizes;
  /** The same as WGSL expressions. */
  readonly sizeTexts: { readonly [S in keyof ProductSizes]: string };
  readonly stored: StoredDTypes;
  readonly a: Operand;
  readonly b: Operand;
  /** Of the uniform at binding 3 and of buffers a and b at bindings 0 and 1, and functions that the operands call. */
  readonly declarations: string;
  /** Elements from row to row of c, and from one of the batch to the next: WGSL expressions. */
  readonly rowStride: string;
  readonly batchStride: string;
  /** Whether four columns of c are aligned in memory wherever a column is a multiple of 4. */
  readonly storesVectors: boolean;
  /** How many words the uniform has, and how the extents come from them. */
  readonly words: number;
  readonly extents: { readonly [S in "batch" | "m" | "n"]: Omit<WorkgroupCount, "per"> };
}

/** `let` lines for the four sizes. */
export function defineSizes({ sizeTexts }: Multiplication): string {
  return (["batch", "m", "n", "k"] as const).map((name) => `let ${name} = ${sizeTexts[name]};`).join(" ");
}
