// The functions and constants of JavaScript that elementwise functions may name, and what they are in operators of the
// language. Where the operator and JavaScript disagree at an edge, JavaScript's value is built.

import type { Node } from "../../ir/node.ts";
import * as ops from "../ops/elementwise.ts";
import { convert } from "../ops/primitive.ts";

export interface NumberFunction {
  /** Undefined: any number of operands. */
  readonly operands: number | undefined;
  /** What it gives of known numbers. */
  readonly known: (...operands: number[]) => number | boolean;
  /** What it gives of tensors of one float dtype; scalars of them are stretched. */
  build(...operands: readonly Node[]): Node;
}

function ofOne(known: (x: number) => number | boolean, build: (x: Node) => Node): NumberFunction {
  return { operands: 1, known, build: (x) => build(x!) };
}

function ofTwo(known: (x: number, y: number) => number, build: (x: Node, y: Node) => Node): NumberFunction {
  return { operands: 2, known, build: (x, y) => build(x!, y!) };
}

function ofMany(known: (...operands: number[]) => number, join: ops.Binary): NumberFunction {
  return { operands: undefined, known, build: (...operands) => operands.reduce((joined, operand) => join(joined, operand)) };
}

/** The value of a scalar that stands for a known number. */
function knownValue(x: Node): number | undefined {
  return x.op === "full" ? Number(x.attributes["value"]) : undefined;
}

/** JavaScript's `**`: as IEEE 754's pow, but NaN for a base of 1 or -1 and an exponent that is not finite. */
export function power(x: Node, y: Node): Node {
  const value = ops.pow(x, y);
  const [base, exponent] = [knownValue(x), knownValue(y)];
  if ((base !== undefined && Math.abs(base) !== 1) || (exponent !== undefined && Number.isFinite(exponent))) return value;
  const isEdge = ops.and(ops.eq(ops.abs(x), 1), ops.not(ops.finite(y)));
  return ops.select(isEdge, Number.NaN, value);
}

/** JavaScript's `%`: the remainder of a quotient truncated towards 0, with the sign of x, also where it is 0. */
export function remainder(x: Node, y: Node): Node {
  const r = ops.rem(ops.abs(x), ops.abs(y));
  return ops.select(ops.lt(x, 0), ops.neg(r), ops.select(ops.eq(x, 0), ops.sub(x, r), r));
}

/** Math.round: ties go up. The fraction x - trunc(x) is exact, and trunc keeps the sign of 0. */
function round(x: Node): Node {
  const whole = ops.trunc(x);
  const fraction = ops.sub(x, whole);
  return ops.select(ops.ge(fraction, 0.5), ops.add(whole, 1), ops.select(ops.lt(fraction, -0.5), ops.sub(whole, 1), whole));
}

const isNan = ofOne(Number.isNaN, ops.isNan);
const isFinite = ofOne(Number.isFinite, ops.finite);

export const numberFunctions: ReadonlyMap<string, NumberFunction> = new Map(Object.entries({
  "Math.abs": ofOne(Math.abs, ops.abs), "Math.sign": ofOne(Math.sign, ops.sign),
  "Math.floor": ofOne(Math.floor, ops.floor), "Math.ceil": ofOne(Math.ceil, ops.ceil), "Math.trunc": ofOne(Math.trunc, ops.trunc), "Math.round": ofOne(Math.round, round),
  "Math.sqrt": ofOne(Math.sqrt, ops.sqrt), "Math.cbrt": ofOne(Math.cbrt, ops.cbrt),
  "Math.exp": ofOne(Math.exp, ops.exp), "Math.expm1": ofOne(Math.expm1, ops.expm1),
  "Math.log": ofOne(Math.log, ops.log), "Math.log2": ofOne(Math.log2, ops.log2), "Math.log10": ofOne(Math.log10, ops.log10), "Math.log1p": ofOne(Math.log1p, ops.log1p),
  "Math.sin": ofOne(Math.sin, ops.sin), "Math.cos": ofOne(Math.cos, ops.cos), "Math.tan": ofOne(Math.tan, ops.tan),
  "Math.asin": ofOne(Math.asin, ops.asin), "Math.acos": ofOne(Math.acos, ops.acos), "Math.atan": ofOne(Math.atan, ops.atan),
  "Math.sinh": ofOne(Math.sinh, ops.sinh), "Math.cosh": ofOne(Math.cosh, ops.cosh), "Math.tanh": ofOne(Math.tanh, ops.tanh),
  "Math.asinh": ofOne(Math.asinh, ops.asinh), "Math.acosh": ofOne(Math.acosh, ops.acosh), "Math.atanh": ofOne(Math.atanh, ops.atanh),
  "Math.fround": ofOne(Math.fround, (x) => convert(convert(x, "f32"), x.type.dtype)),
  "Math.pow": ofTwo(Math.pow, power), "Math.atan2": ofTwo(Math.atan2, ops.atan2),
  "Math.max": ofMany(Math.max, ops.maximum), "Math.min": ofMany(Math.min, ops.minimum),
  isNaN: isNan, "Number.isNaN": isNan, isFinite, "Number.isFinite": isFinite,
} satisfies { readonly [name: string]: NumberFunction }));

export const numberConstants: ReadonlyMap<string, number> = new Map(Object.entries({
  NaN: Number.NaN, Infinity: Number.POSITIVE_INFINITY,
  "Math.E": Math.E, "Math.PI": Math.PI, "Math.LN2": Math.LN2, "Math.LN10": Math.LN10, "Math.LOG2E": Math.LOG2E, "Math.LOG10E": Math.LOG10E,
  "Math.SQRT2": Math.SQRT2, "Math.SQRT1_2": Math.SQRT1_2,
  "Number.NaN": Number.NaN, "Number.POSITIVE_INFINITY": Number.POSITIVE_INFINITY, "Number.NEGATIVE_INFINITY": Number.NEGATIVE_INFINITY,
  "Number.EPSILON": Number.EPSILON, "Number.MAX_VALUE": Number.MAX_VALUE, "Number.MIN_VALUE": Number.MIN_VALUE,
  "Number.MAX_SAFE_INTEGER": Number.MAX_SAFE_INTEGER, "Number.MIN_SAFE_INTEGER": Number.MIN_SAFE_INTEGER,
}));
