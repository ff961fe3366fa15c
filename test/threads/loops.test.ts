// Threads in functions with loops: they run the steps together, with the bits of one thread. A check in such a step fails the call on all of them;
// where something may fail that one of them would do alone, the function runs on one thread and fails as it does there.

import { afterEach, expect, it, vi } from "vitest";
import { compile, type CompileOptions, constant, fn, glorotUniform, input, sgd, shared, zeros } from "damo";
import { cond, fori, scan, whileLoop } from "damo/loops";
import { shareAll } from "../modes/share-all.ts";

vi.mock(import("../../passes/threads/load-sharing.ts"), async (original) => {
  const { loadSharing } = await original();
  return { loadSharing: (threads, target) => loadSharing(threads, shareAll(target)) };
});

const models: { dispose(): void }[] = [];
afterEach(() => models.splice(0).forEach((model) => model.dispose()));

const [steps, batch, features, hidden] = [5, 3, 8, 12];
const feeds = {
  x: { data: Float32Array.from({ length: steps * batch * features }, (_, i) => Math.sin(i * 0.7)), shape: [steps, batch, features] as const },
  y: { data: Float32Array.from({ length: batch }, (_, i) => Math.cos(i)), shape: [batch] as const },
};

/** A recurrent network that learns a number for each sequence. */
async function recurrent(options: CompileOptions) {
  const [x, y] = [input("x", [steps, batch, features]), input("y", [batch])];
  const w = shared("w", glorotUniform([features, hidden], { seed: 1 }));
  const u = shared("u", glorotUniform([hidden, hidden], { seed: 2 }));
  const v = shared("v", glorotUniform([hidden, 1], { seed: 3 }));
  const [last] = scan((h, slice) => [slice.add(h.dot(u)).tanh(), null], zeros([batch, hidden]), x.dot(w));
  const cost = last.dot(v).reshape([batch]).sub(y).square().mean();
  const model = await compile({ train: fn({ inputs: { x, y }, outputs: { cost }, updates: sgd(cost, [w, u, v], { learningRate: 0.1 }) }) } as never, options);
  models.push(model);
  return model as unknown as {
    train: ((values: typeof feeds) => { cost: { item(): number } }) & { bindBuffers(): { inputs: { x: Float32Array } } };
    state: { [name: string]: { get(): { data: Float32Array } } };
  };
}

async function learnt(options: CompileOptions): Promise<{ bits: string; shares: boolean }> {
  const model = await recurrent(options);
  const costs = Array.from({ length: 20 }, () => model.train(feeds).cost.item());
  const values = [Float32Array.from(costs), ...["w", "u", "v"].map((name) => model.state[name]!.get().data)];
  return {
    bits: values.map((data) => Buffer.from(data.slice().buffer).toString("base64")).join(),
    shares: model.train.bindBuffers().inputs.x.buffer instanceof SharedArrayBuffer,
  };
}

it("a recurrent network learns the same bits on 1 to 4 threads", async () => {
  const one = await learnt({});
  expect(one.shares).toBe(false);
  for (const threads of [2, 3, 4]) expect(await learnt({ threads })).toEqual({ bits: one.bits, shares: true });
});

it("its program has no races, and no fault in debug mode", async () => {
  expect(await learnt({ threads: 3, mode: "debug" })).toMatchObject({ shares: true, bits: (await learnt({})).bits });
});

it("a check in a step that is shared fails the call on all threads, with the state unchanged, and they go on", async () => {
  const [table, at] = [input("table", [64, 24]), input("at", [steps, batch], { dtype: "i32" })];
  const u = shared("u", glorotUniform([24, 24], { seed: 3 }));
  const [last] = scan((h, index) => [h.dot(u).add(table.take(index, 0)).tanh(), null], zeros([batch, 24]), at);
  const define = (options: CompileOptions) => compile({ f: fn({ inputs: { table, at }, outputs: { last }, updates: [[u, u.mul(0.5)]] }) }, options);
  const [one, model] = [await define({}), await define({ threads: 3 })];
  models.push(one, model);
  const values = { data: Float32Array.from({ length: 64 * 24 }, (_, i) => Math.sin(i)), shape: [64, 24] as const };
  const indices = (far: number) => ({ data: Int32Array.from({ length: steps * batch }, (_, i) => (i === 10 ? far : i)), shape: [steps, batch] as const });
  expect(model.f.bindBuffers().inputs.table.buffer).toBeInstanceOf(SharedArrayBuffer);
  for (let time = 0; time < 10; time++) {
    expect(() => model.f({ table: values, at: indices(64) })).toThrow(/^E601 .*64/);
    expect(model.f({ table: values, at: indices(63) }).last.data).toEqual(one.f({ table: values, at: indices(63) }).last.data);
    expect(model.state["u"]!.get()).toEqual(one.state["u"]!.get());
  }
});

