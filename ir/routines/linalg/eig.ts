// eig: eigenvalues and right eigenvectors of a general matrix, real and imaginary parts apart; eigvals: the values alone. Values ascend by
// their real parts, of a conjugate pair the one above the real axis comes first. Vectors (columns) have length 1; their first
// element that has at least half the largest magnitude is real and positive.

import type { Node } from "../../node.ts";
import type { Gradient, GraphBuilder } from "../../op.ts";
import { addDims, mulDims, productOfDims } from "../../size.ts";
import { tensorType } from "../../types.ts";
import { routineOp } from "../routine-op.ts";
import { cotangentOfMatrix, type EigenParts, tangentsOfEigen } from "./eig-derivatives.ts";
import { eigenByInverseIteration } from "./eig-naive.ts";
import { bytesOf, checkFloats, checkSquare, rowsOf, symbolOf } from "./matrix-checks.ts";

/** Values and vectors, of the same matrix where the node has values alone. */
function partsOf(b: GraphBuilder, node: Node): EigenParts {
  const whole = node.op === "eig" ? node : b.make("eig", node.inputs, node.attributes);
  return { values: { re: b.result(node, 0), im: b.result(node, 1) }, vectors: { re: b.result(whole, 2), im: b.result(whole, 3) }, onError: node.attributes["on_error"] as "error" | "nan" };
}

const gradient: Gradient = {
  kind: "several",
  vjp: (b, node, [ofReal, ofImaginary, ofVectorsReal, ofVectorsImaginary]) => [cotangentOfMatrix(b, partsOf(b, node), [ofReal, ofImaginary, ofVectorsReal, ofVectorsImaginary])],
  jvp: (b, node, [tangent]) => (tangent === undefined ? node.results.map(() => undefined) : tangentsOfEigen(b, partsOf(b, node), tangent).slice(0, node.results.length)),
};

const failures = ["the matrix holds a NaN or an infinity", "the iteration does not converge"];

function performNaively(a: Float64Array, results: readonly [Float64Array, Float64Array, Float64Array, Float64Array], n: number): number {
  if (!a.every(Number.isFinite)) return 1;
  return eigenByInverseIteration(a, results, n) ? 0 : 2;
}

export const eig = routineOp({
  name: "eig",
  attributes: {},
  infer([a]) {
    checkFloats("eig", [a!]);
    const values = tensorType(a!.dtype, [checkSquare("eig", a!)]);
    return [values, values, a!, a!];
  },
  gradient,
  routine: {
    object: "linalg", symbol: symbolOf("eig"), operandRanks: [2], resultRanks: [1, 1, 2, 2],
    sizes: (site) => [rowsOf(site)],
    workspace: (site) => bytesOf(site, addDims(productOfDims([2, rowsOf(site), rowsOf(site)]), mulDims(2, rowsOf(site)))),
    failures,
    operations: (site) => productOfDims([30, rowsOf(site), rowsOf(site), rowsOf(site)]),
    perform: ([a], results, [n]) => performNaively(a as Float64Array, results as [Float64Array, Float64Array, Float64Array, Float64Array], n!),
  },
});

export const eigvals = routineOp({
  name: "eigvals",
  attributes: {},
  infer([a]) {
    checkFloats("eigvals", [a!]);
    const values = tensorType(a!.dtype, [checkSquare("eigvals", a!)]);
    return [values, values];
  },
  gradient,
  routine: {
    object: "linalg", symbol: symbolOf("eigvals"), operandRanks: [2], resultRanks: [1, 1],
    sizes: (site) => [rowsOf(site)],
    workspace: (site) => bytesOf(site, addDims(productOfDims([rowsOf(site), rowsOf(site)]), mulDims(2, rowsOf(site)))),
    failures,
    operations: (site) => productOfDims([10, rowsOf(site), rowsOf(site), rowsOf(site)]),
    perform([a], [real, imaginary], [n]) {
      const vectors = [new Float64Array(n! * n!), new Float64Array(n! * n!)] as const;
      return performNaively(a as Float64Array, [real as Float64Array, imaginary as Float64Array, ...vectors], n!);
    },
  },
});
