// `compile(..., { warmUp })`: functions run before the promise resolves, and nothing of it is left but code that is fast.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { compile, type CompileOptions, constant, fn, input, scalar, sgd, shared } from "damo";
import { whileLoop } from "damo/loops";
import { randomStream, uniform } from "damo/random";
import type { Backend } from "../../src/runtime/backend.ts";
import { warmUp } from "../../src/runtime/warm-up.ts";

const warn = vi.spyOn(console, "warn");

beforeEach(() => {
  warn.mockReset();
  warn.mockImplementation(() => undefined);
});
afterEach(() => vi.unstubAllGlobals());

const feeds = { x: [[1, 2, 3], [4, 5, 6]], y: [1, -1] };

function defineStep() {
  const [x, y] = [input("x", ["batch", 3]), input("y", ["batch"])];
  const w = shared("w", [0.1, -0.2, 0.3]);
  const cost = x.dot(w).sub(y).square().mean();
  return fn({ inputs: { x, y }, outputs: { cost }, updates: sgd(cost, [w], { learningRate: 0.01 }) });
}

async function learn(options: CompileOptions) {
  const model = await compile(defineStep(), options);
  const costs = [1, 2, 3].map(() => model(feeds).cost.item());
  return { costs, w: model.state["w"]!.get().toArray() };
}

describe("a model that is warmed up", () => {
  it.each([true, { batch: 2 }] as const)("starts with the state that it was given (%o)", async (warmUp) => {
    const model = await compile(defineStep(), { warmUp });
    expect(model.state["w"]!.get().data).toEqual(Float32Array.of(0.1, -0.2, 0.3));
    model.dispose();
    expect(await learn({ warmUp })).toEqual(await learn({}));
    expect(warn).not.toHaveBeenCalled();
  });

  it("draws what a cold one draws", async () => {
    const stream = randomStream(7);
    const f = fn({ inputs: {}, outputs: { u: uniform(stream.key(), [4]) } });
    expect((await compile(f, { warmUp: true }))({}).u.data).toEqual((await compile(f))({}).u.data);
  });

  it("says which function zeros cannot warm, and has it all the same", async () => {
    const at = input("at", [2], { dtype: "i32" });
    const f = fn({ inputs: { at }, outputs: { y: shared("table", [1, 2, 3]).take(at.add(100)) } });
    const model = await compile({ f }, { warmUp: true });
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/^damo: f was not warmed up: E601 /)]]);
    expect(model.f({ at: [-100, -98] }).y.toArray()).toEqual([1, 3]);
  });

  it("leaves a loop alone that zeros might never end", async () => {
    const limit = scalar("limit");
    const f = fn({ inputs: { limit }, outputs: { n: whileLoop((n) => n.lt(limit), (n) => n.add(1), constant(0)) } });
    const model = await compile({ f }, { warmUp: true });
    expect(warn.mock.calls).toEqual([["damo: f was not warmed up: a loop in it has no bound"]]);
    expect(model.f({ limit: 3 }).n.item()).toBe(3);
  });

  it.each([
    ["warmUp is 1", { warmUp: 1 as never }], ["warmUp gives batch the value -1", { warmUp: { batch: -1 } }], ["no function has a size", { warmUp: { rows: 3 } }],
    ["warmUp is an option of the target wasm", { warmUp: true, target: "reference" }],
  ] as const)("is refused: %s", async (message, options) => {
    await expect(compile(defineStep(), options)).rejects.toThrow(new RegExp(`^E410 compile: .*${message}`));
  });
});

describe("warming up", () => {
  /** A backend whose runs take the time that is given for them, on a clock of its own, and count in its only variable. */
  function pretend(timeOf: (run: number) => number) {
    let [clock, runs, state] = [0, 0, 0];
    vi.stubGlobal("performance", { now: () => clock });
    const tensor = (value: number) => ({ dtype: "i32" as const, shape: [], data: Int32Array.of(value) });
    const backend: Backend = {
      run: () => [],
      getState: () => tensor(state),
      setState: (_, value) => void (state = Number(value.data[0])),
      bind: () => ({ input: tensor, output: tensor, run: () => void (clock += timeOf(runs++), state++) }),
      dispose: () => undefined,
    };
    const graph = { name: "f", parameters: [], results: [] };
    const type = { dtype: "i32" as const, shape: [] };
    const traced = { functions: [{ name: "f", graph, inputs: [], outputs: [], sizes: [], stateReads: [], stateWrites: [0] }], optional: [{ defaults: new Map(), kept: new Map() }], state: [{ name: "n", type, initial: tensor(0) }] };
    return { warm: () => warmUp(backend, traced, new Map()), read: () => ({ runs, state, clock }) };
  }

  it("goes on while runs get faster, and a while longer", async () => {
    const { warm, read } = pretend((run) => (run < 100 ? 2 : run < 300 ? 1 : 0.5));
    await warm();
    // 200 ms and 200 ms, then the pause of 300 ms.
    expect(read().runs).toBeGreaterThan(300 + 590);
    expect(read().clock).toBeLessThan(200 + 200 + 300 + 20);
    expect(read().state).toBe(0);
  });

  it("ends after three seconds in any case", async () => {
    const { warm, read } = pretend((run) => 1000 * 0.8 ** run);
    await warm();
    expect(read().clock).toBeGreaterThan(3000);
    expect(read().runs).toBeLessThan(6);
  });
});
