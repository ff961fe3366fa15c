// lu: partial pivoting, A[permutation] = L U. Results: L (unit, below the diagonal) and U in one matrix [m,n], the row that row i
// was exchanged with (i32 [min(m,n)]) and the permutation (i32 [m]). A singular matrix has a zero on U's diagonal; `on_singular` says what its
// derivatives are: E609, or NaN.
// Derivatives: those of the square case, Giles 2008, to which rectangles are completed by the identity.

import { enumAttribute } from "../../attributes.ts";
import type { Node } from "../../node.ts";
import type { GraphBuilder } from "../../op.ts";
import { addDims, type Dim, dimEquals, maxDims, minDims, mulDims, subDims } from "../../size.ts";
import { tensorType } from "../../types.ts";
import { routineOp } from "../routine-op.ts";
import { block, identityLike, multiply, sidesOf, strictLowerPart, turn, upperPart } from "./matrix.ts";
import { bytesOf, checkFloats, columnsOf, productElements, rowsOf, shorterOf, spacedElements, symbolOf } from "./matrix-checks.ts";
import { invert, takeRows } from "./take-rows.ts";
import { solveTriangle } from "./triangular-solve.ts";

export const lu = routineOp({
  name: "lu",
  attributes: { on_singular: ["error", "nan"] },
  infer([a]) {
    checkFloats("lu", [a!]);
    const [m, n] = a!.shape;
    return [a!, tensorType("i32", [minDims(m!, n!)]), tensorType("i32", [m!])];
  },
  gradient: {
    kind: "several",
    vjp: (b, node, [cotangent]) => [cotangent === undefined ? undefined : cotangentOfMatrix(b, node, cotangent)],
    jvp: (b, node, [tangent]) => [tangent === undefined ? undefined : tangentOfFactors(b, node, tangent), undefined, undefined],
  },
  routine: {
    object: "linalg", symbol: symbolOf("lu"), operandRanks: [2], resultRanks: [2, 1, 1],
    sizes: (site) => [rowsOf(site), columnsOf(site)],
    workspace: (site) => bytesOf(site, addDims(
      spacedElements(site, rowsOf(site), columnsOf(site)),
      maxDims(productElements(site, rowsOf(site), shorterOf(site)), mulDims(16, addDims(rowsOf(site), 16))),
    )),
    failures: [],
    inPlace: [[0, 0]],
    operations: (site) => mulDims(mulDims(rowsOf(site), columnsOf(site)), shorterOf(site)),
    perform([a], [packed, pivots, permutation], sizes) {
      const [m, n] = sizes as [number, number];
      const x = packed as Float64Array;
      x.set(a as Float64Array);
      for (let i = 0; i < m; i++) permutation![i] = i;
      for (let k = 0; k < Math.min(m, n); k++) {
        let pivot = k;
        for (let i = k + 1; i < m; i++) if (isLarger(x[i * n + k]!, x[pivot * n + k]!)) pivot = i;
        pivots![k] = pivot;
        for (let j = 0; j < n; j++) [x[k * n + j], x[pivot * n + j]] = [x[pivot * n + j]!, x[k * n + j]!];
        [permutation![k], permutation![pivot]] = [permutation![pivot] as number, permutation![k] as number];
        for (let i = k + 1; i < m; i++) {
          if (x[k * n + k] !== 0) x[i * n + k]! /= x[k * n + k]!;
          for (let j = k + 1; j < n; j++) x[i * n + j]! -= x[i * n + k]! * x[k * n + j]!;
        }
      }
      return 0;
    },
  },
});

/** A NaN counts as the largest. */
const isLarger = (a: number, b: number): boolean => Math.abs(a) > Math.abs(b) || (Number.isNaN(a) && !Number.isNaN(b));

/** What derivatives that divide by a singular factor are. */
export const onSingularOf = (node: Pick<Node, "attributes">): "error" | "nan" => enumAttribute<"error" | "nan">(node, "on_singular");

/** The factors in one square matrix, completed by the identity; and its side. */
function completed(b: GraphBuilder, node: Node): Node {
  const packed = b.result(node, 0);
  const square = padToSquare(b, packed);
  if (square === packed) return packed;
  const [rows, columns] = sidesOf(packed);
  const index = b.make("iota", [], { dtype: "i32", shape: square.type.shape, axis: square.type.shape.length - 1 });
  const shorter = sizeAsIndex(b, minDims(rows, columns), square);
  return b.add(square, b.select(b.make("ge", [index, shorter]), identityLike(b, square), b.fullLike(square, 0)));
}

function sizeAsIndex(b: GraphBuilder, size: Dim, like: Node): Node {
  const { shape } = like.type;
  return typeof size === "number" ? b.full(size, "i32", shape) : b.broadcast(b.make("size", [], { size: [size] }), shape, []);
}

/** With zeros below or to the right. */
function padToSquare(b: GraphBuilder, x: Node): Node {
  const [rows, columns] = sidesOf(x);
  if (dimEquals(rows, columns)) return x;
  const side = maxDims(rows, columns);
  const none = x.type.shape.slice(0, -2).map(() => 0);
  return b.make("pad", [x], { low: x.type.shape.map(() => 0), high: [...none, subDims(side, rows), subDims(side, columns)], interior: x.type.shape.map(() => 0), value: 0 });
}

/** The cotangent of P A is L^-T (stril(L^T L') + triu(U' U^T)) U^-T. */
function cotangentOfMatrix(b: GraphBuilder, node: Node, cotangent: Node): Node {
  const a = node.inputs[0]!;
  const factors = completed(b, node);
  const own = padToSquare(b, cotangent);
  const lower = b.add(strictLowerPart(b, factors), identityLike(b, factors));
  const inner = b.add(
    strictLowerPart(b, multiply(b, turn(b, lower), strictLowerPart(b, own))),
    upperPart(b, multiply(b, upperPart(b, own), turn(b, upperPart(b, factors)))),
  );
  const left = solveTriangle(b, factors, inner, { transposed: true, unit: true });
  const square = turn(b, solveTriangle(b, factors, turn(b, left), { upper: true, onError: onSingularOf(node) }));
  const [rows, columns] = sidesOf(a);
  const rotated = block(b, square, [0, 0], [rows, columns], [rows, columns]);
  return takeRows(b, rotated, invert(b, b.result(node, 2)));
}

/** dL = L stril(M), dU = triu(M) U for M = L^-1 P dA U^-1. */
function tangentOfFactors(b: GraphBuilder, node: Node, tangent: Node): Node {
  const factors = completed(b, node);
  const moved = padToSquare(b, takeRows(b, tangent, b.result(node, 2)));
  const left = solveTriangle(b, factors, moved, { unit: true });
  const inner = turn(b, solveTriangle(b, factors, turn(b, left), { upper: true, transposed: true, onError: onSingularOf(node) }));
  const lower = b.add(strictLowerPart(b, factors), identityLike(b, factors));
  const square = b.add(multiply(b, lower, strictLowerPart(b, inner)), multiply(b, upperPart(b, inner), upperPart(b, factors)));
  const [rows, columns] = sidesOf(node.inputs[0]!);
  return block(b, square, [0, 0], [rows, columns], [rows, columns]);
}
