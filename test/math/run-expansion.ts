// Runs expansions of math functions fast and far from any target: the straight-line kernel becomes JavaScript, with
// every f32 operation rounded by Math.fround (exact for + - * / and square roots).

import { KernelBuilder } from "../../ir/kernel/build.ts";
import { expandKernelMath } from "../../ir/kernel/math/expand.ts";
import type { MathTable } from "../../ir/kernel/math/forms.ts";
import { mathTable } from "../../ir/kernel/math/table.ts";
import type { Instruction, Kernel, OpInstruction, ValueId } from "../../ir/kernel/kernel.ts";
import type { BaseOp, MathOp } from "../../ir/kernel/scalar.ts";
import type { DType, FloatDType } from "../../ir/types.ts";
import { isOfTwo } from "./oracles.ts";

export type Runner = (x: Float32Array | Float64Array, y: Float32Array | Float64Array, out: Float32Array | Float64Array) => void;

/** A kernel that applies one math function (or any expression) to two arrays. */
export function elementKernel(dtype: FloatDType, element: (kernel: KernelBuilder, x: ValueId, y: ValueId) => ValueId, lanes = 1, math: MathTable = mathTable): Kernel {
  const kernel = new KernelBuilder("element");
  const [x, y, out] = [kernel.buffer(dtype, "read"), kernel.buffer(dtype, "read"), kernel.buffer(dtype, "write")];
  kernel.loop(kernel.sizeParameter(), { order: "parallel", lanes }, (index) => {
    kernel.store(out, index, element(kernel, kernel.load(x, index), kernel.load(y, index)));
    return [];
  });
  return expandKernelMath(kernel.finish(), math);
}

export function mathKernel(op: MathOp, dtype: FloatDType, lanes = 1, math: MathTable = mathTable): Kernel {
  return elementKernel(dtype, (kernel, x, y) => (isOfTwo(op) ? kernel.op(op, x, y) : kernel.op(op, x)), lanes, math);
}

export function compileMath(op: MathOp, dtype: FloatDType): Runner {
  return compileToJs(mathKernel(op, dtype));
}

export function compileToJs(kernel: Kernel): Runner {
  const dtypes = new Map<ValueId, DType>();
  const lines: string[] = [];
  for (const instruction of kernel.body) writeInstruction(instruction, kernel, dtypes, lines);
  const source = `"use strict";
const F32 = new Float32Array(2), F64 = new Float64Array(F32.buffer), I32 = new Int32Array(F32.buffer);
const U32 = new Uint32Array(F32.buffer), I64 = new BigInt64Array(F32.buffer), R = Math.fround;
const even = (x) => { const r = Math.round(x); return Math.abs(x - Math.trunc(x)) === 0.5 && r % 2 !== 0 ? r - 1 : Object.is(r, 0) && (x < 0) ? -0 : r; };
const saturate = (x) => x !== x ? 0 : Math.min(2147483647, Math.max(-2147483648, Math.trunc(x)));
const sign = (x, y) => { F64[0] = y; return I32[1] < 0 ? -Math.abs(x) : Math.abs(x); };
return (b0, b1, b2) => {
const size0 = b2.length;
${lines.join("\n")}
};`;
  return new Function(source)() as Runner;
}

function writeInstruction(instruction: Instruction, kernel: Kernel, dtypes: Map<ValueId, DType>, lines: string[]): void {
  switch (instruction.kind) {
    case "constant":
      dtypes.set(instruction.id, instruction.dtype);
      lines.push(`const v${instruction.id} = ${constant(instruction.value)};`);
      return;
    case "size":
      dtypes.set(instruction.id, "i32");
      lines.push(`const v${instruction.id} = size${instruction.parameter};`);
      return;
    case "load":
      dtypes.set(instruction.id, instruction.dtype);
      lines.push(`const v${instruction.id} = b${instruction.buffer}[v${instruction.offset}];`);
      return;
    case "store":
      lines.push(`b${instruction.buffer}[v${instruction.offset}] = v${instruction.value};`);
      return;
    case "loop":
      dtypes.set(instruction.index, "i32");
      lines.push(`for (let v${instruction.index} = 0; v${instruction.index} < v${instruction.extent}; v${instruction.index}++) {`);
      for (const inner of instruction.body) writeInstruction(inner, kernel, dtypes, lines);
      lines.push("}");
      return;
    case "op":
      dtypes.set(instruction.id, instruction.dtype);
      lines.push(`const v${instruction.id} = ${expression(instruction, dtypes)};`);
  }
}

