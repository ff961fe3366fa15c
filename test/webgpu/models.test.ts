// Whole models on WebGPU and on the CPU: costs, gradients and what some steps with batches of different sizes make of every variable, within the
// tolerance table, which is measured against f64.
import { describe, expect, test } from "vitest";
import { allowedError, firstDisagreement } from "../../src/testing/tolerance.ts";
import { findTestAdapter, isMissing, reportMissing } from "./adapter.ts";
import { models } from "./models.ts";
import { observe } from "./observe-model.ts";

const found = await findTestAdapter();
if (isMissing(found)) reportMissing(found, "models are not compared with the CPU");

describe.skipIf(isMissing(found))("on WebGPU as on the CPU", () => {
  test.each(Object.entries(models))("%s trains", async (_, model) => {
    const [ours, theirs, wide] = [await observe(model, "f32", "webgpu"), await observe(model, "f32", "wasm"), await observe(model, "f64", "wasm")];
    expect([...ours.keys()]).toEqual([...theirs.keys()]);
    expect(Number(theirs.get("cost in step 3")!.data[0]), "the cost goes down").toBeLessThan(Number(theirs.get("cost in step 0")!.data[0]));
    for (const [what, value] of theirs) {
      expect(firstDisagreement(value, ours.get(what)!, allowedError(value, wide.get(what)!)), what).toBeUndefined();
    }
  });
});
