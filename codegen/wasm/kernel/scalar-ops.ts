// The base operations on one element, as WebAssembly. Each takes its operands as functions that push them, which may be
// called more than once, and leaves the result on the stack. None traps.

import type { BaseOp } from "../../../ir/kernel/scalar.ts";
import { isFloat, isSigned } from "../../../ir/types.ts";
import type { FunctionBuilder } from "../encode/index.ts";
import { InternalError } from "../../../ir/errors.ts";
import { scalarType } from "./vector-forms.ts";
import type { WasmDType } from "./wasm-kernel.ts";

export type Push = () => void;

interface Operation {
  readonly f: FunctionBuilder;
  /** Of the operands; of `a` and `b` for select. */
  readonly dtype: WasmDType;
  readonly a: Push;
  readonly b: Push;
  readonly c: Push;
  /** The second operand, where it is known. */
  readonly constant: number | bigint | undefined;
}

type Emit = (operation: Operation) => void;

const missing: Push = () => {
  throw new InternalError("an operand is missing");
};

/** `from` is the first operand's dtype, `dtype` the result's. `scratch` is an i32 local, `constant` the second operand's value. */
export function emitScalarOp(
  f: FunctionBuilder, op: BaseOp, dtype: WasmDType, from: WasmDType, args: readonly Push[], scratch: () => number, constant?: number | bigint,
): void {
  const [a = missing, b = missing, c = missing] = args;
  if (op === "convert") {
    a();
    emitScalarConvert(f, from, dtype, scratch);
  } else if (op === "bitcast") {
    a();
    emitScalarBitcast(f, from, dtype);
  } else {
    scalarOps[op]({ f, dtype: op === "select" ? dtype : from, a, b, c, constant });
  }
}

/** Brings a wrapped i32 back into the range of a narrow dtype. */
function renormalize(f: FunctionBuilder, dtype: WasmDType): void {
  if (dtype === "i8") f.op("i32.extend8_s");
  else if (dtype === "u8") f.i32(0xff).op("i32.and");
}

function binary(name: "add" | "sub" | "mul"): Emit {
  return ({ f, dtype, a, b }) => {
    a();
    b();
    f.op(`${scalarType[dtype]}.${name}`);
    renormalize(f, dtype);
  };
}

function bitwise(name: "and" | "or" | "xor"): Emit {
  return ({ f, dtype, a, b }) => {
    a();
    b();
    f.op(`${intType(dtype)}.${name}`);
  };
}

function floatUnary(name: "sqrt" | "floor" | "ceil" | "trunc" | "nearest"): Emit {
  return ({ f, dtype, a }) => {
    a();
    f.op(`${floatType(dtype)}.${name}`);
  };
}

function intType(dtype: WasmDType): "i32" | "i64" {
  return dtype === "i64" ? "i64" : "i32";
}

function floatType(dtype: WasmDType): "f32" | "f64" {
  return dtype === "f64" ? "f64" : "f32";
}

function comparison(name: "lt" | "le" | "gt" | "ge"): Emit {
  return ({ f, dtype, a, b }) => {
    a();
    b();
    if (isFloat(dtype)) f.op(`${dtype}.${name}`);
    else f.op(`${intType(dtype)}.${name}_${isSigned(dtype) ? "s" : "u"}`);
  };
}

function extremum(name: "min" | "max"): Emit {
  const compare = comparison(name === "min" ? "lt" : "gt");
  return (operation) => {
    const { f, dtype, a, b } = operation;
    a();
    b();
    if (isFloat(dtype)) {
      f.op(`${dtype}.${name}`);
    } else {
      compare(operation);
      f.op("select");
    }
  };
}

/** a / b, with a * b in place of the quotient by 0 and by -1 (0 and -a). */
function divide(operation: Operation): void {
  const { f, dtype, a, b } = operation;
  const type = intType(dtype);
  const quotient = (): void => {
    a();
    b();
    f.op(isFloat(dtype) ? `${dtype}.div` : `${type}.div_${isSigned(dtype) ? "s" : "u"}`);
  };
  if (isFloat(dtype)) {
    quotient();
    return;
  }
  unlessSpecialDivisor(operation, quotient, () => {
    a();
    b();
    f.op(`${type}.mul`);
  });
  renormalize(f, dtype);
}

function remainder(operation: Operation): void {
  const { f, dtype, a, b } = operation;
  const type = intType(dtype);
  unlessSpecialDivisor(operation, () => {
    a();
    b();
    f.op(`${type}.rem_${isSigned(dtype) ? "s" : "u"}`);
  }, () => (type === "i64" ? f.i64(0) : f.i32(0)));
}

/** `special` where the divisor is 0 or, for signed dtypes, -1: the divisors for which division may trap. */
function unlessSpecialDivisor({ f, dtype, b, constant }: Operation, usual: () => void, special: () => void): void {
  const divisor = Number(constant ?? 0);
  if (divisor !== 0 && divisor !== -1) {
    usual();
    return;
  }
  b();
  if (!isSigned(dtype)) f.op("i32.eqz");
  else if (dtype === "i64") f.i64(1).op("i64.add").i64(2).op("i64.lt_u");
  else f.i32(1).op("i32.add").i32(2).op("i32.lt_u");
  f.if(special, usual, intType(dtype));
}

