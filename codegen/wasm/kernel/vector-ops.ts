// The base operations on vectors of lanes, register by register. Operations without a vector instruction are done on
// each lane by the scalar ones.

import { InternalError } from "../../../ir/errors.ts";
import type { BaseOp } from "../../../ir/kernel/scalar.ts";
import { isFloat, isSigned } from "../../../ir/types.ts";
import type { FunctionBuilder, Local } from "../encode/index.ts";
import { type Push, emitScalarOp } from "./scalar-ops.ts";
import { type VectorContext, type VectorOperand, renormalizeVector, widenMask } from "./vector-context.ts";
import { emitVectorConvert } from "./vector-convert.ts";
import { type VectorShape, byLane, isWide, lanesPerRegister, registersFor, scalarType, shapeOf } from "./vector-forms.ts";
import type { WasmDType } from "./wasm-kernel.ts";

export interface VectorOperation {
  readonly op: BaseOp;
  readonly dtype: WasmDType;
  readonly args: readonly VectorOperand[];
  readonly lanes: number;
  /** One local for each register of the result. */
  readonly result: readonly Local[];
}

type EmitRegister = (context: VectorContext, operation: VectorOperation, register: number) => void;

export function emitVectorOp(context: VectorContext, operation: VectorOperation): void {
  const { op, dtype, args, result } = operation;
  const from = args[0]!.dtype;
  if (byLane(op, dtype, from) || (isShift(op) && args[1]!.scalar === undefined)) {
    emitByLane(context, operation);
  } else if (op === "convert") {
    emitVectorConvert(context, args[0]!, dtype, result);
  } else {
    result.forEach((local, register) => {
      vectorOps[op](context, operation, register);
      context.f.set(local);
    });
  }
}

function isShift(op: BaseOp): op is "shl" | "shr" {
  return op === "shl" || op === "shr";
}

/** combine(a, b) on single registers, for the end of a reduction, where few bytes count more than speed; leaves the result on the stack. */
export function emitVectorBinary(context: VectorContext, op: BaseOp, dtype: WasmDType, a: Push, b: Push): void {
  if ((op === "min" || op === "max") && isFloat(dtype)) {
    a();
    b();
    context.f.op(`${floatShape(dtype)}.${op}`);
    return;
  }
  const operand = (push: Push): VectorOperand => ({ dtype, push, scalar: undefined, constant: undefined });
  if (op === "convert") throw new InternalError("convert does not combine");
  vectorOps[op](context, { op, dtype, args: [operand(a), operand(b)], lanes: lanesPerRegister(dtype), result: [] }, 0);
}

function push(operation: VectorOperation, register: number, ...which: number[]): void {
  for (const i of which) operation.args[i]!.push(register);
}

function binary(name: "add" | "sub" | "mul"): EmitRegister {
  return (context, operation, k) => {
    push(operation, k, 0, 1);
    context.f.op(`${shapeOf[operation.dtype]}.${name}`);
    renormalizeVector(context, operation.dtype);
  };
}

function floatShape(dtype: WasmDType): "f32x4" | "f64x2" {
  return dtype === "f64" ? "f64x2" : "f32x4";
}

function intShape(dtype: WasmDType): "i32x4" | "i64x2" {
  return dtype === "i64" ? "i64x2" : "i32x4";
}

function floatUnary(name: "sqrt" | "floor" | "ceil" | "trunc" | "nearest"): EmitRegister {
  return ({ f }, operation, k) => {
    push(operation, k, 0);
    f.op(`${floatShape(operation.dtype)}.${name}`);
  };
}

function bitwise(name: "and" | "or" | "xor"): EmitRegister {
  return ({ f }, operation, k) => {
    push(operation, k, 0, 1);
    f.op(`v128.${name}`);
  };
}

type Comparison = "eq" | "ne" | "lt" | "le" | "gt" | "ge";

function compareName(shape: VectorShape, name: Comparison, unsigned: boolean): Parameters<FunctionBuilder["op"]>[0] {
  if (shape === "f32x4" || shape === "f64x2") return `${shape}.${name}`;
  if (name === "eq" || name === "ne") return `${shape}.${name}`;
  return shape === "i32x4" && unsigned ? `i32x4.${name}_u` : `${shape}.${name}_s`;
}

