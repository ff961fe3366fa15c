// Reductions over one axis, several or all, and running combinations along one. Sums and products of narrow integers
// and bool are taken in i32; means and what is built on them are floats.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import type { Dim } from "../../ir/size.ts";
import { productOfDims } from "../../ir/size.ts";
import type { DType } from "../../ir/types.ts";
import { describeNode } from "../expression.ts";
import { accumulatedOf, floatOf } from "../promote.ts";
import { toAxes, toAxis } from "../shape.ts";
import * as elementwise from "./elementwise.ts";
import { flatten } from "./movement.ts";
import { expectDType, type Operand, toNode } from "./operand.ts";
import { convert, full, make, reduce, reshape } from "./primitive.ts";
import { sizeValue } from "./size.ts";

export type AxisArgument = number | readonly number[] | null | undefined;
export interface KeepDims {
  readonly keepDims?: boolean | undefined;
}

/** Reduces `axes` and, on demand, leaves them with size 1. */
function reduceAxes(op: string, node: Node, axes: readonly number[], keepDims: boolean | undefined): Node {
  return keepAxes(reduce(op, node, axes), node, axes, keepDims);
}

function keepAxes(reduced: Node, node: Node, axes: readonly number[], keepDims: boolean | undefined): Node {
  return keepDims === true ? reshape(reduced, node.type.shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim))) : reduced;
}

type Reduction = (x: Operand, axes?: AxisArgument, options?: KeepDims) => Node;

function reduction(name: string, prepare: (node: Node) => Node): Reduction {
  return (x, axes, options) => {
    const node = prepare(toNode(name, x));
    return reduceAxes(name, node, toAxes(name, axes, node.type.shape.length), options?.keepDims);
  };
}

const accumulated = (node: Node): Node => convert(node, accumulatedOf(node.type.dtype));
const numbers = (name: string) => (node: Node): Node => expectDType(name, node, (dtype) => dtype !== "bool", "a number");
const truth = (node: Node): Node => (node.type.dtype === "bool" ? node : elementwise.ne(node, 0));

export const sum = reduction("sum", accumulated);
export const prod = reduction("prod", accumulated);
export const max = reduction("max", numbers("max"));
export const min = reduction("min", numbers("min"));
export const any = reduction("any", truth);
export const all = reduction("all", truth);

/** The number of elements along the axes as a scalar of `dtype`. */
function countOf(node: Node, axes: readonly number[], dtype: DType): Node {
  const count: Dim = productOfDims(axes.map((axis) => node.type.shape[axis]!));
  return typeof count === "number" ? full(count, dtype, []) : convert(sizeValue(count), dtype);
}

const toFloat = (node: Node): Node => convert(node, floatOf(node.type.dtype));

/** What means are taken in: sums of halves soon leave their range. */
const wide = (node: Node): Node => (node.type.dtype === "f16" ? convert(node, "f32") : node);

export const mean: Reduction = (x, axes, options) => {
  const given = toFloat(toNode("mean", x));
  const node = wide(given);
  const over = toAxes("mean", axes, node.type.shape.length);
  return convert(elementwise.div(reduceAxes("sum", node, over, options?.keepDims), countOf(node, over, node.type.dtype)), given.type.dtype);
};

export interface Moments extends KeepDims {
  /** What is taken off the count in the denominator. */
  readonly ddof?: number | undefined;
}

function variance(name: string, x: Operand, axes: AxisArgument, options: Moments | undefined): Node {
  const given = toFloat(toNode(name, x));
  const node = wide(given);
  const over = toAxes(name, axes, node.type.shape.length);
  const centered = elementwise.sub(node, mean(node, over, { keepDims: true }));
  const squares = reduceAxes("sum", elementwise.mul(centered, centered), over, options?.keepDims);
  const count = countOf(node, over, node.type.dtype);
  const ddof = options?.ddof ?? 0;
  return convert(elementwise.div(squares, ddof === 0 ? count : elementwise.sub(count, ddof)), given.type.dtype);
}

export function varOf(x: Operand, axes?: AxisArgument, options?: Moments): Node {
  return variance("var", x, axes, options);
}

export function std(x: Operand, axes?: AxisArgument, options?: Moments): Node {
  return elementwise.sqrt(variance("std", x, axes, options));
}

/** log(sum(exp(x))), shifted by the largest element so that nothing overflows. */
export const logSumExp: Reduction = (x, axes, options) => {
  const node = toFloat(toNode("logSumExp", x));
  const over = toAxes("logSumExp", axes, node.type.shape.length);
  const largest = reduceAxes("max", node, over, true);
  // An infinite largest element would give inf - inf.
  const shift = make("stop_gradient", [elementwise.select(elementwise.finite(largest), largest, 0)]);
  const total = elementwise.log(reduceAxes("sum", elementwise.exp(elementwise.sub(node, shift)), over, true));
  const result = elementwise.add(total, shift);
  return options?.keepDims === true ? result : reshape(result, node.type.shape.filter((_, axis) => !over.includes(axis)));
};

export interface NormOptions extends KeepDims {
  /** 1, 2 (the default), any other power, or Infinity. */
  readonly ord?: number | undefined;
}

/** The vector norm of the elements along the axes. */
export function norm(x: Operand, axes?: AxisArgument, options?: NormOptions): Node {
  const node = toFloat(toNode("norm", x));
  const ord = options?.ord ?? 2;
  if (ord === 2) return elementwise.sqrt(sum(elementwise.square(node), axes, options));
  const magnitudes = elementwise.abs(node);
  if (ord === 1) return sum(magnitudes, axes, options);
  if (ord === Number.POSITIVE_INFINITY) return max(magnitudes, axes, options);
  if (ord === Number.NEGATIVE_INFINITY) return min(magnitudes, axes, options);
  if (Number.isNaN(ord) || ord === 0) throw userError("E205", { op: "norm", message: `ord ${ord} is not supported` });
  return elementwise.pow(sum(elementwise.pow(magnitudes, ord), axes, options), 1 / ord);
}

function argument(name: "argmax" | "argmin") {
  return (x: Operand, axis?: number | null, options?: KeepDims): Node => {
    const node = toNode(name, x);
    const flat = axis === undefined || axis === null;
    const operand = flat ? flatten(node) : node;
    const at = flat ? 0 : toAxis(name, axis, node.type.shape.length);
    if (operand.type.shape[at] === 0) throw userError("E208", { op: name, message: `${describeNode(node)} has no elements along the axis` });
    const index = make(name, [operand], { axis: at });
    const over = flat ? node.type.shape.map((_, i) => i) : [at];
    return keepAxes(index, node, over, options?.keepDims);
  };
}

/** Index (i32) of the first largest element; without an axis, as if x were flat. */
export const argmax = argument("argmax");
export const argmin = argument("argmin");

function cumulative(name: string, prepare: (node: Node) => Node) {
  return (x: Operand, axis: number | null = null): Node => {
    const node = prepare(toNode(name, x));
    if (axis === null) return make(name, [flatten(node)], { axis: 0, reverse: false });
    return make(name, [node], { axis: toAxis(name, axis, node.type.shape.length), reverse: false });
  };
}

export const cumsum = cumulative("cumsum", accumulated);
export const cumprod = cumulative("cumprod", accumulated);
export const cummax = cumulative("cummax", numbers("cummax"));
export const cummin = cumulative("cummin", numbers("cummin"));
