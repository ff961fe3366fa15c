// What a model on WebGPU does when something goes wrong, and what it leaves behind: each failure is one of ours that says what to do.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { afterEach, describe, expect, test, vi } from "vitest";
import { compile, type DamoError, fn, input, shared } from "damo";
import { oneWorkgroup, type Shader } from "../../codegen/wgsl/shader.ts";
import type { DeviceTensor } from "../../src/webgpu/device-tensor.ts";
import { mostPipelines, pipelineOf } from "../../src/runtime/webgpu/pipelines.ts";
import { findTestAdapter, isMissing, reportMissing, requestTestDevice } from "./adapter.ts";
import { findValidatingDevice } from "./validate-shader.ts";

const found = await findTestAdapter();
if (isMissing(found)) reportMissing(found, "failures and disposal are not tried");

/** Adds x to a variable and gives the sum. */
function define() {
  const x = input("x", ["n"]);
  const total = shared("total", 0);
  const next = total.add(x.sum());
  return { add: fn({ inputs: { x }, outputs: { next, twice: x.mul(2) }, updates: [[total, next]] }) };
}

const openDevice = async (): Promise<GPUDevice> => (await requestTestDevice() as { readonly device: GPUDevice }).device;
const onWebgpu = (device?: GPUDevice) => compile(define(), { target: "webgpu", ...(device === undefined ? {} : { device }) });

/** Loses the device that a result is on. */
async function lose(result: unknown): Promise<void> {
  const { device } = result as DeviceTensor;
  device.destroy();
  await device.lost;
}

async function failureOf(promise: Promise<unknown>): Promise<DamoError> {
  return promise.then(() => { throw new Error("nothing was thrown"); }, (error: unknown) => error as DamoError);
}

afterEach(() => vi.unstubAllGlobals());

describe("without an adapter", () => {
  const stub = (gpu: unknown) => vi.stubGlobal("navigator", { gpu });

  test("E412 has the compiler's words, the line, and the adapter", async () => {
    const device = await openDevice();
    const shader: Shader = { name: "wrong", code: "@compute @workgroup_size(1) fn main() {\n  let x = y;\n}", buffers: [], sizes: 0, workgroups: [oneWorkgroup, oneWorkgroup, oneWorkgroup] };
    const { code, message } = await failureOf(pipelineOf(device, shader));
    expect(code).toBe("E412");
    expect(message).toContain(`E412 compile: ${(found as { name: string }).name} does not take the shader "wrong": line 2: unresolved value 'y'\n    let x = y;`);
    expect(message).toContain("the target wasm runs the model");
    device.destroy();
  });

  test("E411 says what is missing", async () => {
    stub({ requestAdapter: async () => null });
    expect(await failureOf(onWebgpu())).toMatchObject({ code: "E411", message: expect.stringContaining("driver") as string });
    stub({ requestAdapter: async () => ({ features: new Set(), limits: {}, info: { vendor: "maker", architecture: "", description: "" }, requestDevice: async () => { throw new TypeError("none left"); } }) });
    expect((await failureOf(onWebgpu())).message).toContain("E411 compile: the adapter maker gives no device: none left");
  });
});

