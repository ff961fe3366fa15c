// Bundles for WebGPU: what `build` writes is run by the loader alone, to the bits of the compiled model. On a device that executes.
import { describe, expect, test } from "vitest";
import { build, compile, fn, constant, grad, input, shared, zeros } from "damo";
import { scan } from "damo/loops";
import { check } from "damo/debug";
import { load } from "damo/load-webgpu";
import { parseSafetensors } from "../../src/formats/safetensors.ts";
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
    await expect(train({ ...batch, y: [1] })).rejects.toThrow("E503 y has shape [1]");
    await expect(train({ x: { data: new Int32Array(12), shape: [4, 3] }, y: batch.y })).rejects.toThrow("E502 x must be f32");
    const { isLarge } = await loaded.functions["predict"]!.gpu({ x: batch.x });
    await expect(train({ x: batch.x, y: isLarge! })).rejects.toThrow("E502 y must be f32");
    expect(() => loaded.state["w"]!.set([1])).toThrow("E503");
    loaded.dispose();
    await expect(train(batch)).rejects.toThrow("E505");
  });
});
