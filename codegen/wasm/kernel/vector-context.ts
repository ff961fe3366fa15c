// What vector operations work with: their operands, the function around them, and the two fix-ups that many share.

import type { FunctionBuilder, Local } from "../encode/index.ts";
import type { Push } from "./scalar-ops.ts";
import type { WasmDType } from "./wasm-kernel.ts";

/** An operand: its registers, or, where it is the same in all lanes and used so, a scalar. */
export interface VectorOperand {
  readonly dtype: WasmDType;
  push(register: number): void;
  readonly scalar: Push | undefined;
  readonly constant: number | bigint | undefined;
}

/** How many lanes exist in a partial turn, at least one; `known` where that is the same in every run. */
export interface ValidLanes {
  readonly push: Push;
  readonly known: number | undefined;
}

/** What operations need of the function around them. */
export interface VectorContext {
  readonly f: FunctionBuilder;
  /** Pushes a vector whose lanes all have the value. */
  constant(value: number | bigint, dtype: WasmDType): void;
  /** The function that stores the first bytes of so many registers. */
  partialStore(registers: number): number;
  /** A local for use within one operation. */
  scratch(type: "i32" | "i64" | "f32" | "f64" | "v128", index: number): Local;
}

/** Brings wrapped 32-bit lanes back into the range of a narrow dtype. */
export function renormalizeVector(context: VectorContext, dtype: WasmDType): void {
  const { f } = context;
  if (dtype === "i8") {
    f.i32(24).op("i32x4.shl").i32(24).op("i32x4.shr_s");
  } else if (dtype === "u8") {
    context.constant(0xff, "i32");
    f.op("v128.and");
  }
}

/** Turns half a register of 32-bit mask lanes into a register of 64-bit ones. */
export function widenMask(f: FunctionBuilder, register: number): void {
  f.op(register % 2 === 0 ? "i64x2.extend_low_i32x4_s" : "i64x2.extend_high_i32x4_s");
}
