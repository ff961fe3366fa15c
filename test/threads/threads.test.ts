// `compile(..., { threads })`: the same bits for any number of threads, and what happens when workers die or cannot be had.

import type { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { compile, fn, input } from "damo";
import { codeOf } from "../error-of.ts";
import { batch, bitsAfter, compileStep, feeds, stateOf, type StepModel } from "./models.ts";
import { growth } from "./growth.ts";

const workerThreads = process.getBuiltinModule("node:worker_threads");
const OriginalWorker = workerThreads.Worker;
let started: Worker[] = [];
let models: StepModel[] = [];
const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);

async function compiled(options: Parameters<typeof compileStep>[0]): Promise<StepModel> {
  const model = await compileStep(options);
  models.push(model);
  return model;
}

beforeEach(() => {
  workerThreads.Worker = class extends OriginalWorker {
    constructor(...args: ConstructorParameters<typeof OriginalWorker>) {
      super(...args);
      started.push(this);
    }
  };
});

afterEach(() => {
  workerThreads.Worker = OriginalWorker;
  for (const model of models) model.dispose();
  [models, started] = [[], []];
  warn.mockClear();
  vi.unstubAllGlobals();
});

describe("threads", () => {
  it("learn the same bits in 2,000 steps, 1, 2, 3 and 4 of them", async () => {
    const bits = [];
    for (const threads of [1, 2, 3, 4]) bits.push(bitsAfter(await compiled({ threads }), 2000));
    expect(started).toHaveLength(1 + 2 + 3);
    expect(new Set(bits).size).toBe(1);
  });

  it("find no fault in debug mode", async () => {
    expect(bitsAfter(await compiled({ threads: 3, mode: "debug" }), 3)).toBe(bitsAfter(await compiled({}), 3));
  });

  it("give plain calls copies of their own, and bound buffers views of the shared memory", async () => {
    const model = await compiled({ threads: 2 });
    const first = model.predict({ x: feeds.x }).logits.data;
    const kept = first.slice();
    model.predict({ x: { data: feeds.x.data.map((value) => -value), shape: [batch, 64] } });
    expect(first).toEqual(kept);
    expect(first.buffer).toBeInstanceOf(ArrayBuffer);
    expect(model.predict.bindBuffers({ batch }).inputs.x.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  it("fail a check on all of them, with the state unchanged, and go on", async () => {
    const [model, single] = [await compiled({ threads: 3 }), await compiled({})];
    const wrong = { ...feeds, y: { data: feeds.y.data.with(5, 77), shape: [batch] as const } };
    for (let i = 0; i < 20; i++) expect(codeOf(() => model.train(wrong))).toBe("E601");
    expect(stateOf(model)).toEqual(stateOf(single));
    expect(bitsAfter(model, 5)).toBe(bitsAfter(single, 5));
  });

  it("follow sizes that change and memory that grows", async () => {
    const [model, single] = [await compiled({ threads: 2 }), await compiled({})];
    for (const rows of [64, 4096, 1, 20_000, 64]) {
      const x = { data: Float32Array.from({ length: rows * 64 }, (_, i) => Math.cos(i)), shape: [rows, 64] as const };
      expect(model.predict({ x }).logits.data).toEqual(single.predict({ x }).logits.data);
    }
  });

  it("are not started where there is nothing to share", async () => {
    const x = input("x", [4]);
    const f = await compile(fn({ inputs: { x }, outputs: { y: x.exp() } }), { threads: 4 });
    expect(f({ x: [0, 0, 0, 0] }).y.toArray()).toEqual([1, 1, 1, 1]);
    expect(started).toHaveLength(0);
  });

  it.each([
    [{ threads: 0 }], [{ threads: 1.5 }], [{ threads: 65 }], [{ threads: 2, target: "reference" as const }],
    [{ threads: 2, threadTimeout: 0 }], [{ threads: 2, threadTimeout: 2 ** 31 }], [{ threads: 2, threadTimeout: Number.NaN }],
  ])("refuse %o", async (options) => {
    await expect(compileStep(options)).rejects.toMatchObject({ code: "E410" });
  });
});

describe("a worker that dies", () => {
  it("between calls leaves one thread and one warning", async () => {
    const [model, single] = [await compiled({ threads: 3 }), await compiled({})];
    bitsAfter(model, 3);
    await started[0]!.terminate();
    expect(bitsAfter(model, 7)).toBe(bitsAfter(single, 10));
    expect(warn.mock.calls).toEqual([["damo: the model runs on one thread: a worker has ended"]]);
  });

  it("in a call fails it in time, and the model keeps the values that were saved", async () => {
    const model = await compiled({ threads: 2, threadTimeout: 300 });
    bitsAfter(model, 3);
    const values = stateOf(model).map((data) => data.map((value) => value + 1));
    ["w", "v"].forEach((name, i) => model.state[name]!.set({ data: values[i]!, shape: name === "w" ? [64, 160] : [160, 10] }));
    // The thread is told to end at once; this thread hears of it only when the event loop turns.
    void started[0]!.terminate();
    expect(codeOf(() => model.train(feeds))).toBe("E508");
    expect(codeOf(() => model.train(feeds))).toBe("E508");
    expect(codeOf(() => model.predict({ x: feeds.x }))).toBe("E508");
    expect(codeOf(() => model.state["w"]!.set({ data: values[0]!, shape: [64, 160] }))).toBe("E508");
    expect(stateOf(model)).toEqual(values);

    const next = await compiled({ threads: 2, stateFrom: model });
    expect(stateOf(next)).toEqual(values);
    const single = await compiled({ stateFrom: model });
    expect(bitsAfter(next, 5)).toBe(bitsAfter(single, 5));
  });
});

describe("where there are no threads", () => {
  it.each([
    ["SharedArrayBuffer", undefined, /not cross-origin isolated/],
    ["crossOriginIsolated", false, /not cross-origin isolated/],
  ])("without %s (%s) one thread and a warning", async (name, value, message) => {
    const expected = bitsAfter(await compiled({}), 3);
    vi.stubGlobal(name, value);
    const model = await compiled({ threads: 2 });
    expect(bitsAfter(model, 3)).toBe(expected);
    expect(warn.mock.calls).toEqual([[expect.stringMatching(message)]]);
    expect(started).toHaveLength(0);
  });

  it("as when a worker does not start", async () => {
    workerThreads.Worker = class extends OriginalWorker {
      constructor(_: string, options: ConstructorParameters<typeof OriginalWorker>[1]) {
        super("throw new Error('not here')", options);
      }
    };
    const model = await compiled({ threads: 3 });
    expect(bitsAfter(model, 3)).toBe(bitsAfter(await compiled({}), 3));
    expect(warn.mock.calls).toEqual([["damo: the model runs on one thread: not here"]]);
  });
});

describe("a process", () => {
  it.each([1, 2])("ends with idle workers and reaches a plateau of memory over 100 models, with threads: %i", async (threads) => {
    const { alive, heap, resident } = await growth(100, threads);
    expect(alive, "memories of disposed models").toBe(0);
    // A model's memory is more than 2 MB: 75 of them that stayed would be seen.
    expect(heap).toBeLessThan(8);
    expect(resident).toBeLessThan(80);
  }, 150_000);
});
