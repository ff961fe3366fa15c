// The shader of a matrix product: a pure function of what is known of it when it is emitted.

import type { Shader } from "../shader.ts";
import type { ProductDescription } from "./describe-product.ts";
import { emitThinProduct, thinSide } from "./thin.ts";
import { emitTiledProduct } from "./tiled.ts";
import { chooseTile } from "./tiles.ts";

/** Bindings: a, b, c; words: see productSizes. Needs no more than the limits that every device has. */
export function emitProduct(description: ProductDescription): Shader {
  const side = thinSide(description);
  return side === undefined ? emitTiledProduct(description, chooseTile(description.sizes)) : emitThinProduct(description, side);
}
