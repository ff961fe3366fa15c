// Medians and quantiles: places in a sorted line, and what stands between two of them.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import type { DType } from "../../ir/types.ts";
import { describeTyped } from "../expression.ts";
import * as e from "../ops/elementwise.ts";
import { flatten, moveAxis } from "../ops/movement.ts";
import { isWeak, type Operand, toDType, toNode } from "../ops/operand.ts";
import { convert, full, make } from "../ops/primitive.ts";
import { sizeValue } from "../ops/size.ts";
import { floatOf } from "../promote.ts";
import { toAxis } from "../shape.ts";
import { sort } from "./sort.ts";

export interface QuantileOptions {
  /** The axis along which; all elements, as if x were flat, unless it is said. */
  readonly axis?: number | null | undefined;
  /** What a quantile between two elements is; `linear` unless said otherwise. */
  readonly method?: QuantileMethod | undefined;
}
export type QuantileMethod = "linear" | "lower" | "higher" | "nearest" | "midpoint";

/** How far from the lower to the higher element, from the fraction of the place (f64). */
const shares: { readonly [M in QuantileMethod]: (fraction: Node, place: Node) => Node } = {
  linear: (fraction) => fraction,
  lower: (fraction) => e.mul(fraction, 0),
  higher: (fraction) => e.ceil(fraction),
  nearest: (_, place) => e.sub(e.round(place), e.floor(place)),
  midpoint: (fraction) => e.mul(e.ceil(fraction), 0.5),
};

/** Quantiles, by NumPy's definition; the axes of q come first. NaN where the line has a NaN, no elements, or q is not in [0, 1]. E205. */
export function quantile(x: Operand, q: Operand, { axis = null, method = "linear" }: QuantileOptions = {}): Node {
  return quantileOf("quantile", x, q, axis, method);
}

export function median(x: Operand, axis: number | null = null): Node {
  return quantileOf("median", x, 0.5, axis, "linear");
}

function quantileOf(op: string, x: Operand, q: Operand, axis: number | null, method: QuantileMethod): Node {
  if (!Object.hasOwn(shares, method)) throw userError("E205", { op, message: `there is no method ${String(method)}`, hint: Object.keys(shares).join(", ") });
  if (isWeak(q) && !(Number(q) >= 0 && Number(q) <= 1)) throw userError("E205", { op, message: `q is ${String(q)}, not in [0, 1]` });
  const given = toNode(op, x);
  const lines = axis === null ? flatten(given) : moveAxis(given, toAxis(op, axis, given.type.shape.length), -1);
  const length = lines.type.shape.at(-1)!;
  if (length === 0) throw userError("E208", { op, message: `${describeTyped(given)} has no elements to take a quantile of` });
  const floats = sort(convert(lines, floatOf(given.type.dtype)));
  const { dtype, shape } = floats.type;
  const count = sizeValue(length);
  const last = e.sub(count, 1);
  // The middle of any line is found in integers; other places are exact in f64, which not every target has.
  const { below, share, isPlace } = q === 0.5 && method === "linear" ? middleOf(last, dtype) : placesOf(toDType(op, q, "f64"), last, method, dtype);
  const rest = shape.length - 1;
  const pick = (index: Node): Node => make("gather", [floats, index], { axes: [rest], bounds: "clamp" });
  const spread = (node: Node): Node => (rest === 0 ? node : make("reshape", [node], { shape: [...node.type.shape, ...new Array<number>(rest).fill(1)] }));
  // NaN is greater than every number: it stands last.
  const isNumber = e.and(e.and(spread(isPlace), e.gt(count, 0)), e.not(e.isNan(pick(last))));
  return e.select(isNumber, between(pick(below), pick(e.add(below, 1)), spread(share)), Number.NaN);
}

/** Where quantiles lie in a sorted line. */
interface Places {
  /** The index of the lower element, i32. */
  readonly below: Node;
  /** How far from there to the next one. */
  readonly share: Node;
  readonly isPlace: Node;
}

function placesOf(fractions: Node, last: Node, method: QuantileMethod, dtype: DType): Places {
  const place = e.mul(fractions, convert(last, "f64"));
  const below = e.floor(place);
  return {
    below: convert(below, "i32"), share: convert(shares[method](e.sub(place, below), place), dtype),
    isPlace: e.and(e.ge(fractions, 0), e.le(fractions, 1)),
  };
}

function middleOf(last: Node, dtype: DType): Places {
  return { below: e.shiftRight(last, 1), share: e.mul(convert(e.and(last, 1), dtype), 0.5), isPlace: full(true, "bool", []) };
}

/** From the nearer end, so that both ends are met exactly, or from the one that is finite; between ends that are equal there is nothing, and ends whose difference overflows are weighed. */
function between(low: Node, high: Node, share: Node): Node {
  const span = e.select(e.eq(low, high), 0, e.sub(high, low));
  const step = e.select(e.eq(share, 0), 0, e.mul(span, share));
  const back = e.select(e.eq(share, 1), 0, e.mul(span, e.sub(1, share)));
  const isUpward = e.or(e.not(e.finite(high)), e.and(e.finite(low), e.lt(share, 0.5)));
  const isTooFar = e.and(e.not(e.finite(span)), e.and(e.finite(low), e.finite(high)));
  return e.select(isTooFar, e.add(e.mul(low, e.sub(1, share)), e.mul(high, share)), e.select(isUpward, e.add(low, step), e.sub(high, back)));
}
