// The shader of a matrix product: a pure function of what is known of it when it is emitted.

import type { Shader } from "../shader.ts";
import type { ProductDescription } from "./describe-product.ts";
import type { Multiplication } from "./multiplication.ts";
import { multiplyMatrices } from "./multiply-matrices.ts";
import { emitThin, thinSide } from "./thin.ts";
import { emitTiled } from "./tiled.ts";
import { chooseTile } from "./tiles.ts";

/** Bindings: a, b, c if it is stored, those of the epilogue; words: see productSizes. Needs no more than the limits that every device has. */
export function emitProduct(description: ProductDescription): Shader {
  return emitMultiplication(multiplyMatrices(description));
}

export function emitMultiplication(multiplication: Multiplication): Shader {
  const { sizes } = multiplication;
  const side = thinSide(sizes);
  return side === undefined ? emitTiled(multiplication, chooseTile(sizes)) : emitThin(multiplication, side);
}