it("loops of any number of steps, also none, end alike on all threads", async () => {
  const [h, u, count] = [input("h", [8, 16]), input("u", [16, 16]), input("count", [], { dtype: "i32" })];
  const y = fori(0, count, (_, state) => state.dot(u).tanh(), h);
  const z = whileLoop((state) => state.square().sum().gt(1e-6), (state) => state.dot(u).tanh().mul(0.9), h);
  const define = (options: CompileOptions) => compile({ f: fn({ inputs: { h, u, count }, outputs: { y, z } }) }, options);
  const [one, model] = [await define({}), await define({ threads: 3 })];
  models.push(one, model);
  const data = (rows: number, scale: number) => ({ data: Float32Array.from({ length: rows * 16 }, (_, i) => scale * Math.sin(i)), shape: [rows, 16] as const });
  expect(model.f.bindBuffers().inputs.h.buffer).toBeInstanceOf(SharedArrayBuffer);
  for (const [times, scale] of [[0, 1], [1, 1], [100, 1], [7, 0], [3, 1]] as const) {
    const feeds = { h: { ...data(8, scale), shape: [8, 16] as const }, u: { ...data(16, 0.3), shape: [16, 16] as const }, count: times };
    const [expected, found] = [one.f(feeds), model.f(feeds)];
    expect(found.y.data).toEqual(expected.y.data);
    expect(found.z.data).toEqual(expected.z.data);
  }
});

it("branches, in loops too, are taken alike by all threads, and a check in one fails the call on all of them", async () => {
  const [h, u, table] = [input("h", [8, 16]), input("u", [16, 16]), input("table", [32, 16])];
  const [at, count] = [input("at", [8], { dtype: "i32" }), input("count", [], { dtype: "i32" })];
  const y = fori(0, count, (i, state) => cond(i.lt(3), () => state.dot(u).tanh(), () => cond(i.gt(4), () => state.add(table.take(at, 0)), () => state)), h);
  const z = cond(y.square().sum().gt(1), () => y.dot(u).sum(1), () => y.exp().sum(1));
  const define = (options: CompileOptions) => compile({ f: fn({ inputs: { h, u, table, at, count }, outputs: { y, z } }) }, options);
  const [one, model] = [await define({}), await define({ threads: 3 })];
  models.push(one, model);
  const values = (rows: number, scale: number) => Float32Array.from({ length: rows * 16 }, (_, i) => scale * Math.sin(i));
  const feedsOf = (times: number, scale: number, far: number) => ({
    h: { data: values(8, scale), shape: [8, 16] as const }, u: { data: values(16, 0.3), shape: [16, 16] as const },
    table: { data: values(32, 1), shape: [32, 16] as const }, at: [0, 1, 2, far, 4, 5, 6, 7], count: times,
  });
  expect(model.f.bindBuffers().inputs.h.buffer).toBeInstanceOf(SharedArrayBuffer);
  for (const [times, scale, far] of [[0, 1, 3], [0, 0.001, 3], [5, 1, 99], [12, 1, 3], [7, 0, 31]] as const) {
    const given = feedsOf(times, scale, far);
    const [expected, found] = [one.f(given), model.f(given)];
    expect(found.y.data).toEqual(expected.y.data);
    expect(found.z.data).toEqual(expected.z.data);
    expect(() => model.f(feedsOf(12, scale, 32))).toThrow(/^E601 .*32/);
  }
});

it("what fails within a loop fails the call, on one thread", async () => {
  const table = input("table", [64]);
  const at = input("at", [5], { dtype: "i32" });
  const [sum] = scan((total, index) => [total.add(table.take(index)), null], constant(0), at);
  const model = await compile({ f: fn({ inputs: { table, at }, outputs: { sum, far: table.exp() } }) }, { threads: 2 });
  models.push(model);
  const values = { table: { data: new Float32Array(64).fill(2), shape: [64] as const } };
  expect(model.f({ ...values, at: [0, 1, 2, 3, 63] }).sum.item()).toBe(10);
  expect(() => model.f({ ...values, at: [0, 1, 64, 3, 4] })).toThrow(/^E601 /);
  expect(model.f({ ...values, at: [0, 1, 2, 3, 4] }).sum.item()).toBe(10);
  expect(model.f.bindBuffers().inputs.table.buffer).toBeInstanceOf(ArrayBuffer);
});
