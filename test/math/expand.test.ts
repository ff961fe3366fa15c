// The rewrite of kernels: nothing but base operations is left, each in its scope, and the rest means what it meant.

import { describe, expect, it } from "vitest";
import { KernelBuilder } from "../../ir/kernel/build.ts";
import { interpretKernel } from "../../ir/kernel/interpret.ts";
import type { Instruction, Kernel } from "../../ir/kernel/kernel.ts";
import { expandKernelMath } from "../../ir/kernel/math/expand.ts";
import { mathTable } from "../../ir/kernel/math/table.ts";
import { isBaseOp, mathOps } from "../../ir/kernel/scalar.ts";
import { verifyKernel } from "../../ir/kernel/verify.ts";

/** out[i] = sum over j of exp(x[i]) * x[j] */
function nested(): Kernel {
  const kernel = new KernelBuilder("nested");
  const [x, out] = [kernel.buffer("f32", "read"), kernel.buffer("f32", "write")];
  const n = kernel.sizeParameter();
  kernel.loop(n, { order: "parallel" }, (i) => {
    const scale = kernel.op("exp", kernel.load(x, i));
    const [sum] = kernel.loop(n, { order: "serial", init: [kernel.constant(0, "f32")], combine: ["add"] }, (j, [current]) =>
      [kernel.add(current!, kernel.mul(scale, kernel.load(x, j)))]);
    kernel.store(out, i, sum!);
    return [];
  });
  return kernel.finish();
}

function operations(body: readonly Instruction[], depth: number): { readonly op: string; readonly depth: number }[] {
  return body.flatMap((instruction) =>
    instruction.kind === "loop" ? operations(instruction.body, depth + 1)
      : instruction.kind === "op" ? [{ op: instruction.op, depth }] : []);
}

describe("expandKernelMath", () => {
  it("leaves base operations alone, and no others", () => {
    const expanded = expandKernelMath(nested(), mathTable);
    verifyKernel(expanded);
    const found = operations(expanded.body, 0);
    expect(found.filter(({ op }) => !isBaseOp(op as never))).toEqual([]);
    // Only the product and the sum stand in the inner loop.
    expect(found.filter(({ depth }) => depth === 2).map(({ op }) => op)).toEqual(["mul", "add"]);
    expect(expandKernelMath(expanded, mathTable)).toBe(expanded);
  });

  it("keeps what the kernel computes", () => {
    const x = Float32Array.of(0.5, -1, 2);
    const out = new Float32Array(3);
    interpretKernel(expandKernelMath(nested(), mathTable), [{ data: x }, { data: out }], [3]);
    for (let i = 0; i < 3; i++) expect(out[i]).toBeCloseTo(Math.exp(x[i]!) * 1.5, 5);
  });

  it("expands every function in both dtypes", () => {
    for (const op of mathOps) {
      for (const dtype of ["f32", "f64"] as const) {
        const kernel = new KernelBuilder(op);
        const buffer = kernel.buffer(dtype, "readwrite");
        kernel.loop(kernel.sizeParameter(), { order: "parallel" }, (i) => {
          const x = kernel.load(buffer, i);
          kernel.store(buffer, i, op === "pow" || op === "atan2" || op === "fmod" ? kernel.op(op, x, x) : kernel.op(op, x));
          return [];
        });
        verifyKernel(expandKernelMath(kernel.finish(), mathTable));
      }
    }
  });
});
