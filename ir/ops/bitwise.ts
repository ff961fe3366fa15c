// Operations on bits: logic on integers and bools, shifts on integers.

import type { KernelBuilder } from "../kernel/build.ts";
import type { ValueId } from "../kernel/kernel.ts";
import type { OpDefinition } from "../op.ts";
import { type DType, isSigned, itemSize } from "../types.ts";
import { binary, type Entry, intDTypes, logicalDTypes, unary } from "./elementwise-entry.ts";

const zero = { kind: "zero" } as const;

export const bitwiseOps = [
  binary({ name: "and", accepts: logicalDTypes, meaning: { int: (a, b) => a & b, bool: (a, b) => a & b }, gradient: zero }),
  binary({ name: "or", accepts: logicalDTypes, meaning: { int: (a, b) => a | b, bool: (a, b) => a | b }, gradient: zero }),
  binary({ name: "xor", accepts: logicalDTypes, meaning: { int: (a, b) => a ^ b, bool: (a, b) => a ^ b }, gradient: zero }),
  unary({ name: "not", accepts: logicalDTypes, meaning: { int: (a) => ~a, bool: (a) => 1 - a }, gradient: zero }),
  shift("shift_left"),
  shift("shift_right"),
] as const;

/** Counts outside 0 ... width-1 shift everything out: 0, and the sign for a right shift of a signed dtype. */
function shift<Name extends "shift_left" | "shift_right">(name: Name): OpDefinition<Name> {
  const element: Entry["element"] = (kernel, [x, count], dtype) => {
    const width = 8 * itemSize[dtype];
    const inRange = countInRange(kernel, count!, dtype, width);
    if (name === "shift_right" && isSigned(dtype)) {
      return kernel.op("shr", x!, kernel.select(inRange, count!, kernel.constant(width - 1, dtype)));
    }
    const shifted = kernel.op(name === "shift_left" ? "shl" : "shr", x!, count!);
    return kernel.select(inRange, shifted, kernel.constant(0, dtype));
  };
  const evaluateWith = (width: bigint) => (x: bigint, count: bigint) => {
    if (count >= 0n && count < width) return name === "shift_left" ? x << count : x >> count;
    return name === "shift_right" && x < 0n ? -1n : 0n;
  };
  const entry = (dtype: DType) =>
    binary({ name, accepts: intDTypes, meaning: { int: evaluateWith(BigInt(8 * itemSize[dtype])) }, gradient: zero, element });
  return {
    ...entry("i32"),
    evaluate: (operands, context) => entry(context.type.dtype).evaluate(operands, context),
  };
}

function countInRange(kernel: KernelBuilder, count: ValueId, dtype: DType, width: number): ValueId {
  const below = kernel.op("lt", count, kernel.constant(width, dtype));
  if (!isSigned(dtype)) return below;
  return kernel.op("and", below, kernel.op("ge", count, kernel.constant(0, dtype)));
}
