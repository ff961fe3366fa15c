// Runs math functions as they ship: the expanded kernel, emitted as SIMD, over one chunk of memory again and again.

import { mathKernel } from "./run-expansion.ts";
import { compileKernel } from "../codegen/run-kernel.ts";
import type { MathTable } from "../../ir/kernel/math/forms.ts";
import { mathTable } from "../../ir/kernel/math/table.ts";
import type { MathOp } from "../../ir/kernel/scalar.ts";
import type { FloatDType } from "../../ir/types.ts";

export interface MathRunner {
  /** Views of the chunk: arguments and results. */
  readonly x: Float32Array | Float64Array;
  readonly y: Float32Array | Float64Array;
  readonly out: Float32Array | Float64Array;
  run(): void;
}

const lanes = 8;

/** `length` elements, a multiple of the lanes. */
export function compileMathToWasm(op: MathOp, dtype: FloatDType, length: number, math: MathTable = mathTable): MathRunner {
  const bytes = (dtype === "f32" ? 4 : 8) * length;
  const [x, y, out] = [1024, 1024 + bytes, 1024 + 2 * bytes];
  const { memory, run } = compileKernel(mathKernel(op, dtype, lanes, math), Math.ceil((out + bytes) / 65536) + 1);
  const View = dtype === "f32" ? Float32Array : Float64Array;
  return {
    x: new View(memory.buffer, x, length), y: new View(memory.buffer, y, length), out: new View(memory.buffer, out, length),
    run: () => run(x, y, out, length),
  };
}
