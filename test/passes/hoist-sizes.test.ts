// Arithmetic on sizes moves from kernels into launches: the same meaning, and one kernel for tensors of other shapes.

import { describe, expect, test } from "vitest";
import { KernelBuilder } from "../../ir/kernel/build.ts";
import { interpretKernel } from "../../ir/kernel/interpret.ts";
import { type Kernel, kernelKey } from "../../ir/kernel/kernel.ts";
import { type Dim, evaluateDim, mulDims, namedSize, subDims } from "../../ir/size.ts";
import { hoistSizes } from "../../passes/kernel/hoist-sizes.ts";

/** y = x + x on `extent(sizes)` elements, with so many size parameters. */
function double(sizes: number, extent: (k: KernelBuilder, sizes: readonly number[]) => number): Kernel {
  const k = new KernelBuilder("double");
  const [x, y] = [k.buffer("f32", "read"), k.buffer("f32", "write")];
  const parameters = Array.from({ length: sizes }, () => k.sizeParameter());
  k.loop(extent(k, parameters), { order: "parallel", lanes: 4 }, (i) => {
    const value = k.load(x, i);
    k.store(y, i, k.add(value, value));
    return [];
  });
  return k.finish();
}

function run(kernel: Kernel, sizes: readonly number[]): number[] {
  const y = new Float32Array(40);
  interpretKernel(kernel, [{ data: Float32Array.from(y, (_, i) => i) }, { data: y }], sizes);
  return [...y];
}

describe("sizes hoisted", () => {
  const [n, m] = [namedSize("n"), namedSize("m")];
  const product = double(2, (k, [a, b]) => k.mul(a!, b!));

  test("are arguments, and kernels for other shapes are equal", () => {
    const launches = [
      { kernel: product, sizes: [n, 4] }, { kernel: double(1, (k, [a]) => k.mul(a!, a!)), sizes: [m] },
      { kernel: double(3, (k, [, b]) => k.sub(k.mul(b!, k.i32(3)), b!)), sizes: [7, m, 5] }, { kernel: double(1, (_, [a]) => a!), sizes: [n] },
    ].map((launch) => hoistSizes<{ readonly kernel: Kernel; readonly sizes: readonly Dim[] }>(launch, 0));
    expect(launches.map(({ sizes }) => sizes)).toEqual([[mulDims(n, 4)], [mulDims(m, m)], [subDims(mulDims(m, 3), m)], [n]]);
    expect(new Set(launches.map(({ kernel }) => kernelKey(kernel))).size).toBe(1);
  });

  test("keep the meaning", () => {
    const { kernel, sizes } = hoistSizes({ kernel: product, sizes: [n, m] }, 0);
    const given = new Map([["n", 5], ["m", 7]]);
    expect(run(kernel, sizes.map((size) => evaluateDim(size, given)))).toEqual(run(product, [5, 7]));
    expect(kernelKey(hoistSizes({ kernel, sizes }, 0).kernel)).toBe(kernelKey(kernel));
  });

  test("are not those that are given at run time", () => {
    const rows = double(4, (k, [begin, end, columns]) => k.mul(k.sub(end!, begin!), columns!));
    const { kernel, sizes } = hoistSizes({ kernel: rows, sizes: [0, n, 3, m] }, 2);
    expect(sizes).toEqual([0, n, 3]);
    expect(run(kernel, [2, 7, 3])).toEqual(run(rows, [2, 7, 3, 1]));
  });
});