describe.skipIf(isMissing(found))("a model on WebGPU", () => {
  test("whose device is lost says so, and goes on from what was saved", async () => {
    const model = await onWebgpu();
    await model.add({ x: [1, 2] });
    const bytes = await model.saveBytes();
    await model.add({ x: [10] });
    const { twice } = await model.add.gpu({ x: [0, 5] });
    await lose(twice);
    for (const call of [model.add({ x: [1] }), model.add.gpu({ x: [1] }), model.state.total!.get(), twice.read(), model.saveBytes()]) {
      expect(await failureOf(call)).toMatchObject({ code: "E509", message: expect.stringContaining("recover()") as string });
    }
    await Promise.all([model.recover(), model.recover()]);
    expect((await model.state.total!.get()).item()).toBe(3);
    expect((await model.add({ x: [4] })).next.item()).toBe(7);
    expect(await failureOf(twice.read())).toMatchObject({ code: "E510" });
    expect(await failureOf(model.add({ x: twice }))).toMatchObject({ code: "E510" });
    twice.destroy();
    await model.loadBytes(bytes);
    expect((await model.state.total!.get()).item()).toBe(3);
    model.dispose();
    expect(await failureOf(model.recover())).toMatchObject({ code: "E505" });
  });

  test("cannot go on where nothing was saved, or the device was given", async () => {
    const [fresh, changed] = [await onWebgpu(), await onWebgpu()];
    await changed.add({ x: [1] });
    const { twice } = await fresh.add.gpu({ x: [1] });
    await lose(twice);
    for (const model of [fresh, changed]) expect(await failureOf(model.recover())).toMatchObject({ code: "E509", message: expect.stringContaining("save") as string });
    const untouched = await onWebgpu(await openDevice());
    await untouched.saveBytes();
    await lose((await untouched.add.gpu({ x: [1] })).twice);
    expect(await failureOf(untouched.recover())).toMatchObject({ code: "E509", message: expect.stringContaining("compile again with a new device") as string });
    for (const model of [fresh, changed, untouched]) model.dispose();
  });

  test("cut off in the middle of a call says that the device was lost", async () => {
    const device = await openDevice();
    const model = await onWebgpu(device);
    const calls = [model.add({ x: [1] }), model.add({ x: [1, 2, 3] }), model.state.total!.get()].map(failureOf);
    device.destroy();
    for (const error of await Promise.all(calls)) expect(error).toMatchObject({ code: "E509" });
    model.dispose();
  });

  test("without memory for a call, or for results that stay, says E602 and still works", async () => {
    const device = await openDevice();
    const model = await onWebgpu(device);
    await model.add({ x: [1, 2] });
    const pop = device.popErrorScope.bind(device);
    const scopes: GPUErrorFilter[] = [];
    const push = device.pushErrorScope.bind(device);
    device.pushErrorScope = (filter) => { scopes.push(filter); push(filter); };
    device.popErrorScope = async () => {
      const filter = scopes.pop();
      const fault = await pop();
      return filter === "out-of-memory" ? { message: "nothing left" } as GPUError : fault;
    };
    expect(await failureOf(model.add({ x: [1, 2, 3] }))).toMatchObject({ code: "E602", message: expect.stringContaining("dispose") as string });
    const { next } = await model.add.gpu({ x: [1, 1] });
    expect(await failureOf(next.read())).toMatchObject({ code: "E602" });
    [device.pushErrorScope, device.popErrorScope] = [push, pop];
    expect((await model.add({ x: [1, 2, 3] })).next.item()).toBe(11);
    model.dispose();
    device.destroy();
  });

  test("refuses a buffer that cannot be copied from", async () => {
    const [device, other] = [await openDevice(), await openDevice()];
    const model = await onWebgpu(device);
    const feed = (on: GPUDevice, usage: number) => ({ dtype: "f32" as const, shape: [2] as const, buffer: on.createBuffer({ size: 16, usage }) });
    const { COPY_SRC, COPY_DST, STORAGE } = GPUBufferUsage;
    const good = feed(device, COPY_SRC | COPY_DST);
    device.queue.writeBuffer(good.buffer, 0, Float32Array.of(3, 4));
    expect((await model.add({ x: good })).next.item()).toBe(7);
    const destroyed = feed(device, COPY_SRC);
    destroyed.buffer.destroy();
    for (const bad of [feed(device, STORAGE), feed(other, COPY_SRC), destroyed]) {
      expect(await failureOf(model.add({ x: bad }))).toMatchObject({ code: "E510", message: expect.stringMatching(/COPY_SRC|neither mapped nor destroyed/) as string });
      expect(await failureOf(model.add.gpu({ x: bad }))).toMatchObject({ code: "E510" });
    }
    expect((await model.state.total!.get()).item()).toBe(7);
    model.dispose();
    for (const each of [device, other]) each.destroy();
  });

  test("leaves the thread free while it is compiled and while it runs", async () => {
    let turns = 0;
    let isDone = false;
    const count = (): void => {
      turns++;
      if (!isDone) setImmediate(count);
    };
    const a = input("a", [256, 256]);
    setImmediate(count);
    const f = await compile(fn({ inputs: { a }, outputs: { b: a.dot(a) } }), { target: "webgpu" });
    expect(turns, "turns of the event loop while it was compiled").toBeGreaterThan(0);
    turns = 0;
    await f({ a: { data: new Float32Array(256 * 256), shape: [256, 256] } });
    isDone = true;
    expect(turns, "turns of the event loop while it ran").toBeGreaterThan(0);
    f.dispose();
  });

  test("works in a worker", async () => {
    const worker = new Worker(new URL("worker.mjs", import.meta.url));
    const answer = await new Promise((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
    });
    expect(answer).toEqual({ sums: [3, 10], total: 10 });
    await worker.terminate();
  });

  test("that comes and goes leaves no buffer and no model behind", async () => {
    const script = fileURLToPath(new URL("rounds.ts", import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", "--import", "./.ci/ts.mjs", script, "8"]);
    const { buffers, models, made } = JSON.parse(stdout) as { [name in "buffers" | "models" | "made"]: number };
    expect(made).toBeGreaterThan(8);
    expect(buffers).toBe(0);
    expect(models, "models that are still held").toBeLessThanOrEqual(1);
  });
});

const validating = await findValidatingDevice();

test.skipIf(isMissing(validating))("a device keeps so many pipelines and no more", async () => {
  const device = validating as GPUDevice;
  const made = vi.spyOn(device, "createComputePipelineAsync");
  const shader = (i: number): Shader => ({
    name: "fill", buffers: [{ dtype: "i32", access: "readwrite" }], sizes: 0, workgroups: [oneWorkgroup, oneWorkgroup, oneWorkgroup],
    code: `@group(0) @binding(0) var<storage, read_write> x: array<i32>; @compute @workgroup_size(1) fn main() { x[0] = ${i}; }`,
  });
  for (let i = 0; i <= mostPipelines; i++) await pipelineOf(device, shader(i));
  expect(made).toHaveBeenCalledTimes(mostPipelines + 1);
  await pipelineOf(device, shader(1));
  expect(made).toHaveBeenCalledTimes(mostPipelines + 1);
  await pipelineOf(device, shader(0));
  expect(made).toHaveBeenCalledTimes(mostPipelines + 2);
  await pipelineOf(device, shader(1));
  expect(made).toHaveBeenCalledTimes(mostPipelines + 2);
});
