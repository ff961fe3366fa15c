// The exponential of an argument that is bounded by 0 has an expansion of its own: it must have the bits of the other.

import { describe, expect, it } from "vitest";
import { compileToJs, elementKernel } from "./run-expansion.ts";

const length = 2 ** 20;

describe("exp(min(x, 0))", () => {
  it.each(["f32", "f64"] as const)("has the bits of exp on %s", (dtype) => {
    const [Floats, Words] = dtype === "f32" ? [Float32Array, Uint32Array] as const : [Float64Array, BigUint64Array] as const;
    const x = new Floats(length);
    if (dtype === "f32") {
      const bits = new Uint32Array(x.buffer);
      for (let i = 0; i < length; i++) bits[i] = (0x80000000 + i * 2048 + (i & 2047)) >>> 0;
    } else {
      for (let i = 0; i < length; i++) x[i] = -800 * (i / length) ** 2;
      x.set([-0, -Infinity, NaN, -5e-324, -708.4, -745.2, -746, -1e300]);
    }
    const [y, bounded, free] = [new Floats(length), new Floats(length), new Floats(length)];
    const short = elementKernel(dtype, (kernel, value) => kernel.op("exp", kernel.min(value, kernel.constant(0, dtype))));
    const long = elementKernel(dtype, (kernel, value) => kernel.op("exp", value));
    expect(operations(short)).toBeLessThan(operations(long));
    compileToJs(short)(x, y, bounded);
    compileToJs(long)(x, y, free);
    const [a, b] = [new Words(bounded.buffer), new Words(free.buffer)];
    const wrong = Array.from({ length }, (_, i) => i).filter((i) => a[i] !== b[i] && !(Number.isNaN(bounded[i]) && Number.isNaN(free[i])));
    expect(wrong.map((i) => x[i])).toEqual([]);
  });
});

function operations(kernel: ReturnType<typeof elementKernel>): number {
  return kernel.body.reduce((sum, instruction) => sum + (instruction.kind === "loop" ? instruction.body.length : 0), 0);
}
