// Runs in the browser: the MNIST example's classifier, 50 steps on WebGPU and on two threads of the processor.
import { compile } from "damo";
import { defineClassifier } from "../../examples/mnist/model.ts";
import { mnistSteps } from "./mnist-steps.ts";
import { show } from "./show.ts";

show(async () => {
  const { batch, steps, options } = mnistSteps;
  const bytes = new Uint8Array(await (await fetch("digits.bin")).arrayBuffer());
  const labels = bytes.subarray(steps * batch * 784);
  const definitions = defineClassifier(options);
  const [gpu, host] = [await compile(definitions, { target: "webgpu" }), await compile(definitions, { threads: 2 })];
  const [onGpu, onThreads]: [number[], number[]] = [[], []];
  for (let step = 0; step < steps; step++) {
    const x = { data: Float32Array.from(bytes.subarray(step * batch * 784, (step + 1) * batch * 784), (ink) => ink / 255), shape: [batch, 784] as const };
    const y = Int32Array.from(labels.subarray(step * batch, (step + 1) * batch));
    onGpu.push((await gpu.train({ x, y })).cost.item());
    onThreads.push(host.train({ x, y }).cost.item());
  }
  const adapter = gpu.adapter;
  gpu.dispose();
  host.dispose();
  return { isolated: crossOriginIsolated, adapter, onGpu, onThreads };
});
