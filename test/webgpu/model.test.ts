// Models on WebGPU as users have them: calls, results that stay on the device, state, errors, disposal. On a device that executes.
import { describe, expect, test } from "vitest";
import { adam, compile, fn, glorotUniform, input, scalar, shared, softmaxCrossEntropy, zeros } from "damo";
import { leastLimits } from "../../codegen/wgsl/target.ts";
import { readDefinitions } from "../../src/compile.ts";
import { planFor } from "../../src/webgpu/plan.ts";
import { traceModel } from "../../src/trace.ts";
import { findTestAdapter, isMissing, reportMissing } from "./adapter.ts";

const found = await findTestAdapter();
if (isMissing(found)) reportMissing(found, "models are not run");

function defineClassifier() {
  const x = input("x", ["batch", 784]);
  const y = input("y", ["batch"], { dtype: "i32" });
  const w1 = shared("w1", glorotUniform([784, 32], { seed: 1 }));
  const b1 = shared("b1", zeros([32]));
  const w2 = shared("w2", glorotUniform([32, 10], { seed: 2 }));
  const b2 = shared("b2", zeros([10]));
  const logits = x.dot(w1).add(b1).relu().dot(w2).add(b2);
  const cost = softmaxCrossEntropy(logits, y).mean();
  return {
    train: fn({ inputs: { x, y }, outputs: { cost }, updates: adam(cost, [w1, b1, w2, b2], { learningRate: 0.003 }) }),
    predict: fn({ inputs: { x }, outputs: { label: logits.argmax(-1), logits } }),
  };
}

/** Blobs of pixels by class. */
function digits(count: number, seed: number) {
  const x = new Float32Array(count * 784);
  const y = new Int32Array(count);
  let state = seed;
  const random = (): number => (state = (state * 48271) % 0x7fffffff) / 0x7fffffff;
  for (let i = 0; i < count; i++) {
    y[i] = Math.floor(random() * 10);
    for (let pixel = 0; pixel < 784; pixel++) x[i * 784 + pixel] = (pixel % 10 === y[i] ? 0.8 : 0.1) * random();
  }
  return { x: { data: x, shape: [count, 784] as const }, y };
}

describe("fastMath", () => {
  const x = input("x", ["n"]);
  const f = fn({ inputs: { x }, outputs: { y: x.tanh().mul(x.sin()).add(x.neg().exp()) } });

  test("takes the functions that WGSL has", async () => {
    const traced = traceModel(readDefinitions(f));
    const codeOf = async (fastMath: boolean): Promise<string> => (await planFor(traced, leastLimits, fastMath)).shaders.map(({ code }) => code).join("\n");
    const [fast, exact] = [await codeOf(true), await codeOf(false)];
    for (const name of ["tanh(", "sin(", "exp("]) {
      expect(fast).toContain(name);
      expect(exact).not.toContain(name);
    }
  });

  test.skipIf(isMissing(found))("is as accurate as the adapter", async () => {
    const values = Float32Array.from({ length: 999 }, (_, i) => (i - 499) / 100);
    const model = await compile(f, { target: "webgpu", fastMath: true });
    const y = (await model({ x: values })).y.data;
    values.forEach((v, i) => expect(Math.abs(y[i]! - (Math.tanh(v) * Math.sin(v) + Math.exp(-v)))).toBeLessThan(3 * 2 ** -10 * (1 + Math.exp(-v))));
    model.dispose();
  });

  test("is of this target alone, and true or false", async () => {
    await expect(compile(f, { fastMath: true } as never)).rejects.toThrow("E410 compile: the option fastMath is not known");
    await expect(compile(f, { target: "webgpu", fastMath: 1 } as never)).rejects.toThrow("E410 compile: fastMath is 1");
  });
});

describe.skipIf(isMissing(found))("a model on WebGPU", () => {
  test("trains as one on the CPU, whatever the size of the batch", async () => {
    const definitions = defineClassifier();
    const [gpu, cpu] = [await compile(definitions, { target: "webgpu" }), await compile(definitions)];
    expect(gpu.adapter).not.toBe("");
    for (let step = 0; step < 8; step++) {
      const batch = digits(step % 4 === 3 ? 20 : 32, step + 1);
      const [{ cost: ours }, { cost: theirs }] = [await gpu.train(batch), cpu.train(batch)];
      expect(Math.abs(ours.item() - theirs.item()), `step ${step}`).toBeLessThan(2e-4 * Math.max(1, theirs.item()));
    }
    const test = digits(100, 1000);
    const [ours, theirs] = [await gpu.predict({ x: test.x }), cpu.predict({ x: test.x })];
    expect(ours.label.data).toEqual(theirs.label.data);
    gpu.dispose();
  });

  test("queues steps whose results stay on the device, in the order of the calls", async () => {
    const model = await compile(defineClassifier(), { target: "webgpu" });
    const other = await compile(defineClassifier(), { target: "webgpu" });
    const batch = digits(32, 5);
    const costs = await Promise.all([1, 2, 3, 4].map(() => model.train.gpu(batch)));
    const expected: number[] = [];
    for (let i = 0; i < 4; i++) expected.push((await other.train(batch)).cost.item());
    const read = await Promise.all(costs.map(async ({ cost }) => (await cost.read()).item()));
    expect(read).toEqual(expected);
    expect(costs[0]!.cost).toMatchObject({ dtype: "f32", shape: [] });
    const { logits } = await model.predict.gpu({ x: batch.x });
    const loss = scalar("bias");
    const given = input("given", ["n", 10]);
    const shift = await compile(fn({ inputs: { given, loss }, outputs: { moved: given.add(loss) } }), { target: "webgpu" });
    const { moved } = await shift({ given: logits, loss: costs[0]!.cost });
    const back = await logits.read();
    expect(moved.shape).toEqual([32, 10]);
    expect(moved.data[7]).toBe(Math.fround(back.data[7]! + expected[0]!));
    logits.destroy();
    await expect(logits.read()).rejects.toThrow("E510");
    await expect(shift({ given: logits, loss: 1 })).rejects.toThrow("E510");
    for (const each of [model, other, shift]) each.dispose();
  });
});