function constant(value: number | bigint): string {
  return typeof value === "bigint" ? `${value}n` : Object.is(value, -0) ? "-0" : String(value);
}

const views: { readonly [D in DType]?: string } = { f32: "F32", f64: "F64", i32: "I32", u32: "U32", i64: "I64" };

function expression({ op, dtype, args }: OpInstruction, dtypes: ReadonlyMap<ValueId, DType>): string {
  const [a, b, c] = args.map((id) => `v${id}`);
  const from = dtypes.get(args[0]!)!;
  const wrap = (text: string): string =>
    dtype === "f32" ? `R(${text})` : dtype === "i32" ? `(${text}) | 0` : dtype === "u32" ? `(${text}) >>> 0`
      : dtype === "i64" ? `BigInt.asIntN(64, ${text})` : text;
  const wide = dtype === "i64";
  switch (op as BaseOp) {
    case "add": return wrap(`${a} + ${b}`);
    case "sub": return wrap(`${a} - ${b}`);
    case "mul": return dtype === "i32" || dtype === "u32" ? wrap(`Math.imul(${a}, ${b})`) : wrap(`${a} * ${b}`);
    case "div": return wrap(`${a} / ${b}`);
    case "neg": return wrap(`-${a}`);
    case "abs": return `Math.abs(${a})`;
    case "sqrt": return wrap(`Math.sqrt(${a})`);
    case "floor": return `Math.floor(${a})`;
    case "ceil": return `Math.ceil(${a})`;
    case "trunc": return `Math.trunc(${a})`;
    case "nearest": return `even(${a})`;
    case "copysign": return `sign(${a}, ${b})`;
    case "min": return `Math.min(${a}, ${b})`;
    case "max": return `Math.max(${a}, ${b})`;
    case "and": return wrap(`${a} & ${b}`);
    case "or": return wrap(`${a} | ${b}`);
    case "xor": return wrap(`${a} ^ ${b}`);
    case "not": return dtype === "bool" ? `${a} ^ 1` : wrap(`~${a}`);
    case "shl": return wide ? wrap(`${a} << (${b} & 63n)`) : wrap(`${a} << ${b}`);
    case "shr": return wide ? `${a} >> (${b} & 63n)` : dtype === "u32" ? `${a} >>> ${b}` : `${a} >> ${b}`;
    case "eq": return `+(${a} === ${b})`;
    case "ne": return `+(${a} !== ${b})`;
    case "lt": return `+(${a} < ${b})`;
    case "le": return `+(${a} <= ${b})`;
    case "gt": return `+(${a} > ${b})`;
    case "ge": return `+(${a} >= ${b})`;
    case "select": return `${a} ? ${b} : ${c}`;
    case "bitcast": return `(${views[from]}[0] = ${a}, ${views[dtype]}[0])`;
    case "convert":
      if (dtype === "f32" || dtype === "f64") return from === "i64" ? wrap(`Number(${a})`) : wrap(`${a}`);
      if (from === "f32" || from === "f64") return `saturate(${a})`;
      return dtype === "i64" ? `BigInt(${a})` : from === "i64" ? wrap(`Number(BigInt.asIntN(32, ${a}))`) : wrap(`${a}`);
    case "rem": throw new Error("no expansion divides integers");
  }
  throw new Error(`${op} is not a base operation`);
}
