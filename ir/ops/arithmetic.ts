// Arithmetic: exact ring operations, the two divisions with their remainders, powers, extremes. Integers wrap.

import type { KernelBuilder } from "../kernel/build.ts";
import type { ValueId } from "../kernel/kernel.ts";
import type { GraphBuilder } from "../op.ts";
import type { Node } from "../node.ts";
import { floorDivide, floorDivideInts, maximum, minimum, powInts, power, remainder, remainderInts } from "../reference/arithmetic.ts";
import { type DType, isFloat, isInt, isSigned, itemSize } from "../types.ts";
import { binary, numericDTypes, partials, ternary, unary } from "./elementwise-entry.ts";

const zero = (kernel: KernelBuilder, dtype: DType) => kernel.constant(0, dtype);

/** A number as a full tensor of the node's type. */
const full = (b: GraphBuilder, like: Node, value: number) => b.fullLike(like, value);

/** 1 where the first operand is the extreme, 1/2 at a tie, 0 elsewhere. */
function chosen(b: GraphBuilder, isExtreme: string, a: Node, other: Node): Node {
  const tie = b.select(b.binary("eq", a, other), full(b, a, 0.5), full(b, a, 0));
  return b.select(b.binary(isExtreme, a, other), full(b, a, 1), tie);
}

export const arithmeticOps = [
  unary({
    name: "neg", accepts: numericDTypes,
    meaning: { float: (x) => -x, int: (x) => -x },
    gradient: { kind: "linear", inputs: "all", transpose: (b, _, cotangent) => b.neg(cotangent) },
  }),
  unary({
    name: "abs", accepts: numericDTypes,
    meaning: { float: Math.abs, int: (x) => (x < 0n ? -x : x) },
    gradient: partials((b, [x]) => b.unary("sign", x!)),
    element: (kernel, [x], dtype) => (isSigned(dtype) ? kernel.op("abs", x!) : x!),
  }),
  unary({
    name: "sign", accepts: numericDTypes,
    meaning: { float: Math.sign, int: (x) => (x > 0n ? 1n : x < 0n ? -1n : 0n) },
    gradient: { kind: "zero" },
    element: (kernel, [x], dtype) => {
      // Zeros keep their sign and NaN stays.
      const positive = (otherwise: ValueId) =>
        kernel.select(kernel.op("gt", x!, zero(kernel, dtype)), kernel.constant(1, dtype), otherwise);
      if (!isSigned(dtype)) return positive(x!);
      return positive(kernel.select(kernel.op("lt", x!, zero(kernel, dtype)), kernel.constant(-1, dtype), x!));
    },
  }),
  binary({
    name: "add", accepts: numericDTypes,
    meaning: { float: (x, y) => x + y, int: (x, y) => x + y },
    gradient: { kind: "linear", inputs: "all", transpose: (_b, _node, cotangent) => cotangent },
  }),
  binary({
    name: "sub", accepts: numericDTypes,
    meaning: { float: (x, y) => x - y, int: (x, y) => x - y },
    gradient: {
      kind: "linear", inputs: "all",
      transpose: (b, _, cotangent, input) => (input === 0 ? cotangent : b.neg(cotangent)),
    },
  }),
  binary({
    name: "mul", accepts: numericDTypes,
    meaning: { float: (x, y) => x * y, int: (x, y) => x * y },
    gradient: partials((_, [, y]) => y!, (_, [x]) => x!),
  }),
  binary({
    name: "div", accepts: numericDTypes,
    meaning: { float: (x, y) => x / y, int: (x, y) => (y === 0n ? 0n : x / y) },
    // d(x / y) = (dx - (x / y) dy) / y
    gradient: {
      kind: "both",
      vjp: (b, node, cotangent) => {
        const scaled = b.div(cotangent, node.inputs[1]!);
        return [scaled, b.neg(b.mul(scaled, node))];
      },
      jvp: (b, node, [dx, dy]) => {
        const change = dy === undefined ? undefined : b.mul(node, dy);
        const numerator = dx === undefined ? change && b.neg(change) : change === undefined ? dx : b.sub(dx, change);
        return numerator && b.div(numerator, node.inputs[1]!);
      },
    },
  }),
  binary({
    name: "rem", accepts: numericDTypes,
    meaning: { float: remainder, int: remainderInts },
    // x - y floor(x / y)
    gradient: partials((b, [x]) => full(b, x!, 1), (b, [x, y]) => b.neg(b.binary("floor_div", x!, y!))),
    element: (kernel, [x, y], dtype) => (isFloat(dtype) ? floatRemainder(kernel, x!, y!) : intRemainder(kernel, x!, y!)),
  }),
  binary({
    name: "floor_div", accepts: numericDTypes,
    meaning: {
      float: (x, y) => floorDivide(x, y, (value) => value),
      f32: (x, y) => floorDivide(x, y, Math.fround),
      int: floorDivideInts,
    },
    gradient: { kind: "zero" },
    element: (kernel, [x, y], dtype) => (isFloat(dtype) ? floatFloorDivision(kernel, x!, y!) : intFloorDivision(kernel, x!, y!)),
  }),
  binary({
    name: "pow", accepts: numericDTypes,
    meaning: { float: power, int: powInts },
    gradient: partials(
      // y x^(y-1), and 0 for y = 0 also where x^(-1) is infinite
      (b, [x, y]) => {
        const isZero = b.binary("eq", y!, full(b, y!, 0));
        const exponent = b.select(isZero, full(b, y!, 1), b.sub(y!, full(b, y!, 1)));
        return b.mul(y!, b.binary("pow", x!, exponent));
      },
      // x^y log(x), and its limit 0 for x = 0
      (b, [x], result) => {
        const isZero = b.binary("eq", x!, full(b, x!, 0));
        return b.mul(result, b.unary("log", b.select(isZero, full(b, x!, 1), x!)));
      },
    ),
    element: (kernel, [x, y], dtype) => (isInt(dtype) ? intPower(kernel, x!, y!, dtype) : kernel.op("pow", x!, y!)),
  }),
  binary({
    name: "max", accepts: numericDTypes,
    meaning: { float: maximum, int: (x, y) => (x > y ? x : y) },
    gradient: partials((b, [x, y]) => chosen(b, "gt", x!, y!), (b, [x, y]) => chosen(b, "gt", y!, x!)),
  }),
  binary({
    name: "min", accepts: numericDTypes,
    meaning: { float: minimum, int: (x, y) => (x < y ? x : y) },
    gradient: partials((b, [x, y]) => chosen(b, "lt", x!, y!), (b, [x, y]) => chosen(b, "lt", y!, x!)),
  }),
  ternary({
    // clamp(x, low, high) = min(max(x, low), high)
    name: "clamp", accepts: numericDTypes,
    meaning: {
      float: (x, low, high) => minimum(maximum(x, low), high),
      int: (x, low, high) => { const raised = x > low ? x : low; return raised < high ? raised : high; },
    },
    gradient: partials(
      (b, [x, low, high]) => {
        const inside = b.binary("and", b.binary("ge", x!, low!), b.binary("le", x!, high!));
        return b.select(inside, full(b, x!, 1), full(b, x!, 0));
      },
      (b, [x, low, high]) => {
        const raised = b.binary("and", b.binary("lt", x!, low!), b.binary("le", low!, high!));
        return b.select(raised, full(b, x!, 1), full(b, x!, 0));
      },
      (b, [x, low, high]) =>
        b.select(b.binary("gt", b.binary("max", x!, low!), high!), full(b, x!, 1), full(b, x!, 0)),
    ),
    element: (kernel, [x, low, high]) => kernel.min(kernel.max(x!, low!), high!),
  }),
] as const;