// As masks, true is -1 and below false.
const mirrored: { readonly [K in Comparison]: Comparison } = { eq: "eq", ne: "ne", lt: "gt", le: "ge", gt: "lt", ge: "le" };

/** A mask of 32-bit lanes; of two registers of 64-bit lanes, the low halves. */
function comparison(name: Comparison): EmitRegister {
  return ({ f }, operation, k) => {
    const { dtype } = operation.args[0]!;
    const op = compareName(shapeOf[dtype], dtype === "bool" ? mirrored[name] : name, dtype === "u32");
    if (!isWide(dtype)) {
      push(operation, k, 0, 1);
      f.op(op);
      return;
    }
    push(operation, 2 * k, 0, 1);
    f.op(op);
    push(operation, 2 * k + 1, 0, 1);
    f.op(op).shuffle([0, 2, 4, 6]);
  };
}

function extremum(name: "min" | "max"): EmitRegister {
  return (context, operation, k) => {
    const { dtype, args } = operation;
    const { f } = context;
    if (dtype === "bool") {
      push(operation, k, 0, 1);
      f.op(name === "min" ? "v128.and" : "v128.or");
    } else if (dtype === "i64") {
      push(operation, k, 0, 1, 0, 1);
      f.op(name === "min" ? "i64x2.lt_s" : "i64x2.gt_s").op("v128.bitselect");
    } else if (!isFloat(dtype)) {
      push(operation, k, 0, 1);
      f.op(`i32x4.${name}_${dtype === "u32" ? "u" : "s"}`);
    } else if (isPlainBound(args[0]!) || isPlainBound(args[1]!)) {
      boundedExtremum(context, operation, name, k);
    } else {
      floatExtremum(context, operation, name, k);
    }
  };
}

/**
 * With t = pmin(a, b) and u = pmin(b, a): the same bits, unless the operands are zeros of two signs or one is a NaN, when t and u are
 * the two operands. min(a, b) is then t | u: -0, or a NaN. max(a, b) is (t | u) - (t ^ u) with pmax: t - 0, or -0 - -0, or NaN - x.
 * Engines on x86 make seven or eight instructions of a min or max, and one of pmin or pmax.
 */
function floatExtremum(context: VectorContext, operation: VectorOperation, name: "min" | "max", k: number): void {
  const { f } = context;
  const shape = floatShape(operation.dtype);
  const [t, u] = [context.scratch("v128", 0), context.scratch("v128", 5)];
  push(operation, k, 0, 1);
  f.op(`${shape}.p${name}`).tee(t);
  push(operation, k, 1, 0);
  f.op(`${shape}.p${name}`).tee(u).op("v128.or");
  if (name === "max") f.get(t).get(u).op("v128.xor").op(`${shape}.sub`);
}

function isPlainBound({ constant }: VectorOperand): boolean {
  return typeof constant === "number" && !Number.isNaN(constant);
}

/**
 * max(x, c) for a constant c, through the cheap pmax(x, c) = x < c ? c : x. It keeps a NaN x and is exact but for x = -0,
 * c = +0, where x stays; adding +0 makes that +0 and changes nothing else. pmin(x, c) = c < x ? c : x fails only for
 * x = +0, c = -0.
 */
function boundedExtremum(context: VectorContext, { dtype, args }: VectorOperation, name: "min" | "max", k: number): void {
  const { f } = context;
  const [x, bound] = isPlainBound(args[1]!) ? [args[0]!, args[1]!] : [args[1]!, args[0]!];
  const shape = floatShape(dtype);
  x.push(k);
  bound.push(k);
  if (name === "min") {
    f.op(Object.is(bound.constant, -0) ? `${shape}.min` : `${shape}.pmin`);
    return;
  }
  f.op(`${shape}.pmax`);
  if (Object.is(bound.constant, 0)) {
    context.constant(0, dtype);
    f.op(`${shape}.add`);
  }
}

function select({ f }: VectorContext, operation: VectorOperation, k: number): void {
  push(operation, k, 1, 2);
  if (isWide(operation.dtype)) {
    operation.args[0]!.push(k >> 1);
    widenMask(f, k);
  } else {
    push(operation, k, 0);
  }
  f.op("v128.bitselect");
}

