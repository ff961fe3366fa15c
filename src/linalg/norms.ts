// Norms of matrices, and what singular values say about them.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import { abs, and, convert, div, eq, finite, ge, gt, isNan, le, mul, not, or, select, sqrt, square } from "../ops/elementwise.ts";
import { expandDims } from "../ops/movement.ts";
import type { Operand } from "../ops/operand.ts";
import { make } from "../ops/primitive.ts";
import { min, sum } from "../ops/reduction.ts";
import { singularValues } from "./factorize.ts";
import { largest } from "./largest.ts";
import { type OnError, toMatrix, toSquare } from "./operand.ts";
import { negligible, type RankOptions } from "./pseudo-inverse.ts";
import { invert } from "./solve.ts";

/** Frobenius, the sum of singular values, the largest and smallest of them (2, -2), of column sums (1, -1), of row sums. */
export type NormOrder = "fro" | "nuc" | 1 | -1 | 2 | -2 | "inf" | "-inf";

type Measure = (op: string, x: Node, options: OnError) => Node;
const singular = (reduce: (values: Node) => Node): Measure => (op, x, options) => reduce(singularValues(op, x, options));
const sums = (axis: -1 | -2, reduce: (values: Node) => Node): Measure => (_, x) => reduce(sum(abs(x), axis));

/** Magnitudes whose squares neither overflow in a sum nor vanish beside others. */
const squarable = { f32: [2 ** -50, 2 ** 50], f64: [2 ** -450, 2 ** 450] } as const;

/** Its gradient at 0 is 0. */
function frobenius(x: Node): Node {
  const [low, high] = squarable[x.type.dtype as "f32" | "f64"];
  const most = largest(largest(abs(x)));
  const isPlain = or(and(ge(most, low), le(most, high)), or(eq(most, 0), not(finite(most))));
  const unit = make("stop_gradient", [select(isPlain, 1, most)]);
  const squares = sum(square(div(x, expandDims(expandDims(unit, -1), -1))), [-1, -2]);
  const isZero = eq(squares, 0);
  return mul(unit, select(isZero, 0, sqrt(select(isZero, 1, squares))));
}

const measures: { readonly [order: string]: Measure } = {
  "fro": (_, x) => frobenius(x),
  "nuc": singular((values) => sum(values, -1)),
  "2": singular(largest),
  "-2": singular((values) => min(values, -1)),
  "1": sums(-2, largest),
  "-1": sums(-2, (values) => min(values, -1)),
  "inf": sums(-1, largest),
  "-inf": sums(-1, (values) => min(values, -1)),
};

export interface NormOptions extends OnError {
  readonly order?: NormOrder;
}

export function matrixNorm(a: Operand, options: NormOptions = {}): Node {
  return measure("matrixNorm", toMatrix("matrixNorm", a), options);
}

function measure(op: string, a: Node, options: NormOptions): Node {
  const order = String(options.order ?? "fro");
  const found = Object.hasOwn(measures, order) ? measures[order] : undefined;
  if (found === undefined) throw userError("E205", { op, message: `the order ${order} is not known`, hint: `orders are ${Object.keys(measures).join(", ")}` });
  return found(op, a, options);
}

/** |A| |A^-1|, in the norm of order 2 unless said otherwise: then of any matrix, the quotient of its singular values. Infinite where there is no inverse. */
export function cond(a: Operand, options: NormOptions = {}): Node {
  const op = "cond";
  const order = options.order ?? 2;
  if (order === 2 || order === -2) {
    const values = singularValues(op, toMatrix(op, a), options);
    const [most, least] = [largest(values), min(values, -1)];
    const [above, below] = order === 2 ? [most, least] : [least, most];
    return div(select(eq(most, 0), 1, above), below);
  }
  const matrix = toSquare(op, a);
  const own = measure(op, matrix, { ...options, order });
  const inverse = measure(op, invert(op, matrix, { onError: "nan" }), { ...options, order, onError: "nan" });
  const product = mul(own, inverse);
  // An inverse that is none, of a matrix whose norm is a number.
  return select(and(or(isNan(inverse), isNan(product)), not(isNan(own))), Number.POSITIVE_INFINITY, product);
}

/** How many singular values count as more than zero (i32). */
export function matrixRank(a: Operand, options: RankOptions = {}): Node {
  const matrix = toMatrix("matrixRank", a);
  const values = singularValues("matrixRank", matrix, options);
  return sum(convert(gt(values, negligible("matrixRank", matrix, values, options)), "i32"), -1);
}
