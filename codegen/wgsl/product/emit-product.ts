// The shaders of a matrix product: a pure function of what is known of it when they are emitted.

import type { Shader } from "../shader.ts";
import { addSlices } from "./add-slices.ts";
import type { ProductDescription } from "./describe-product.ts";
import type { Multiplication } from "./multiplication.ts";
import { multiplyMatrices } from "./multiply-matrices.ts";
import { chooseSplit, type Split } from "./split.ts";
import { emitThin, thinSide, thinWorkgroups } from "./thin.ts";
import { emitTiled } from "./tiled.ts";
import { chooseDepth, chooseTile, type DeviceKind, threadsOf } from "./tiles.ts";

/** Bindings: a, b, c if it is stored, those of the epilogue; words: see productSizes. Needs no more than the limits that every device has. */
export function emitProduct(description: ProductDescription, kind: DeviceKind): Shader {
  return emitMultiplication(multiplyMatrices(description), kind);
}

export function emitMultiplication(multiplication: Multiplication, kind: DeviceKind): Shader {
  const { sizes, split } = multiplication;
  const side = thinSide(sizes);
  // Slices are workgroups, too. Of a GPU they fill up what few small tiles leave idle, which are to stay small then.
  const shared = split === undefined || kind === "gpu" ? sizes : { ...sizes, batch: sizes.batch! * split.most };
  return side === undefined ? emitTiled(multiplication, chooseTile(shared, kind)) : emitThin(multiplication, side, kind);
}

/** Whether a multiplication is better shared out along k, which is about this: on a GPU, but then, for the same bits, everywhere. */
export function splitOf(multiplication: Multiplication, k: number): Split | undefined {
  const { sizes } = multiplication;
  const { batch, m, n } = sizes;
  if (batch === undefined || m === undefined || n === undefined) return undefined;
  const side = thinSide(sizes);
  const tile = chooseTile(sizes, "gpu");
  const { count, ...workgroups } = side === undefined
    ? { count: Math.ceil(m / tile.rows) * Math.ceil(n / tile.columns), threads: threadsOf(tile), step: chooseDepth(sizes) }
    : thinWorkgroups(multiplication, side, side === "rows" ? n : m);
  return chooseSplit(batch * m * n, k, { ...workgroups, count: batch * count });
}

/** The first has the bindings a, b and the workspace, the second the workspace, c if it is stored, and those of the epilogue, whose words follow those of the first. */
export function emitInSlices(multiplication: Multiplication, split: Split, kind: DeviceKind): readonly [Shader, Shader] {
  const slices = { ...multiplication, name: `${multiplication.name}, slices`, split, result: "f32", epilogue: undefined, rowStride: "n", batchStride: "m * n" } as const;
  return [emitMultiplication(slices, kind), addSlices(multiplication, split)];
}
