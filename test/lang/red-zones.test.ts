// Debug mode finds a write behind a tensor: here a buffer is said to be one element shorter than what its kernel writes.

import { adam, compile, fn, grad, input, shared, softmaxCrossEntropy, zeros } from "damo";
import { describe, expect, test } from "vitest";
import { emitModule, wasmTarget } from "../../codegen/wasm/index.ts";
import type { BufferId, Program } from "../../ir/program/program.ts";
import { lowerModule } from "../../passes/lower-module.ts";
import { planApart } from "../../passes/plan-memory.ts";
import { readDefinitions } from "../../src/compile.ts";
import { watchRedZones } from "../../src/runtime/red-zones.ts";
import { createWasmBackend } from "../../src/runtime/wasm.ts";
import { traceModel } from "../../src/trace.ts";

/** 20 rows: the sums over columns lie in scratch memory before a second kernel reads them along the other axis. */
function define(rows: number | string) {
  const x = input("x", [rows, 7]);
  return fn({ inputs: { x }, outputs: { y: x.exp().sum(0).exp().sum() } });
}

async function run(rows: number | string, shorten: (program: Program) => BufferId | undefined) {
  const { functions, state } = traceModel(readDefinitions({ f: define(rows) }));
  const { module } = lowerModule(functions, state, wasmTarget);
  const [program] = module.programs as [Program];
  const shorter = shorten(program);
  const buffers = program.buffers.map((buffer, id) => (id === shorter ? { ...buffer, elements: (buffer.elements as number) - 1 } : buffer));
  const wrong = { ...module, programs: [{ ...program, buffers }] };
  const plan = planApart(wrong.programs[0]!, wasmTarget);
  const backend = await createWasmBackend(emitModule(wrong, [plan], { weights: "external", scratch: true }), wrong, (_, exports) => watchRedZones(wrong.programs[0]!, plan, exports));
  const data = new Float32Array(20 * 7);
  return backend.run(0, [{ dtype: "f32", shape: [20, 7], data }], new Map(typeof rows === "string" ? [[rows, 20]] : []));
}

const firstScratch = (program: Program): BufferId => program.buffers.findIndex(({ role, dtype }) => role.kind === "scratch" && dtype === "f32");

describe.each([["a known size", 20], ["a symbolic size", "rows"]])("with %s", (_, rows) => {
  test("a right program runs", async () => {
    const [result] = await run(rows, () => undefined);
    // 7 columns of 20 ones: 7 e^20.
    expect(Number(result!.data[0]) / (7 * Math.exp(20))).toBeCloseTo(1, 6);
  });

  test("a write behind a scratch buffer is found", async () => {
    await expect(run(rows, firstScratch)).rejects.toThrow(/^Damo internal error: f: byte \d+ behind buffer b\d+ \(scratch\), which statement \d+ \(\w+\) writes, was written/);
  });

  test("a write behind an output is found", async () => {
    const output = (program: Program): BufferId => program.buffers.findIndex(({ role }) => role.kind === "output");
    await expect(run(rows, output)).rejects.toThrow(/behind buffer b\d+ \(output 0\)/);
  });
});

test("a training step in debug mode writes nothing behind its tensors", async () => {
  const x = input("x", ["batch", 5]);
  const y = input("y", ["batch"], { dtype: "i32" });
  const [w, b] = [shared("w", zeros([5, 3])), shared("b", zeros([3]))];
  const cost = softmaxCrossEntropy(x.dot(w).add(b), y).mean();
  const step = fn({ inputs: { x, y }, outputs: { cost, g: grad(cost, w) }, updates: adam(cost, [w, b], { learningRate: 0.1 }) });
  using model = await compile({ step }, { mode: "debug" });
  for (const batch of [1, 3, 8]) {
    const images = Array.from({ length: batch }, (_, i) => [i, 1, -1, 0.5, 2]);
    expect(Number.isFinite(model.step({ x: images, y: images.map((_, i) => i % 3) }).cost.item())).toBe(true);
  }
});
