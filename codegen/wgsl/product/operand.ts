// An operand of a multiplication seen along two axes: `outer` (the rows of a, the columns of b) and `depth` (k). It knows how to load elements.

import type { StoredArray, StoredDTypes } from "./stored.ts";

/** Loads are WGSL expressions of f32 of places inside the operand, for element `g` of the batch, after the lines of `base`. */
export interface Operand {
  readonly name: "a" | "b";
  /** The axis along which neighbours are neighbours in memory. */
  readonly unit: "outer" | "depth";
  /** Lines that define what depends on g alone. */
  readonly base: string;
  /** Four neighbours along `unit`, from multiples of 4 on; undefined where they are not aligned in memory. */
  readonly vector: ((outer: string, depth: string) => string) | undefined;
  readonly element: (outer: string, depth: string) => string;
}

/** Its buffer. */
export function arrayOf({ name, vector }: Operand, stored: StoredDTypes): StoredArray {
  return { name, dtype: stored[name], vectors: vector !== undefined };
}
