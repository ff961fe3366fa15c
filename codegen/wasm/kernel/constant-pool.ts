// The vector constants that a kernel's loops use. They are set up in locals before all loops: engines would make an
// inline constant anew in each turn. A constant that is not in the pool is written where it is used.

import { isFloat } from "../../../ir/types.ts";
import type { Demand } from "./demand.ts";
import { isWide, registersFor } from "./vector-forms.ts";
import type { WasmDType } from "./wasm-kernel.ts";

/** Key -> the 16 bytes. */
export type ConstantPool = ReadonlyMap<string, Uint8Array>;

export function splatKey(value: number | bigint, dtype: WasmDType): string {
  const kind = dtype === "f32" || isWide(dtype) ? dtype : "i32";
  return `${kind} ${Object.is(value, -0) ? "-0" : dtype === "bool" ? -Number(value) : value}`;
}

export function splatBytes(value: number | bigint, dtype: WasmDType): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < 16; at += isWide(dtype) ? 8 : 4) {
    if (dtype === "f32") view.setFloat32(at, Number(value), true);
    else if (dtype === "f64") view.setFloat64(at, Number(value), true);
    else if (dtype === "i64") view.setBigInt64(at, BigInt.asIntN(64, BigInt(value)), true);
    else view.setInt32(at, dtype === "bool" ? -Number(value) : Number(value), true);
  }
  return bytes;
}

export function laneKey(register: number): string {
  return `lanes ${register}`;
}

/** 0, 1, 2, 3 shifted by four for each register. */
export function laneBytes(register: number): Uint8Array {
  return new Uint8Array(Int32Array.of(0, 1, 2, 3).map((lane) => lane + 4 * register).buffer);
}

export function collectConstants(demand: Demand): ConstantPool {
  const pool = new Map<string, Uint8Array>();
  const add = (value: number | bigint, dtype: WasmDType): void => {
    const key = splatKey(value, dtype);
    if (!pool.has(key)) pool.set(key, splatBytes(value, dtype));
  };
  demand.definitions.forEach(({ kind, instruction, loop, dtype }, id) => {
    if (!demand.has(id, "vector")) return;
    if (kind === "index" && !demand.isUniform(id)) {
      const lanes = demand.lanes.lanes.get(loop!)!;
      for (let register = 0; register < registersFor("i32", lanes); register++) pool.set(laneKey(register), laneBytes(register));
    }
    if (instruction?.kind === "constant") add(instruction.value, dtype);
    if (instruction?.kind !== "op" || demand.isUniform(id)) return;
    const from = demand.definitions[instruction.args[0]!]!.dtype;
    if (instruction.op === "copysign") add(dtype === "f64" ? 2n ** 63n - 1n : 0x7fffffff, dtype === "f64" ? "i64" : "i32");
    if (dtype === "u8") add(0xff, "i32");
    if (instruction.op !== "convert") return;
    if (from === "bool") add(dtype === "i64" ? 1n : 1, isFloat(dtype) || isWide(dtype) ? dtype : "i32");
    if (dtype === "bool") add(from === "i64" ? 0n : 0, isFloat(from) || isWide(from) ? from : "i32");
  });
  return pool;
}
