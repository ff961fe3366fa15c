// Bundles for WebGPU: what `build` writes is run by the loader alone, to the bits of the compiled model. On a device that executes.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { arange, build, compile, fn, constant, grad, input, shared, where, zeros } from "damo";
import { scan } from "damo/loops";
import { check } from "damo/debug";
import { load } from "damo/load-webgpu";
import { parseSafetensors } from "../../src/formats/safetensors.ts";
import { scratchFolder } from "../scratch-folder.ts";
import { findTestAdapter, isMissing, reportMissing, requestTestDevice } from "./adapter.ts";

function defineRegression() {
  const x = input("x", ["batch", 3]);
  const y = input("y", ["batch"]);
  const w = shared("w", zeros([3]));
  const error = x.dot(w).sub(y);
  const cost = error.mul(error).mean();
  return {
    train: fn({ inputs: { x, y }, outputs: { cost }, updates: [[w, w.sub(grad(cost, w).mul(0.1))]] }),
    predict: fn({ inputs: { x }, outputs: { y: x.dot(w), isLarge: x.dot(w).gt(2) } }),
  };
}

const batch = { x: [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]], y: [1, 2, 3, 6] };

const scratch = scratchFolder("bundle");
const found = await findTestAdapter();
if (isMissing(found)) reportMissing(found, "bundles are not run");

test("a bundle is a .safetensors file with the state among its tensors", async () => {
  const { bundle, signature } = await build(defineRegression(), { target: "wgsl" });
  expect(parseSafetensors(bundle).get("state.w")).toEqual({ dtype: "f32", shape: [3], data: new Float32Array(3) });
  expect(signature.functions.map(({ name }) => name)).toEqual(["train", "predict"]);
  await expect(load(new Uint8Array(20))).rejects.toThrow("E701");
  const text = new TextDecoder("latin1").decode(bundle).replace('"format":"1"', '"format":"9"');
  await expect(load(Uint8Array.from(text, (letter) => letter.charCodeAt(0)))).rejects.toThrow("E702 format 9");
});

