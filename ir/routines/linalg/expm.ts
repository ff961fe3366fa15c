// expm: the exponential of a square matrix. Its derivative in the direction E is the upper right block of the exponential of
// [[A, E], [0, A]] (Higham 2008, Functions of Matrices, 3.2); backwards A is transposed.

import type { Node } from "../../node.ts";
import type { GraphBuilder } from "../../op.ts";
import { addDims, maxDims, mulDims, productOfDims } from "../../size.ts";
import { routineOp } from "../routine-op.ts";
import { block, join, sidesOf, turn } from "./matrix.ts";
import { bytesOf, checkFloats, checkSquare, productElements, rowsOf, symbolOf } from "./matrix-checks.ts";

export const expm = routineOp({
  name: "expm",
  attributes: {},
  infer([a]) {
    checkFloats("expm", [a!]);
    checkSquare("expm", a!);
    return [a!];
  },
  gradient: {
    kind: "both",
    vjp: (b, node, cotangent) => [derivativeAlong(b, node, turn(b, node.inputs[0]!), cotangent)],
    jvp: (b, node, [tangent]) => (tangent === undefined ? undefined : derivativeAlong(b, node, node.inputs[0]!, tangent)),
  },
  routine: {
    object: "linalg", symbol: symbolOf("expm"), operandRanks: [2], resultRanks: [2],
    sizes: (site) => [rowsOf(site)],
    workspace(site) {
      const n = rowsOf(site);
      return bytesOf(site, addDims(addDims(productOfDims([6, n, n]), n), maxDims(productElements(site, n, n), mulDims(16, addDims(n, 16)))));
    },
    failures: ["the matrix holds a NaN or an infinity"],
    operations: (site) => productOfDims([40, rowsOf(site), rowsOf(site), rowsOf(site)]),
    perform([a], [result], [n]) {
      if (!Number.isFinite(normOf(a as Float64Array, n!))) return 1;
      (result as Float64Array).set(exponentialByTaylor(Float64Array.from(a as Float64Array), n!));
      return 0;
    },
  },
});

function derivativeAlong(b: GraphBuilder, node: Node, a: Node, direction: Node): Node {
  const [n] = sidesOf(a);
  const both = mulDims(2, n);
  const whole = join(b, [join(b, [a, direction], "columns"), join(b, [b.fullLike(a, 0), a], "columns")], "rows");
  return block(b, b.make("expm", [whole], node.attributes), [0, n], [n, n], [n, both]);
}

/** The largest sum of magnitudes in a column. */
function normOf(a: Float64Array, n: number): number {
  let most = 0;
  for (let j = 0; j < n; j++) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += Math.abs(a[i * n + j]!);
    most = Math.max(most, sum);
  }
  return most;
}

/** Scaled to a norm below 1/2, where 20 terms of the series are enough, and squared. */
function exponentialByTaylor(a: Float64Array, n: number): Float64Array {
  const norm = normOf(a, n);
  const squarings = Math.max(0, Math.ceil(Math.log2(norm)) + 1);
  // 2^-1025 is no number of its own.
  const x = a.map((value) => value / 2 ** (squarings - 1) / 2);
  let result = new Float64Array(n * n);
  for (let term = 20; term >= 0; term--) {
    result = multiplyNaively(x, result, n).map((value) => value / (term + 1));
    for (let i = 0; i < n; i++) result[i * (n + 1)]! += 1;
  }
  for (let i = 0; i < squarings; i++) result = multiplyNaively(result, result, n);
  return result;
}

function multiplyNaively(x: Float64Array, y: Float64Array, n: number): Float64Array<ArrayBuffer> {
  const result = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let k = 0; k < n; k++) for (let j = 0; j < n; j++) result[i * n + j]! += x[i * n + k]! * y[k * n + j]!;
  return result;
}