/** Whether the remainder has to move to the divisor's side: it is not 0 and its sign differs. */
function signsDiffer(kernel: KernelBuilder, remainder: ValueId, divisor: ValueId): ValueId {
  const none = zero(kernel, kernel.dtypeOf(divisor));
  const differ = kernel.op("xor", kernel.op("lt", remainder, none), kernel.op("lt", divisor, none));
  return kernel.op("and", kernel.op("ne", remainder, none), differ);
}

function floatRemainder(kernel: KernelBuilder, x: ValueId, y: ValueId): ValueId {
  const none = zero(kernel, kernel.dtypeOf(x));
  const truncated = kernel.op("fmod", x, y);
  const moved = kernel.select(signsDiffer(kernel, truncated, y), kernel.add(truncated, y), truncated);
  return kernel.select(kernel.op("eq", truncated, none), kernel.op("copysign", none, y), moved);
}

function floatFloorDivision(kernel: KernelBuilder, x: ValueId, y: ValueId): ValueId {
  const dtype = kernel.dtypeOf(x);
  const none = zero(kernel, dtype);
  const one = kernel.constant(1, dtype);
  const truncated = kernel.op("fmod", x, y);
  const near = kernel.div(kernel.sub(x, truncated), y);
  const quotient = kernel.select(signsDiffer(kernel, truncated, y), kernel.sub(near, one), near);
  const floor = kernel.op("floor", quotient);
  const off = kernel.op("gt", kernel.sub(quotient, floor), kernel.constant(0.5, dtype));
  const snapped = kernel.select(off, kernel.add(floor, one), floor);
  const plain = kernel.div(x, y);
  const signed = kernel.select(kernel.op("eq", quotient, none), kernel.op("copysign", none, plain), snapped);
  return kernel.select(kernel.op("eq", y, none), plain, signed);
}

function intRemainder(kernel: KernelBuilder, x: ValueId, y: ValueId): ValueId {
  const truncated = kernel.rem(x, y);
  if (!isSigned(kernel.dtypeOf(x))) return truncated;
  return kernel.select(signsDiffer(kernel, truncated, y), kernel.add(truncated, y), truncated);
}

function intFloorDivision(kernel: KernelBuilder, x: ValueId, y: ValueId): ValueId {
  const dtype = kernel.dtypeOf(x);
  const quotient = kernel.div(x, y);
  if (!isSigned(dtype)) return quotient;
  const rounds = signsDiffer(kernel, kernel.rem(x, y), y);
  return kernel.select(rounds, kernel.sub(quotient, kernel.constant(1, dtype)), quotient);
}

/** Squares and multiplies, one step per bit of the exponent. */
function intPower(kernel: KernelBuilder, x: ValueId, y: ValueId, dtype: DType): ValueId {
  const [none, one] = [zero(kernel, dtype), kernel.constant(1, dtype)];
  const bits = 8 * itemSize[dtype] - (isSigned(dtype) ? 1 : 0);
  const bit = (i: number) =>
    kernel.op("ne", kernel.op("and", kernel.op("shr", y, kernel.constant(i, dtype)), one), none);
  let result = one;
  let square = x;
  for (let i = 0; i < bits; i++) {
    result = kernel.select(bit(i), kernel.mul(result, square), result);
    if (i + 1 < bits) square = kernel.mul(square, square);
  }
  if (!isSigned(dtype)) return result;
  // A negative exponent leaves the reciprocal, truncated: 0, but for the units.
  const minusOne = kernel.constant(-1, dtype);
  const unit = kernel.select(kernel.op("eq", x, minusOne), kernel.select(bit(0), minusOne, one), none);
  const reciprocal = kernel.select(kernel.op("eq", x, one), one, unit);
  return kernel.select(kernel.op("lt", y, none), reciprocal, result);
}
