// Whole models on WebGPU and on the CPU: costs, gradients and what some steps with batches of different sizes make of every variable, within the
// tolerance table, which is measured against f64.
import { describe, expect, test } from "vitest";
import { compile } from "damo";
import type { TensorData } from "../../ir/data.ts";
import { allowedError, firstDisagreement } from "../../src/testing/tolerance.ts";
import { findTestAdapter, isMissing, reportMissing } from "./adapter.ts";
import { batchFor, type FloatDType, models, type TrainedModel } from "./models.ts";

const found = await findTestAdapter();
if (isMissing(found)) reportMissing(found, "models are not compared with the CPU");

interface Trained {
  train(feeds: unknown): { cost: TensorData } | Promise<{ cost: TensorData }>;
  gradients(feeds: unknown): Record<string, TensorData> | Promise<Record<string, TensorData>>;
  readonly state: { readonly [name: string]: { get(): TensorData | Promise<TensorData> } };
  dispose(): void;
}

/** The first and the last are the same batch. */
const batches = [8, 5, 1, 8];

/** All that can be seen of a training run, by name. */
async function observe(model: TrainedModel, dtype: "f32" | "f64", target: "wasm" | "webgpu"): Promise<Map<string, TensorData>> {
  const compiled = await compile(model.define(dtype as FloatDType) as never, { target } as never) as unknown as Trained;
  const seen = new Map<string, TensorData>();
  for (const [step, size] of batches.entries()) {
    seen.set(`the cost of step ${step}`, (await compiled.train(batchFor(model, size, size, dtype))).cost);
  }
  for (const [name, value] of Object.entries(await compiled.gradients(batchFor(model, 6, 77, dtype)))) seen.set(`the gradient by ${name}`, value);
  for (const [name, variable] of Object.entries(compiled.state)) seen.set(`the variable ${name}`, await variable.get());
  compiled.dispose();
  return seen;
}

describe.skipIf(isMissing(found))("on WebGPU as on the CPU", () => {
  test.each(Object.entries(models))("%s trains", async (_, model) => {
    const [ours, theirs, wide] = [await observe(model, "f32", "webgpu"), await observe(model, "f32", "wasm"), await observe(model, "f64", "wasm")];
    expect([...ours.keys()]).toEqual([...theirs.keys()]);
    expect(Number(theirs.get("the cost of step 3")!.data[0]), "the cost goes down").toBeLessThan(Number(theirs.get("the cost of step 0")!.data[0]));
    for (const [what, value] of theirs) {
      expect(firstDisagreement(value, ours.get(what)!, allowedError(value, wide.get(what)!)), what).toBeUndefined();
    }
  });
});
