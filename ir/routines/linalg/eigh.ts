// eigh: eigenvalues, ascending, and orthonormal eigenvectors (columns) of a symmetric matrix, of which only the lower triangle is
// read. The first element of a vector that has at least half its largest magnitude is positive.
//
// Derivatives (Giles 2008) divide by differences of eigenvalues. Differences that are zero within n eps |A| count as infinite: finite
// everywhere, and right for symmetric functions of repeated eigenvalues and for the projection onto their space (docs/linalg.md).

import type { Node } from "../../node.ts";
import type { GraphBuilder } from "../../op.ts";
import { addDims, mulDims, productOfDims } from "../../size.ts";
import { tensorType } from "../../types.ts";
import { routineOp } from "../routine-op.ts";
import { eigenByJacobi } from "./jacobi.ts";
import { addAll, along, diagonalMatrix, diagonalOf, halfLower, keepWhere, mirrorLower, multiply, reciprocalOrZero, turn } from "./matrix.ts";
import { bytesOf, checkFloats, checkSquare, rowsOf, symbolOf } from "./matrix-checks.ts";
import { roundingOf } from "./rounding.ts";

export const eigh = routineOp({
  name: "eigh",
  attributes: {},
  infer([a]) {
    checkFloats("eigh", [a!]);
    return [tensorType(a!.dtype, [checkSquare("eigh", a!)]), a!];
  },
  gradient: {
    kind: "several",
    // V (diag(w') + F o V^T V') V^T with F[i,j] = 1 / (w[j] - w[i])
    vjp(b, node, [ofValues, ofVectors]) {
      const v = b.result(node, 1);
      const inner = addAll(b, ofValues === undefined ? undefined : diagonalMatrix(b, ofValues),
        ofVectors === undefined ? undefined : b.mul(reciprocalGaps(b, node), multiply(b, turn(b, v), ofVectors)));
      if (inner === undefined) return [undefined];
      const whole = multiply(b, multiply(b, v, inner), turn(b, v));
      return [halfLower(b, b.add(whole, turn(b, whole)))];
    },
    jvp(b, node, [tangent]) {
      if (tangent === undefined) return [undefined, undefined];
      const v = b.result(node, 1);
      const inner = multiply(b, multiply(b, turn(b, v), mirrorLower(b, tangent)), v);
      return [diagonalOf(b, inner), multiply(b, v, b.mul(reciprocalGaps(b, node), inner))];
    },
  },
  routine: {
    object: "linalg", symbol: symbolOf("eigh"), operandRanks: [2], resultRanks: [1, 2],
    sizes: (site) => [rowsOf(site)],
    workspace: (site) => bytesOf(site, addDims(productOfDims([2, rowsOf(site), rowsOf(site)]), mulDims(3, rowsOf(site)))),
    failures: ["the matrix holds a NaN or an infinity", "the iteration does not converge"],
    operations: (site) => productOfDims([9, rowsOf(site), rowsOf(site), rowsOf(site)]),
    perform([a], [values, vectors], [n]) {
      const matrix = new Float64Array(n! * n!);
      for (let i = 0; i < n!; i++) for (let j = 0; j <= i; j++) matrix[i * n! + j] = matrix[j * n! + i] = a![i * n! + j] as number;
      if (!matrix.every(Number.isFinite)) return 1;
      eigenByJacobi(matrix, values as Float64Array, vectors as Float64Array, n!);
      return 0;
    },
  },
});

/** 1 / (w[j] - w[i]) at row i and column j; 0 where the two count as equal. */
function reciprocalGaps(b: GraphBuilder, node: Node): Node {
  const values = b.result(node, 0);
  const { shape } = node.results[1]!;
  const gaps = b.sub(along(b, values, shape, "columns"), along(b, values, shape, "rows"));
  return keepWhere(b, reciprocalOrZero(b, gaps, roundingOf(b, values, shape)), "ne");
}
