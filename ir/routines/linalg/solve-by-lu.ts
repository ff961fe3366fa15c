// X of A X = B for a regular A, by its LU factors.

import type { Node } from "../../node.ts";
import type { GraphBuilder } from "../../op.ts";
import { takeRows } from "./take-rows.ts";
import { solveTriangle } from "./triangular-solve.ts";

export function solveByLu(b: GraphBuilder, a: Node, right: Node, onError: "error" | "nan" = "error"): Node {
  const node = b.make("lu", [a], { on_singular: onError });
  const packed = b.result(node, 0);
  const rotated = takeRows(b, right, b.result(node, 2));
  return solveTriangle(b, packed, solveTriangle(b, packed, rotated, { unit: true, onError }), { upper: true, onError });
}
