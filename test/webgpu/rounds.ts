// `rounds.ts COUNT`, with --expose-gc: compiles, runs and disposes models on WebGPU, on a device that another model keeps. Prints how many buffers were
// made, how many buffers and models are alive, and the heap after a quarter of the rounds and at the end, in MB.

import { compile, fn, input, sgd, shared } from "damo";
import { glorotUniform } from "../../src/initializers.ts";
import { modelOf } from "../../src/model.ts";
import { openDevice } from "../../src/runtime/webgpu/device.ts";

const count = Number(process.argv[2]);
const collect = (globalThis as unknown as { gc: () => void }).gc;

const { device, release } = await openDevice();
let made = 0;
const alive = new Set<number>();
const createBuffer = device.createBuffer.bind(device);
device.createBuffer = (descriptor) => {
  const buffer = createBuffer(descriptor);
  const number = made++;
  alive.add(number);
  const destroy = buffer.destroy.bind(buffer);
  buffer.destroy = () => {
    alive.delete(number);
    return destroy();
  };
  return buffer;
};

async function heap(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return process.memoryUsage().heapUsed / 2 ** 20;
}

/** What stands behind each model. */
const models: WeakRef<object>[] = [];

let quarter = 0;
for (let round = 1; round <= count; round++) {
  const x = input("x", ["batch", 8]);
  const w = shared("w", glorotUniform([8, 4], { seed: 1 }));
  const cost = x.dot(w).tanh().square().mean();
  const model = await compile({ train: fn({ inputs: { x }, outputs: { cost }, updates: sgd(cost, [w], { learningRate: 0.1 }) }) }, { target: "webgpu" });
  for (const rows of [2, 3]) await model.train({ x: { data: new Float32Array(rows * 8).fill(1), shape: [rows, 8] } });
  const kept = await model.train.gpu({ x: { data: new Float32Array(16), shape: [2, 8] } });
  await kept.cost.read();
  models.push(new WeakRef(modelOf(model)!));
  model.dispose();
  if (round === Math.ceil(count / 4)) quarter = await heap();
}
console.log(JSON.stringify({ end: await heap(), quarter, made, buffers: alive.size, models: models.filter((each) => each.deref() !== undefined).length }));
release();
