// The meaning of the base scalar operations for one element, on host values: floats as numbers (f16 and f32 rounded),
// i64 as bigint, other integers as numbers in range, bool as 0 or 1.

import { InternalError } from "../errors.ts";
import { roundToHalf } from "../half.ts";
import { type DType, isFloat } from "../types.ts";
import type { BaseOp, CombineOp } from "./scalar.ts";

export type Scalar = number | bigint;

const bits = new DataView(new ArrayBuffer(8));

/** Brings an exact result back into the dtype: rounds f16 and f32, wraps integers. */
export function normalize(value: Scalar, dtype: DType): Scalar {
  switch (dtype) {
    case "f64": return Number(value);
    case "f32": return Math.fround(Number(value));
    case "f16": return roundToHalf(Number(value));
    case "i64": return BigInt.asIntN(64, BigInt(value));
    case "i32": return Number(value) | 0;
    case "u32": return Number(value) >>> 0;
    case "i8": return (Number(value) << 24) >> 24;
    case "u8": return Number(value) & 0xff;
    case "bool": return Number(value) !== 0 ? 1 : 0;
  }
}

/** `dtype` is that of the operands (of a and b for select); convert and bitcast have functions of their own. */
export function applyBaseOp(op: Exclude<BaseOp, "convert" | "bitcast">, dtype: DType, args: readonly Scalar[]): Scalar {
  const [a, b, c] = args as [Scalar, Scalar, Scalar];
  switch (op) {
    case "eq": return Number(a === b);
    case "ne": return Number(a !== b);
    case "lt": return Number(a < b);
    case "le": return Number(a <= b);
    case "gt": return Number(a > b);
    case "ge": return Number(a >= b);
    case "select": return a !== 0 ? b : c;
    default:
      if (isFloat(dtype)) return normalize(floatOp(op, Number(a), Number(b)), dtype);
      return dtype === "bool" ? boolOp(op, Number(a), Number(b)) : normalize(intOp(op, dtype, BigInt(a), BigInt(b ?? 0)), dtype);
  }
}

/** The dtype of combine's operands and result is one. */
export function applyCombine(op: CombineOp, dtype: DType, a: Scalar, b: Scalar): Scalar {
  return applyBaseOp(op, dtype, [a, b]);
}

function floatOp(op: BaseOp, a: number, b: number): number {
  switch (op) {
    case "add": return a + b;
    case "sub": return a - b;
    case "mul": return a * b;
    case "div": return a / b;
    case "min": return Math.min(a, b);
    case "max": return Math.max(a, b);
    case "neg": return -a;
    case "abs": return Math.abs(a);
    case "sqrt": return Math.sqrt(a);
    case "floor": return Math.floor(a);
    case "ceil": return Math.ceil(a);
    case "trunc": return Math.trunc(a);
    case "nearest": return roundToEven(a);
    case "copysign": return signBit(b) ? -Math.abs(a) : Math.abs(a);
    default: throw new InternalError(`${op} of floats`);
  }
}

function signBit(a: number): boolean {
  bits.setFloat64(0, a);
  return bits.getUint8(0) >= 0x80;
}

function roundToEven(a: number): number {
  if (!(Math.abs(a) < 2 ** 52)) return a;
  const down = Math.floor(a);
  const rest = a - down;
  const up = rest > 0.5 || (rest === 0.5 && down % 2 !== 0);
  const rounded = up ? down + 1 : down;
  return rounded === 0 && signBit(a) ? -0 : rounded;
}

function boolOp(op: BaseOp, a: number, b: number): number {
  switch (op) {
    case "and": case "min": return a & b;
    case "or": case "max": return a | b;
    case "xor": return a ^ b;
    case "not": return a ^ 1;
    default: throw new InternalError(`${op} of bools`);
  }
}

const widths: { readonly [D in DType]: number } = { f16: 16, f32: 32, f64: 64, i32: 32, u32: 32, i64: 64, i8: 8, u8: 8, bool: 1 };

