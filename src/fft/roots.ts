// Powers of roots of unity, as tables: cosines and sines of -2 pi k / n.

import type { Node } from "../../ir/node.ts";
import { turn } from "../../ir/reference/turn.ts";
import * as e from "../ops/elementwise.ts";
import { concatNodes, sliceAxis } from "../ops/movement.ts";
import { constant, convert, reshape } from "../ops/primitive.ts";
import { stretch } from "../ops/operand.ts";

export type FloatDType = "f32" | "f64";

/** Up to so many powers a module holds the table; beyond, it makes it of two small ones in each call. */
export const mostStored = 1 << 15;

/** [2, count]: the cosines, then the sines, of -2 pi k / n for k = 0 ... count - 1. */
export function rootsOfUnity(n: number, count: number, dtype: FloatDType): Node {
  if (count <= mostStored) return table(n, count, 1, dtype);
  // w^(i b + j) = w^(i b) w^j, in f64, rounded once.
  const block = 2 ** Math.ceil(Math.log2(count) / 2);
  const blocks = Math.ceil(count / block);
  const shape = [blocks, block];
  const part = (node: Node, row: number, axis: 0 | 1): Node => stretch(reshape(sliceAxis(node, 0, row, row + 1, 1), axis === 0 ? [blocks, 1] : [1, block]), shape);
  const [coarse, fine] = [table(n, blocks, block, "f64"), table(n, block, 1, "f64")];
  const [c, s, cos, sin] = [part(coarse, 0, 0), part(coarse, 1, 0), part(fine, 0, 1), part(fine, 1, 1)] as const;
  const rows = [e.sub(e.mul(c, cos), e.mul(s, sin)), e.add(e.mul(s, cos), e.mul(c, sin))].map((row) =>
    reshape(sliceAxis(reshape(convert(row, dtype), [blocks * block]), 0, 0, count, 1), [1, count]));
  return concatNodes("fft", rows, 0);
}

function table(n: number, count: number, step: number, dtype: FloatDType): Node {
  const data = dtype === "f32" ? new Float32Array(2 * count) : new Float64Array(2 * count);
  for (let k = 0; k < count; k++) {
    const [cos, sin] = turn((k * step) % n, n);
    data[k] = cos;
    data[count + k] = -sin;
  }
  return constant({ dtype, shape: [2, count], data } as Parameters<typeof constant>[0]);
}
