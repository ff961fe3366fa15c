// cholesky: L of A = L L^T, lower triangular, zero above the diagonal. Only the lower triangle of A is read, so only there its
// gradient is not zero. Derivatives: Murray 2016, Differentiation of the Cholesky decomposition.

import type { Node } from "../../node.ts";
import type { GraphBuilder } from "../../op.ts";
import { mulDims } from "../../size.ts";
import { registerOp } from "../../table.ts";
import { routineOp } from "../routine-op.ts";
import { halfLower, lowerPart, mirrorLower, multiply, turn } from "./matrix.ts";
import { bytesOf, checkFloats, checkSquare, productElements, rowsOf, symbolOf } from "./matrix-checks.ts";
import { solveTriangle } from "./triangular-solve.ts";

type Numbers = Float64Array;

export const cholesky = registerOp(routineOp({
  name: "cholesky",
  attributes: {},
  infer([a]) {
    checkFloats("cholesky", [a!]);
    checkSquare("cholesky", a!);
    return [a!];
  },
  gradient: {
    kind: "both",
    vjp: (b, node, cotangent) => [halfLower(b, symmetricCotangent(b, node, cotangent))],
    jvp: (b, node, [tangent]) => (tangent === undefined ? undefined : factorTangent(b, node, mirrorLower(b, tangent))),
  },
  routine: {
    object: "linalg", symbol: symbolOf("cholesky"), operandRanks: [2], resultRanks: [2],
    sizes: (site) => [rowsOf(site)],
    workspace: (site) => bytesOf(site, productElements(site, rowsOf(site), rowsOf(site))),
    failures: ["the matrix is not positive definite"],
    inPlace: [[0, 0]],
    operations: (site) => mulDims(rowsOf(site), mulDims(rowsOf(site), rowsOf(site))),
    perform: ([a], [l], [n]) => factorNaively(a as Numbers, l as Numbers, n!),
  },
}));

/** Row by row; 1 where a pivot is not positive. */
export function factorNaively(a: Numbers, l: Numbers, n: number): number {
  l.fill(0);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= l[i * n + k]! * l[j * n + k]!;
      if (i === j && !(sum > 0)) return 1;
      l[i * n + j] = i === j ? Math.sqrt(sum) : sum / l[j * (n + 1)]!;
    }
  }
  return 0;
}

/** S + S^T for S = L^-T phi(L^T Lbar) L^-1: twice the cotangent of the matrix that `factor` is the factor of. */
export function symmetricCotangent(b: GraphBuilder, factor: Node, cotangent: Node): Node {
  const inner = halfLower(b, multiply(b, turn(b, factor), lowerPart(b, cotangent)));
  const left = solveTriangle(b, factor, inner, { transposed: true });
  const s = turn(b, solveTriangle(b, factor, turn(b, left), { transposed: true }));
  return b.add(s, turn(b, s));
}

/** L phi(L^-1 dA L^-T) for a symmetric dA. */
export function factorTangent(b: GraphBuilder, factor: Node, tangent: Node): Node {
  const left = solveTriangle(b, factor, tangent, {});
  return multiply(b, factor, halfLower(b, solveTriangle(b, factor, turn(b, left), {})));
}
