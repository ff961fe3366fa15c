// Rows that a team goes through more than once: what it keeps of them in registers, what it loads and stores all the same, and that it computes what it did.
import { afterAll, describe, expect, test } from "vitest";
import { emitKernel } from "../../codegen/wgsl/kernel/emit-kernel.ts";
import { KernelBuilder } from "../../ir/kernel/build.ts";
import type { Kernel, ValueId } from "../../ir/kernel/kernel.ts";
import { isMissing, reportMissing, requestTestDevice } from "./adapter.ts";
import { expectSameBits, runBoth } from "./run-kernel.ts";

const found = await requestTestDevice();
if (isMissing(found)) reportMissing(found, "rows that are kept are written, not run");
const device = isMissing(found) ? undefined : found.device;
afterAll(() => device?.destroy());

interface Variant {
  /** Between the second loop and the third, the first element of y is loaded; or the third loads x, too. */
  readonly looks?: "between" | "in the last";
}

/** Of each row: the largest; y = x - the largest, with the sum of it; y = 2 y. What y holds is read again, and stored over. */
function softened({ looks }: Variant = {}): Kernel {
  const b = new KernelBuilder("softened");
  const [x, y, sums] = [b.buffer("f32", "read"), b.buffer("f32", "readwrite"), b.buffer("f32", "write")];
  const [rows, columns] = [b.sizeParameter(), b.sizeParameter()];
  b.loop(rows, { order: "parallel" }, (i) => {
    const row = b.mul(i, columns);
    const [most] = b.loop(columns, { order: "parallel", init: [b.constant(-Infinity, "f32")], combine: ["max"] }, (j, [largest]) => [b.max(largest!, b.load(x, b.add(row, j)))]);
    const [sum] = b.loop(columns, { order: "parallel", init: [b.constant(0, "f32")], combine: ["add"] }, (j, [all]) => {
      const less = b.sub(b.load(x, b.add(row, j)), most!);
      b.store(y, b.add(row, j), less);
      return [b.add(all!, less)];
    });
    const first = looks === "between" ? b.load(y, row) : undefined;
    b.loop(columns, { order: "parallel" }, (j) => {
      const at = b.add(row, j);
      const other: ValueId = looks === "in the last" ? b.load(x, at) : first ?? sum!;
      b.store(y, at, b.add(b.mul(b.load(y, at), b.constant(2, "f32")), other));
      return [];
    });
    b.store(sums, i, sum!);
    return [];
  });
  return b.finish();
}

/** Loads of x, loads of y and stores to y that are written out; and whether there is a barrier for memory. */
function traffic(kernel: Kernel, sizes: readonly (number | undefined)[], bindings?: readonly number[]): readonly [number, number, number, boolean] {
  const { shaders: [shader] } = emitKernel(kernel, { storageBuffers: 8, sizes, ...(bindings === undefined ? {} : { bindings }) });
  const lines = shader!.code.split("\n");
  const count = (pattern: RegExp): number => lines.filter((line) => pattern.test(line)).length;
  return [count(/= b0\[/), count(/= b1\[/), count(/(^|{) *b1\[.*\] = /), lines.some((line) => line.includes("storageBarrier"))];
}

describe("a row of 64 for 4 invocations", () => {
  test("is loaded once and stored once", () => {
    expect(traffic(softened(), [undefined, 64])).toEqual([4, 0, 4, false]);
    expect(traffic(softened({ looks: "in the last" }), [undefined, 64])).toEqual([4, 0, 4, false]);
  });

  test("is stored as well where something else looks", () => {
    expect(traffic(softened({ looks: "between" }), [undefined, 64])).toEqual([4, 1, 8, true]);
  });

  test("that becomes another in place is loaded once and stored once", () => {
    const { shaders: [shader] } = emitKernel(softened(), { storageBuffers: 8, sizes: [undefined, 64], bindings: [0, 0, 1] });
    const lines = shader!.code.split("\n");
    expect([lines.filter((line) => line.includes("= b0[")).length, lines.filter((line) => /(^|{) *b0\[.*\] = /.test(line)).length]).toEqual([4, 4]);
  });
});

test("longer rows get larger teams, up to where an invocation has sixteen fours", () => {
  expect([1024, 4096, 8192].map((columns) => traffic(softened(), [100_000, columns])[2])).toEqual([16, 16, 2]);
  expect([1024, 4096, 8192].map((columns) => traffic(softened(), [100_000, columns])[0])).toEqual([16, 16, 2]);
});

describe.skipIf(device === undefined)("gives what it gave", () => {
  const integers = (count: number): number[] => Array.from({ length: count }, (_, i) => (Math.imul(i + 1, 0x9e3779b1) >>> 16) % 17 - 8);

  test.each([[0, 64], [70, 64], [5, 36], [9, 1000], [2, 4096], [7, 300]])("for %i rows of %i", async (rows, columns) => {
    const x = integers(rows * columns);
    for (const variant of [{}, { looks: "between" }, { looks: "in the last" }] as const) {
      for (const known of [[rows, columns], [undefined, columns], []]) expectSameBits(await runBoth(device!, softened(variant), [x, x.length, rows], [rows, columns], { known }));
    }
    for (const known of [[rows, columns], [undefined, columns]]) expectSameBits(await runBoth(device!, softened(), [x, 0, rows], [rows, columns], { known, bindings: [0, 0, 1] }));
  });
});