function shift(direction: "left" | "right"): EmitRegister {
  return (context, operation, k) => {
    const { f } = context;
    const { dtype } = operation;
    push(operation, k, 0);
    operation.args[1]!.scalar!();
    if (dtype === "i64") f.op("i32.wrap_i64");
    else if (dtype === "i8" || dtype === "u8") f.i32(7).op("i32.and");
    f.op(`${intShape(dtype)}.${direction === "left" ? "shl" : isSigned(dtype) ? "shr_s" : "shr_u"}`);
    if (direction === "left") renormalizeVector(context, dtype);
  };
}

const vectorOps: { readonly [K in Exclude<BaseOp, "convert">]: EmitRegister } = {
  add: binary("add"), sub: binary("sub"), mul: binary("mul"),
  div: ({ f }, operation, k) => {
    push(operation, k, 0, 1);
    f.op(`${floatShape(operation.dtype)}.div`);
  },
  rem: () => {
    throw new InternalError("rem is done lane by lane");
  },
  min: extremum("min"), max: extremum("max"),
  neg: (context, operation, k) => {
    push(operation, k, 0);
    context.f.op(`${shapeOf[operation.dtype]}.neg`);
    renormalizeVector(context, operation.dtype);
  },
  abs: (context, operation, k) => {
    push(operation, k, 0);
    if (!isSigned(operation.dtype)) return;
    context.f.op(`${shapeOf[operation.dtype]}.abs`);
    renormalizeVector(context, operation.dtype);
  },
  sqrt: floatUnary("sqrt"), floor: floatUnary("floor"), ceil: floatUnary("ceil"), trunc: floatUnary("trunc"),
  nearest: floatUnary("nearest"),
  copysign: (context, operation, k) => {
    const { f } = context;
    push(operation, k, 0, 1);
    if (operation.dtype === "f64") context.constant(2n ** 63n - 1n, "i64");
    else context.constant(0x7fffffff, "i32");
    f.op("v128.bitselect");
  },
  and: bitwise("and"), or: bitwise("or"), xor: bitwise("xor"),
  not: (context, operation, k) => {
    push(operation, k, 0);
    context.f.op("v128.not");
    renormalizeVector(context, operation.dtype);
  },
  shl: shift("left"), shr: shift("right"),
  eq: comparison("eq"), ne: comparison("ne"), lt: comparison("lt"), le: comparison("le"), gt: comparison("gt"),
  ge: comparison("ge"),
  select,
  bitcast: (context, operation, k) => {
    const { dtype, args } = operation;
    push(operation, k, 0);
    if (args[0]!.dtype === "bool") context.f.op("i32x4.neg");
    renormalizeVector(context, dtype);
  },
};

function emitByLane(context: VectorContext, operation: VectorOperation): void {
  const { op, dtype, args, lanes, result } = operation;
  const { f } = context;
  const [type, shape] = [scalarType[dtype], shapeOf[dtype]];
  if (registersFor(dtype, lanes) !== result.length) throw new InternalError(`${op}: ${result.length} registers`);
  const scalars = args.map(({ dtype: from }, i) => context.scratch(scalarType[from], i));
  const scratch = (): Local => context.scratch("i32", args.length);
  const value = context.scratch(type, args.length + 1);
  for (let lane = 0; lane < lanes; lane++) {
    const pushes = args.map((arg, i) => pushLane(context, arg, lane, scalars[i]!));
    emitScalarOp(f, op, dtype, args[0]!.dtype, pushes, scratch, args[1]?.constant);
    const at = lane % lanesPerRegister(dtype);
    const register = result[Math.floor(lane / lanesPerRegister(dtype))]!;
    if (at === 0) f.op(`${shape}.splat`);
    else f.set(value).get(register).get(value).lane(`${shape}.replace_lane`, at);
    f.set(register);
  }
}

function pushLane({ f }: VectorContext, arg: VectorOperand, lane: number, local: Local): Push {
  if (arg.scalar !== undefined) return arg.scalar;
  const perRegister = lanesPerRegister(arg.dtype);
  arg.push(Math.floor(lane / perRegister));
  f.lane(`${shapeOf[arg.dtype]}.extract_lane`, lane % perRegister);
  if (arg.dtype === "bool") f.i32(1).op("i32.and");
  f.set(local);
  return () => {
    f.get(local);
  };
}