describe.skipIf(isMissing(found))("a loaded bundle", () => {
  test("trains as the compiled model, to the bit, for any batch, queued or not", async () => {
    const definitions = defineRegression();
    const compiled = await compile(definitions, { target: "webgpu" });
    const loaded = await load((await build(definitions, { target: "wgsl" })).bundle);
    expect(loaded.adapter).toBe(compiled.adapter);
    for (const feeds of [batch, { x: batch.x.slice(0, 3), y: batch.y.slice(0, 3) }, batch]) {
      const [{ cost: theirs }, { cost: ours }] = [await compiled.train(feeds), await loaded.functions["train"]!(feeds)];
      expect(ours!.item()).toBe(theirs.item());
    }
    const queued = await Promise.all([1, 2, 3].map(async () => loaded.functions["train"]!.gpu(batch)));
    const costs: number[] = [];
    for (let step = 0; step < 3; step++) costs.push((await compiled.train(batch)).cost.item());
    expect(await Promise.all(queued.map(async ({ cost }) => (await cost!.read()).item()))).toEqual(costs);
    const w = await compiled.state["w"]!.get();
    expect((await loaded.state["w"]!.get()).toArray()).toEqual(w.toArray());
    loaded.state["w"]!.set([1, 2, 3]);
    const { y, isLarge } = await loaded.functions["predict"]!({ x: batch.x });
    // [1,2,3] times the rows of x.
    expect(y!.toArray()).toEqual([1, 2, 3, 6]);
    expect(isLarge!.toArray()).toEqual([false, false, true, true]);
    const { y: onDevice } = await loaded.functions["predict"]!.gpu({ x: batch.x });
    expect((await loaded.functions["train"]!({ x: batch.x, y: onDevice! }))["cost"]!.item()).toBe(0);
    compiled.dispose();
    loaded.dispose();
  });

  test("goes on from a trained model's state", async () => {
    const definitions = defineRegression();
    const compiled = await compile(definitions, { target: "webgpu" });
    await compiled.train(batch);
    const { bundle } = await build(definitions, { target: "wgsl", stateFrom: compiled });
    const loaded = await load(bundle);
    expect((await loaded.state["w"]!.get()).toArray()).toEqual((await compiled.state["w"]!.get()).toArray());
    compiled.dispose();
    loaded.dispose();
  });

  test("runs loops of symbolic length and constants, and reports a failed check without changing the state", async () => {
    const [x, t] = [input("x", ["steps", 2]), shared("total", zeros([2]))];
    const [decayed] = scan((carry, row) => [carry.mul(constant([0.5, 1])).add(row), null], constant([0, 0]), x);
    const y = check(decayed, decayed.sum().lt(100), "the sum is too large");
    const loaded = await load((await build({ add: fn({ inputs: { x }, outputs: { y }, updates: [[t, t.add(y)]] }) }, { target: "wgsl" })).bundle);
    const add = loaded.functions["add"]!;
    expect((await add({ x: [[1, 2], [3, 4]] }))["y"]!.toArray()).toEqual([3.5, 6]);
    await expect(add({ x: [[100, 2]] })).rejects.toThrow(/^E607 .*the sum is too large/);
    const failed = await add.gpu({ x: [[100, 2]] });
    await expect(failed["y"]!.read()).rejects.toThrow("E607");
    expect((await add({ x: [[1, 1]] }))["y"]!.toArray()).toEqual([1, 1]);
    expect((await loaded.state["total"]!.get()).toArray()).toEqual([4.5, 7]);
    loaded.dispose();
  });

  test("reports a failure to every call that failed or was left out, and goes on when the first of them is read", async () => {
    const x = input("x", []);
    const total = shared("total", zeros([]));
    const y = check(x, x.lt(10), "too large");
    const loaded = await load((await build({ add: fn({ inputs: { x }, outputs: { y }, updates: [[total, total.add(y)]] }) }, { target: "wgsl" })).bundle);
    const add = async (value: number): Promise<() => Promise<unknown>> => {
      const { y: result } = await loaded.functions["add"]!.gpu({ x: value });
      return async () => (await result!.read()).item();
    };
    const total_ = async (): Promise<unknown> => (await loaded.state["total"]!.get()).item();
    const [first, failed, leftOut] = [await add(1), await add(20), await add(2)];
    expect(await first()).toBe(1);
    await expect(failed()).rejects.toThrow(/^E607 .*too large/);
    await expect(leftOut()).rejects.toThrow("E607");
    expect(await total_()).toBe(1);
    expect(await (await add(3))()).toBe(3);
    // Who reads again what failed before does not report what failed since.
    const failedAgain = await add(30);
    await expect(leftOut()).rejects.toThrow("E607");
    const leftOutAgain = await add(4);
    await expect(leftOutAgain()).rejects.toThrow("E607");
    await expect(failedAgain()).rejects.toThrow("E607");
    expect(await total_()).toBe(4);
    // A call that reads reports its own, before the next one runs.
    const [bad, good] = await Promise.allSettled([20, 5].map((value) => loaded.functions["add"]!({ x: value })));
    expect([bad!.status, good!.status]).toEqual(["rejected", "fulfilled"]);
    expect(await total_()).toBe(9);
    loaded.dispose();
  });

  test("keeps bools as a device holds them, in its state and among its constants", async () => {
    const [x, on] = [input("x", [5]), shared("on", constant([true, false, true, true, false]))];
    const mask = constant([false, false, true, true, true]);
    const kept = on.and(mask);
    const loaded = await load((await build({ keep: fn({ inputs: { x }, outputs: { y: where(kept, x, 0) }, updates: [[on, on.xor(mask)]] }) }, { target: "wgsl" })).bundle);
    const keep = loaded.functions["keep"]!;
    expect((await keep({ x: [1, 2, 3, 4, 5] }))["y"]!.toArray()).toEqual([0, 0, 3, 4, 0]);
    expect((await loaded.state["on"]!.get()).toArray()).toEqual([true, false, false, false, true]);
    loaded.state["on"]!.set([1, 1, 1, 0, 0]);
    expect((await keep({ x: [1, 2, 3, 4, 5] }))["y"]!.toArray()).toEqual([0, 0, 3, 0, 0]);
    loaded.dispose();
  });

  test("takes sizes as expressions, by name, and of 0", async () => {
    const [a, b] = [input("a", ["n"]), input("b", ["max(n,2)*n-min(n,3)+floor_div(n-7,2)+4"])];
    const steps = fn({ sizes: ["m"], inputs: { a }, outputs: { sum: a.sum().add(arange("m" as never).sum() as never) } });
    const loaded = await load((await build({ f: fn({ inputs: { a, b }, outputs: { sum: a.sum().add(b.sum()), twice: a.mul(2) } }), steps }, { target: "wgsl" })).bundle);
    const [f, named] = [loaded.functions["f"]!, loaded.functions["steps"]!];
    // 4*4 - 3 + floor(-3 / 2) + 4 = 15.
    expect((await f({ a: new Float32Array(4).fill(1), b: new Float32Array(15).fill(1) }))["sum"]!.item()).toBe(19);
    // 0 - 0 + floor(-7 / 2) + 4 = 0.
    const empty = await f({ a: [], b: new Float32Array(0) });
    expect([empty["sum"]!.item(), empty["twice"]!.toArray()]).toEqual([0, []]);
    await expect(f({ a: [1, 2], b: [1] })).rejects.toThrow(/^E503 b has shape \[1\] for \[.*floor_div/);
    expect((await named({ a: [1, 2], m: 4 }))["sum"]!.item()).toBe(9);
    await expect(named({ a: [1, 2] })).rejects.toThrow("E501 bad size m: undefined");
    await expect(named({ a: [1, 2], m: 1.5 })).rejects.toThrow("E501 bad size m: 1.5");
    await expect(named({ a: [1, 2], m: -1 })).rejects.toThrow("E605");
    loaded.dispose();
  });

  test("says of a lost device that it is lost, in calls that are cut off, too", async () => {
    const { device } = await requestTestDevice() as { readonly device: GPUDevice };
    const loaded = await load((await build(defineRegression(), { target: "wgsl" })).bundle, { device });
    const train = loaded.functions["train"]!;
    const { cost } = await train.gpu(batch);
    const cut = Promise.allSettled([train(batch), train.gpu(batch).then(({ cost: later }) => later!.read()), loaded.state["w"]!.get()]);
    device.destroy();
    for (const result of await cut) expect(result).toMatchObject({ status: "rejected", reason: { name: "DamoError", code: "E509" } });
    await expect(cost!.read()).rejects.toThrow(/^E509 device lost: .*load again/);
    loaded.dispose();
  });

  test("names what a device has against a shader", async () => {
    const text = new TextDecoder("latin1").decode((await build(defineRegression(), { target: "wgsl" })).bundle).replace("var<uniform>", "var<anyform>");
    await expect(load(Uint8Array.from(text, (letter) => letter.charCodeAt(0)))).rejects.toThrow(/^E412 .*anyform/s);
  });

  test("keeps no buffer of a call whose sizes are too large for the device, and goes on", async () => {
    const { device } = await requestTestDevice() as { readonly device: GPUDevice };
    const alive = new Set<GPUBuffer>();
    const createBuffer = device.createBuffer.bind(device);
    device.createBuffer = (descriptor) => {
      const buffer = createBuffer(descriptor);
      alive.add(buffer);
      const destroy = buffer.destroy.bind(buffer);
      buffer.destroy = () => {
        alive.delete(buffer);
        return destroy();
      };
      return buffer;
    };
    const x = input("x", ["n"]);
    const definition = fn({ inputs: { x }, outputs: { y: x.reshape(["n", 1]).mul(x) } });
    const loaded = await load((await build({ square: definition }, { target: "wgsl" })).bundle, { device });
    const square = loaded.functions["square"]!;
    const before = alive.size;
    const n = Math.ceil(Math.sqrt(device.limits.maxStorageBufferBindingSize / 4)) + 1;
    const large = { x: { data: new Float32Array(n), shape: [n] } };
    await expect(square(large)).rejects.toThrow(/^E602 no buffer of \d+ bytes/);
    await expect(square.gpu(large)).rejects.toThrow("E602");
    expect(alive.size).toBe(before);
    expect((await square({ x: [2, 3] }))["y"]!.toArray()).toEqual([[4, 6], [6, 9]]);
    loaded.dispose();
    expect(alive.size).toBe(0);
    device.destroy();
  });

  test("refuses wrong feeds, and calls after it was disposed", async () => {
    const loaded = await load((await build(defineRegression(), { target: "wgsl" })).bundle);
    const train = loaded.functions["train"]!;
    await expect(train({ x: batch.x })).rejects.toThrow("E501 y is missing");
    await expect(train({ ...batch, z: 1 })).rejects.toThrow("E501 no input z");
    await expect(train({ ...batch, y: [1] })).rejects.toThrow("E503 y has shape [1] for [batch]");
    await expect(train({ x: { data: new Int32Array(12), shape: [4, 3] }, y: batch.y })).rejects.toThrow("E502 x must be f32");
    const { isLarge } = await loaded.functions["predict"]!.gpu({ x: batch.x });
    await expect(train({ x: batch.x, y: isLarge! })).rejects.toThrow("E502 y must be f32");
    expect(() => loaded.state["w"]!.set([1])).toThrow("E503 w has 1 elements, not 3");
    loaded.dispose();
    await expect(train(batch)).rejects.toThrow("E505");
  });

  test("takes what a dtype holds, and nothing else", async () => {
    const inputs = { x: input("x", [2]), i: input("i", [2], { dtype: "i32" }), u: input("u", [2], { dtype: "u32" }), b: input("b", [2], { dtype: "bool" }) };
    const loaded = await load((await build({ f: fn({ inputs, outputs: inputs }) }, { target: "wgsl" })).bundle);
    const f = loaded.functions["f"]!;
    const good = { x: [0.5, -1e9], i: [-3, true], u: Uint32Array.of(7, 2 ** 32 - 1), b: [true, 0] };
    const out = await f(good);
    expect(Object.values(out).map((value) => value.toArray())).toEqual([[0.5, -1e9], [-3, 1], [7, 2 ** 32 - 1], [true, false]]);
    for (const [name, dtype, bad] of [
      ["x", "f32", [[1, true], [1, null], [1, "2"], [1n, 2], [1, [2]], Int32Array.of(1, 2), new Float64Array(2)]],
      ["i", "i32", [[0, 0.5], [0, 2 ** 31], [0, Number.NaN], [0, "1"], [0n, 1], [0, [1]], new Float32Array(2)]],
      ["u", "u32", [[0, -1], [0, 2 ** 32], new Int32Array(2)]],
      ["b", "bool", [[0, 2], [Number.NaN, 0], Uint8Array.of(0, 7), new Uint32Array(2)]],
    ] as const) {
      for (const value of bad) await expect(f({ ...good, [name]: value } as never), `${name}: ${String(value)}`).rejects.toThrow(`E502 ${name} must be ${dtype}`);
    }
    await expect(f({ ...good, x: { data: new Float32Array(3), shape: [2] } })).rejects.toThrow("E503 x has 3 elements, not 2");
    await expect(f({ ...good, x: [[1], [2, 3]] as never })).rejects.toThrow("E503 ragged x");
    await expect(f({ ...good, x: "ab" as never })).rejects.toThrow("E503 x has shape [] for [2]");
    loaded.dispose();
  });

  test("is loaded from a path, a URL, a response and bytes in the middle of others", async () => {
    const { bundle } = await build(defineRegression(), { target: "wgsl" });
    const path = join(scratch, "model.webgpu.safetensors");
    writeFileSync(path, bundle);
    const around = new Uint8Array(bundle.length + 5);
    around.set(bundle, 3);
    const text = `data:application/octet-stream;base64,${Buffer.from(bundle).toString("base64")}`;
    for (const source of [path, pathToFileURL(path), text, new URL(text), new Response(bundle), bundle.buffer, around.subarray(3, 3 + bundle.length)]) {
      const loaded = await load(source);
      expect((await loaded.functions["predict"]!({ x: [[1, 1, 1]] }))["y"]!.toArray()).toEqual([0]);
      loaded.dispose();
    }
  });
});
