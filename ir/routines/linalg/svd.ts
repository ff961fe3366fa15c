// svd: thin, A = U diag(s) V^T, s descending. Results: U [m,k], s [k] and V^T [k,n], k = min(m,n). The first element of a left vector
// that has at least half its largest magnitude is positive.
//
// Derivatives: Townsend 2016, Differentiating the singular value decomposition, with 1 / (s[j]^2 - s[i]^2) taken apart into halves that
// divide by s[j] - s[i] and by s[i] + s[j]. Of those what is zero within n eps |A| counts as infinite: finite everywhere, and right
// for symmetric functions of repeated singular values and for U V^T (docs/linalg.md).

import type { Node } from "../../node.ts";
import type { Differential, GraphBuilder } from "../../op.ts";
import { addDims, mulDims, productOfDims } from "../../size.ts";
import { tensorType } from "../../types.ts";
import { routineOp } from "../routine-op.ts";
import { singularByJacobi } from "./jacobi.ts";
import { addAll, along, diagonalMatrix, diagonalOf, keepWhere, multiply, reciprocalOrZero, scaleColumns, scaleRows, turn } from "./matrix.ts";
import { bytesOf, checkFloats, columnsOf, longerOf, rowsOf, shorterOf, symbolOf } from "./matrix-checks.ts";
import { roundingOf } from "./rounding.ts";

export const svd = routineOp({
  name: "svd",
  attributes: {},
  infer([a]) {
    checkFloats("svd", [a!]);
    const site = { operands: [a!], results: [], attributes: {} };
    const k = shorterOf(site);
    return [tensorType(a!.dtype, [rowsOf(site), k]), tensorType(a!.dtype, [k]), tensorType(a!.dtype, [k, columnsOf(site)])];
  },
  gradient: {
    kind: "several",
    vjp: (b, node, [u, s, v]) => [cotangentOfMatrix(b, partsOf(b, node), u, s, v)],
    jvp: (b, node, [tangent]) => (tangent === undefined ? [undefined, undefined, undefined] : tangentsOfParts(b, partsOf(b, node), tangent)),
  },
  routine: {
    object: "linalg", symbol: symbolOf("svd"), operandRanks: [2], resultRanks: [2, 1, 2],
    sizes: (site) => [rowsOf(site), columnsOf(site)],
    workspace(site) {
      const [long, k] = [longerOf(site), shorterOf(site)];
      return bytesOf(site, addDims(addDims(productOfDims([2, long, k]), productOfDims([2, k, k])), addDims(mulDims(4, k), long)));
    },
    failures: ["the matrix holds a NaN or an infinity", "the iteration does not converge"],
    operations: (site) => productOfDims([20, longerOf(site), shorterOf(site), shorterOf(site)]),
    perform([a], [u, s, v], sizes) {
      const [m, n] = sizes as [number, number];
      if (!(a as Float64Array).every(Number.isFinite)) return 1;
      singularByJacobi(a as Float64Array, u as Float64Array, s as Float64Array, v as Float64Array, m, n);
      return 0;
    },
  },
});

interface Parts {
  readonly u: Node;
  /** V^T. */
  readonly v: Node;
  /** 1 / (s[j] - s[i]) and 1 / (s[i] + s[j]), halved; the diagonal is 0 in the first. */
  readonly apart: Node;
  readonly together: Node;
  /** 1 / s. */
  readonly inverse: Node;
}

function partsOf(b: GraphBuilder, node: Node): Parts {
  const [u, s, v] = [b.result(node, 0), b.result(node, 1), b.result(node, 2)];
  const shape = [...s.type.shape, s.type.shape.at(-1)!];
  const [columns, rows] = [along(b, s, shape, "columns"), along(b, s, shape, "rows")];
  const least = roundingOf(b, s, shape);
  const half = (x: Node): Node => b.mul(reciprocalOrZero(b, x, least), b.full(0.5, s.type.dtype, shape));
  const leastOfRow = b.make("reduce_max", [least], { axes: [shape.length - 1] });
  return {
    u, v, apart: keepWhere(b, half(b.sub(columns, rows)), "ne"), together: half(b.add(columns, rows)), inverse: reciprocalOrZero(b, s, leastOfRow),
  };
}

/** x - U U^T x: what lies outside the space of U's columns. */
const outside = (b: GraphBuilder, u: Node, x: Node): Node => b.sub(x, multiply(b, u, multiply(b, turn(b, u), x)));

/** U (F o (a s[j] + s[i] c) + diag(s')) V^T and what lies outside of U and V, for the skew parts a of U^T U' and c of V^T V'. */
function cotangentOfMatrix(b: GraphBuilder, { u, v, apart, together, inverse }: Parts, ofU: Differential, ofS: Differential, ofV: Differential): Differential {
  const skew = (x: Node): Node => b.sub(x, turn(b, x));
  const a = ofU === undefined ? undefined : skew(multiply(b, turn(b, u), ofU));
  const c = ofV === undefined ? undefined : skew(multiply(b, v, turn(b, ofV)));
  const sum = addAll(b, a, c);
  const difference = addAll(b, a, c === undefined ? undefined : b.neg(c));
  const inner = addAll(b, ofS === undefined ? undefined : diagonalMatrix(b, ofS),
    sum === undefined ? undefined : b.mul(apart, sum), difference === undefined ? undefined : b.mul(together, difference));
  const within = inner === undefined ? undefined : multiply(b, multiply(b, u, inner), v);
  const beyondU = ofU === undefined ? undefined : multiply(b, outside(b, u, scaleColumns(b, ofU, inverse)), v);
  const beyondV = ofV === undefined ? undefined : multiply(b, u, turn(b, outside(b, turn(b, v), turn(b, scaleRows(b, inverse, ofV)))));
  return addAll(b, within, beyondU, beyondV);
}

function tangentsOfParts(b: GraphBuilder, { u, v, apart, together, inverse }: Parts, tangent: Node): readonly Differential[] {
  const right = turn(b, v);
  const [onRight, onLeft] = [multiply(b, tangent, right), multiply(b, turn(b, tangent), u)];
  const inner = multiply(b, turn(b, u), onRight);
  const symmetric = b.mul(apart, b.add(inner, turn(b, inner)));
  const turned = b.mul(together, b.sub(inner, turn(b, inner)));
  const ofU = b.add(multiply(b, u, b.add(symmetric, turned)), outside(b, u, scaleColumns(b, onRight, inverse)));
  const ofRight = b.add(multiply(b, right, b.sub(symmetric, turned)), outside(b, right, scaleColumns(b, onLeft, inverse)));
  return [ofU, diagonalOf(b, inner), turn(b, ofRight)];
}
