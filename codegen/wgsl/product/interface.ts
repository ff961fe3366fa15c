// What all shaders of products have in common: their words, buffers and result.

import type { ShaderBuffer } from "../shader.ts";
import type { ProductDescription } from "./describe-product.ts";
import { declareOperand, type Operand, wordText } from "./operand.ts";

export const productBuffers: readonly ShaderBuffer[] = [
  { dtype: "f32", access: "read" },
  { dtype: "f32", access: "read" },
  { dtype: "f32", access: "write" },
];

/** Declarations of the words, the operands, and the result as elements or, where its rows allow it, as vectors. */
export function declareProduct(a: Operand, b: Operand, storesVectors: boolean): string {
  const words = ["batch", "m", "n", "k", ...["a", "b"].flatMap((name) => ["offset", "batch", "row", "column"].map((word) => `${name}_${word}`))];
  return `struct Sizes { ${words.map((word) => `${word}: i32`).join(", ")} }
${declareOperand(a, 0)}
${declareOperand(b, 1)}
@group(0) @binding(2) var<storage, read_write> c: array<${storesVectors ? "vec4f" : "f32"}>;
@group(0) @binding(3) var<uniform> sizes: Sizes;`;
}

/** `let` lines for the four sizes. */
export function defineSizes({ sizes }: ProductDescription): string {
  return (["batch", "m", "n", "k"] as const).map((name) => `let ${name} = ${wordText(sizes[name], name)};`).join(" ");
}