/** Exact; the caller wraps. */
function intOp(op: BaseOp, dtype: DType, a: bigint, b: bigint): bigint | number {
  let exact: bigint;
  switch (op) {
    case "add": exact = a + b; break;
    case "sub": exact = a - b; break;
    case "mul": exact = a * b; break;
    case "div": exact = b === 0n ? 0n : a / b; break;
    case "rem": exact = b === 0n ? 0n : a % b; break;
    case "min": exact = a < b ? a : b; break;
    case "max": exact = a > b ? a : b; break;
    case "neg": exact = -a; break;
    case "abs": exact = a < 0n ? -a : a; break;
    case "and": exact = a & b; break;
    case "or": exact = a | b; break;
    case "xor": exact = a ^ b; break;
    case "not": exact = ~a; break;
    case "shl": exact = a << (b & BigInt(widths[dtype] - 1)); break;
    case "shr": exact = a >> (b & BigInt(widths[dtype] - 1)); break;
    default: throw new InternalError(`${op} of ${dtype}`);
  }
  return dtype === "i64" ? exact : Number(BigInt.asIntN(64, exact) & 0xffffffffn);
}

const intBounds: { readonly [D in "i8" | "u8" | "i32" | "u32"]: readonly [number, number] } = {
  i8: [-128, 127], u8: [0, 255], i32: [-(2 ** 31), 2 ** 31 - 1], u32: [0, 2 ** 32 - 1],
};

export function convertScalar(value: Scalar, from: DType, to: DType): Scalar {
  if (to === "bool") return Number(value) === 0 ? 0 : 1;
  if (!isFloat(from) || isFloat(to)) return toFloatOrWrap(value, to);
  const truncated = Number.isNaN(value) ? 0 : Math.trunc(Number(value));
  if (to === "i64") {
    return truncated >= 2 ** 63 ? 2n ** 63n - 1n : truncated <= -(2 ** 63) ? -(2n ** 63n) : BigInt(truncated);
  }
  const [low, high] = intBounds[to];
  return Math.min(high, Math.max(low, truncated)) + 0;
}

function toFloatOrWrap(value: Scalar, to: DType): Scalar {
  if (to === "f64" || to === "f16") return normalize(Number(value), to);
  // One rounding: a bigint goes straight to f32 only through a double that keeps a sticky bit.
  if (to === "f32") return typeof value === "bigint" ? bigintToF32(value) : Math.fround(value);
  if (to === "i64") return BigInt(value);
  return normalize(typeof value === "bigint" ? Number(BigInt.asUintN(32, value)) : value, to);
}

function bigintToF32(value: bigint): number {
  const magnitude = value < 0n ? -value : value;
  const excess = Math.max(0, magnitude.toString(2).length - 50);
  const kept = magnitude >> BigInt(excess);
  const sticky = kept << BigInt(excess) === magnitude ? 0n : 1n;
  const rounded = Math.fround(Number((kept << 1n) | sticky) * 2 ** (excess - 1));
  return value < 0n ? -rounded : rounded;
}

export function bitcastScalar(value: Scalar, from: DType, to: DType): Scalar {
  writeScalar(bits, value, from);
  return readScalar(bits, to);
}

function writeScalar(view: DataView, value: Scalar, dtype: DType): void {
  switch (dtype) {
    case "f16": case "f32": view.setFloat32(0, Number(value)); break;
    case "f64": view.setFloat64(0, Number(value)); break;
    case "i64": view.setBigInt64(0, BigInt(value)); break;
    case "i32": case "u32": view.setInt32(0, Number(value)); break;
    case "i8": case "u8": case "bool": view.setInt8(0, Number(value));
  }
}

function readScalar(view: DataView, dtype: DType): Scalar {
  switch (dtype) {
    case "f16": case "f32": return view.getFloat32(0);
    case "f64": return view.getFloat64(0);
    case "i64": return view.getBigInt64(0);
    case "i32": return view.getInt32(0);
    case "u32": return view.getUint32(0);
    case "i8": return view.getInt8(0);
    case "u8": case "bool": return view.getUint8(0);
  }
}