function negate({ f, dtype, a }: Operation): void {
  if (isFloat(dtype)) {
    a();
    f.op(`${dtype}.neg`);
    return;
  }
  if (dtype === "i64") f.i64(0);
  else f.i32(0);
  a();
  f.op(`${intType(dtype)}.sub`);
  renormalize(f, dtype);
}

function absolute(operation: Operation): void {
  const { f, dtype, a } = operation;
  if (isFloat(dtype)) {
    a();
    f.op(`${dtype}.abs`);
  } else if (!isSigned(dtype)) {
    a();
  } else {
    negate(operation);
    a();
    a();
    if (dtype === "i64") f.i64(0).op("i64.lt_s");
    else f.i32(0).op("i32.lt_s");
    f.op("select");
  }
}

function invert({ f, dtype, a }: Operation): void {
  a();
  if (dtype === "i64") f.i64(-1).op("i64.xor");
  else if (dtype === "bool") f.i32(1).op("i32.xor");
  else f.i32(-1).op("i32.xor");
  renormalize(f, dtype);
}

function shift(direction: "left" | "right"): Emit {
  return ({ f, dtype, a, b }) => {
    a();
    b();
    if (dtype === "i8" || dtype === "u8") f.i32(7).op("i32.and");
    f.op(`${intType(dtype)}.${direction === "left" ? "shl" : isSigned(dtype) ? "shr_s" : "shr_u"}`);
    if (direction === "left") renormalize(f, dtype);
  };
}

const scalarOps: { readonly [K in Exclude<BaseOp, "convert" | "bitcast">]: Emit } = {
  add: binary("add"), sub: binary("sub"), mul: binary("mul"),
  div: divide, rem: remainder,
  min: extremum("min"), max: extremum("max"),
  neg: negate, abs: absolute,
  sqrt: floatUnary("sqrt"), floor: floatUnary("floor"), ceil: floatUnary("ceil"), trunc: floatUnary("trunc"),
  nearest: floatUnary("nearest"),
  copysign: ({ f, dtype, a, b }) => {
    a();
    b();
    f.op(`${floatType(dtype)}.copysign`);
  },
  and: bitwise("and"), or: bitwise("or"), xor: bitwise("xor"), not: invert,
  shl: shift("left"), shr: shift("right"),
  eq: ({ f, dtype, a, b }) => {
    a();
    b();
    f.op(`${scalarType[dtype]}.eq`);
  },
  ne: ({ f, dtype, a, b }) => {
    a();
    b();
    f.op(`${scalarType[dtype]}.ne`);
  },
  lt: comparison("lt"), le: comparison("le"), gt: comparison("gt"), ge: comparison("ge"),
  select: ({ f, a, b, c }) => {
    b();
    c();
    a();
    f.op("select");
  },
};

/** Replaces the scalar on the stack. */
function emitScalarConvert(f: FunctionBuilder, from: WasmDType, to: WasmDType, scratch: () => number): void {
  const source = scalarType[from];
  if (to === "bool") {
    if (source === "f32") f.f32(0).op("f32.ne");
    else if (source === "f64") f.f64(0).op("f64.ne");
    else if (source === "i64") f.i64(0).op("i64.ne");
    else f.i32(0).op("i32.ne");
  } else if (isFloat(to)) {
    convertToFloat(f, from, to);
  } else if (isFloat(from)) {
    if (to === "i8" || to === "u8") saturateNarrow(f, from, to, scratch());
    else f.op(`${intType(to)}.trunc_sat_${from}_${isSigned(to) ? "s" : "u"}`);
  } else if (to === "i64") {
    if (from !== "i64") f.op(`i64.extend_i32_${isSigned(from) ? "s" : "u"}`);
  } else {
    if (from === "i64") f.op("i32.wrap_i64");
    renormalize(f, to);
  }
}

function convertToFloat(f: FunctionBuilder, from: WasmDType, to: "f32" | "f64"): void {
  if (from === to) return;
  if (from === "f64") f.op("f32.demote_f64");
  else if (from === "f32") f.op("f64.promote_f32");
  else f.op(`${to}.convert_${intType(from)}_${from === "u32" ? "u" : "s"}`);
}

function saturateNarrow(f: FunctionBuilder, from: "f32" | "f64", to: "i8" | "u8", scratch: number): void {
  const [low, high] = to === "i8" ? [-128, 127] : [0, 255];
  f.op(`i32.trunc_sat_${from}_s`);
  f.tee(scratch).i32(low).get(scratch).i32(low).op("i32.gt_s").op("select");
  f.tee(scratch).i32(high).get(scratch).i32(high).op("i32.lt_s").op("select");
}

function emitScalarBitcast(f: FunctionBuilder, from: WasmDType, to: WasmDType): void {
  const source = scalarType[from];
  const target = scalarType[to];
  if (source === "f32" && target === "i32") f.op("i32.reinterpret_f32");
  else if (source === "i32" && target === "f32") f.op("f32.reinterpret_i32");
  else if (source === "f64" && target === "i64") f.op("i64.reinterpret_f64");
  else if (source === "i64" && target === "f64") f.op("f64.reinterpret_i64");
  else renormalize(f, to);
}
