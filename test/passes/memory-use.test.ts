// Peak memory of a training step is at most 1.15 times the liveness bound, in the plan and in the module itself. Sizes: those of
// bench/models, and 50 written-out steps of an LSTM of 128 cells on 64 inputs, batch 32.

import { fn, input, sgd, shared, type Tensor, zeros } from "damo";
import { describe, expect, test } from "vitest";
import { defineLenet, lenet } from "../../bench/models/lenet.ts";
import { defineMlp, digits } from "../../bench/models/mlp.ts";
import { defineTransformer, transformer } from "../../bench/models/transformer.ts";
import { emitModule, wasmTarget } from "../../codegen/wasm/index.ts";
import type { Buffer, Program, Statement } from "../../ir/program/program.ts";
import { memoryUse } from "../../passes/memory-use.ts";
import { lowerModule } from "../../passes/lower-module.ts";
import { planMemory } from "../../passes/plan-memory.ts";
import { readDefinitions } from "../../src/compile.ts";
import { traceModel } from "../../src/trace.ts";

const allowed = 1.15;

function defineLstm() {
  const [steps, inputs, cells] = [50, 64, 128];
  const x = input("x", [steps, "batch", inputs]);
  const parameters = [shared("w", zeros([inputs, 4 * cells])), shared("u", zeros([cells, 4 * cells])), shared("b", zeros([4 * cells]))] as const;
  const [w, u, b] = parameters;
  let [h, c]: [Tensor | undefined, Tensor | undefined] = [undefined, undefined];
  for (let t = 0; t < steps; t++) {
    const fromInput: Tensor = x.at(t).dot(w).add(b);
    const gates: Tensor = h === undefined ? fromInput : fromInput.add(h.dot(u));
    const [i, f, o, z] = gates.split(4, 1) as [Tensor, Tensor, Tensor, Tensor];
    const written: Tensor = i.sigmoid().mul(z.tanh());
    c = c === undefined ? written : f.sigmoid().mul(c).add(written);
    h = o.sigmoid().mul(c.tanh());
  }
  const cost = h!.square().mean() as Tensor<"f32", []>;
  return { train: fn({ inputs: { x }, outputs: { cost }, updates: sgd(cost, [...parameters], { learningRate: 0.1 }) }) };
}

describe.each([
  ["MLP", () => defineMlp({ ...digits, optimizer: "adam" }), digits.batch],
  ["LeNet", defineLenet, lenet.batch],
  ["transformer block", defineTransformer, transformer.batch],
  ["LSTM", defineLstm, 32],
] as const)("the training step of the %s", (_, define, batch) => {
  const { functions, state } = traceModel(readDefinitions({ train: define().train }));
  const { module, plans } = lowerModule(functions, state, wasmTarget);
  const { bound, planned } = memoryUse(module.programs[0]!, plans[0]!, new Map([["batch", batch]]));

  test("is planned within the bound", () => {
    expect(planned).toBeGreaterThanOrEqual(bound);
    expect(planned).toBeLessThanOrEqual(allowed * bound);
  });

  test("takes no more in the module", async () => {
    const { exports } = (await WebAssembly.instantiate(emitModule(module, plans, { weights: "external" }), {})).instance;
    expect((exports["train_prepare"] as (batch: number) => number)(batch)).toBe(0);
    const { byteLength } = (exports["memory"] as WebAssembly.Memory).buffer;
    // Memory comes in pages of 64 KB.
    expect(byteLength).toBeGreaterThan(bound);
    expect(byteLength).toBeLessThanOrEqual(allowed * bound + 65536);
  });
});

describe("the bound", () => {
  const scratch = (elements: number): Buffer => ({ dtype: "f32", elements, role: { kind: "scratch" } });
  const copy = (from: number, to: number): Statement => ({ kind: "copy", from, to });

  test("counts what lives at the worst statement, and an operand that is taken over once", () => {
    // b0 -> b1 -> b2 -> b4: a copy takes over its dying operand; b1 lives on, so b2 does not.
    const program: Program = {
      name: "f", sizes: [], sizeChecks: [], counts: [], inputs: [], outputs: [],
      buffers: [{ dtype: "f32", elements: 10, role: { kind: "input", index: 0 } }, scratch(10), scratch(10), { dtype: "f64", elements: 10, role: { kind: "output", index: 0 } }, scratch(10)],
      body: [copy(0, 1), copy(1, 2), copy(2, 4), copy(4, 0), copy(1, 0)],
    };
    // Resident 40 + 80; scratch: b1 from 0 to 4 and, beside it, b2 which b4 takes over.
    expect(memoryUse(program, planMemory(program, wasmTarget))).toMatchObject({ resident: 120, bound: 200, at: 1 });
  });
});
