// eig: eigenvalues and right eigenvectors of a general matrix, real and imaginary parts apart; eigvals: the values alone. Values ascend by
// their real parts, of a conjugate pair the one above the real axis comes first. Vectors (columns) have length 1; their first
// element that has at least half the largest magnitude is real and positive.
//
// The derivative of the values is diag(V^-1 dA V) (Giles 2008); it exists where V can be inverted. Vectors have none here.

import type { Node } from "../../node.ts";
import type { Differential, GraphBuilder } from "../../op.ts";
import { addDims, mulDims, productOfDims } from "../../size.ts";
import { tensorType } from "../../types.ts";
import { routineOp } from "../routine-op.ts";
import { eigenByInverseIteration } from "./eig-naive.ts";
import { addAll, block, diagonalOf, identityLike, join, multiply, scaleRows, sidesOf, turn } from "./matrix.ts";
import { bytesOf, checkFloats, checkSquare, rowsOf, symbolOf } from "./matrix-checks.ts";
import { takeRows } from "./take-rows.ts";
import { solveTriangle } from "./triangular-solve.ts";

const failures = ["the matrix holds a NaN or an infinity", "the iteration does not converge"];

function performNaively(a: Float64Array, results: readonly [Float64Array, Float64Array, Float64Array, Float64Array], n: number): number {
  if (!a.every(Number.isFinite)) return 1;
  eigenByInverseIteration(a, results, n);
  return 0;
}

export const eig = routineOp({
  name: "eig",
  attributes: {},
  infer([a]) {
    checkFloats("eig", [a!]);
    const values = tensorType(a!.dtype, [checkSquare("eig", a!)]);
    return [values, values, a!, a!];
  },
  gradient: { kind: "none", reason: "eigenvectors of a general matrix have no derivative here: eigvals has that of the values" },
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
  gradient: {
    kind: "several",
    vjp: (b, node, [ofReal, ofImaginary]) => [cotangentOfMatrix(b, node, ofReal, ofImaginary)],
    jvp(b, node, [tangent]) {
      if (tangent === undefined) return [undefined, undefined];
      const { re, im, inverseRe, inverseIm } = vectorsOf(b, node);
      const [right, rightIm] = [multiply(b, tangent, re), multiply(b, tangent, im)];
      const real = b.sub(multiply(b, inverseRe, right), multiply(b, inverseIm, rightIm));
      const imaginary = b.add(multiply(b, inverseRe, rightIm), multiply(b, inverseIm, right));
      return [diagonalOf(b, real), diagonalOf(b, imaginary)];
    },
  },
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

/** V = re + i im and its inverse. */
function vectorsOf(b: GraphBuilder, node: Node): { readonly re: Node; readonly im: Node; readonly inverseRe: Node; readonly inverseIm: Node } {
  const whole = b.make("eig", node.inputs, node.attributes);
  const [re, im] = [b.result(whole, 2), b.result(whole, 3)];
  const [n] = sidesOf(re);
  // [[re, -im], [im, re]] times the inverse's parts, one above the other, is [I, 0].
  const embedded = join(b, [join(b, [re, b.neg(im)], "columns"), join(b, [im, re], "columns")], "rows");
  const factors = b.make("lu", [embedded]);
  const right = takeRows(b, join(b, [identityLike(b, re), b.fullLike(re, 0)], "rows"), b.result(factors, 2));
  const packed = b.result(factors, 0);
  const inverse = solveTriangle(b, packed, solveTriangle(b, packed, right, { unit: true }), { upper: true });
  return { re, im, inverseRe: block(b, inverse, [0, 0], [n, n], [n, n]), inverseIm: block(b, inverse, [n, 0], [n, n], [mulDims(2, n), n]) };
}

/** The sum of r'[j] Re(w[j] dA v[j]) + i'[j] Im(w[j] dA v[j]) over rows w of V^-1 and columns v of V. */
function cotangentOfMatrix(b: GraphBuilder, node: Node, ofReal: Differential, ofImaginary: Differential): Differential {
  if (ofReal === undefined && ofImaginary === undefined) return undefined;
  const { re, im, inverseRe, inverseIm } = vectorsOf(b, node);
  const scaled = (factor: Differential, x: Node): Differential => (factor === undefined ? undefined : scaleRows(b, factor, turn(b, x)));
  const negative = (x: Differential): Differential => (x === undefined ? undefined : b.neg(x));
  const ofInverseRe = addAll(b, scaled(ofReal, re), scaled(ofImaginary, im))!;
  const ofInverseIm = addAll(b, scaled(ofImaginary, re), negative(scaled(ofReal, im)))!;
  return b.add(multiply(b, turn(b, inverseRe), ofInverseRe), multiply(b, turn(b, inverseIm), ofInverseIm));
}
