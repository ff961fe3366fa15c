// What a device moves at most: a shader that does nothing but copy as many bytes as the task moves, half of them read and half written, 16 to an invocation.

import type { Engine, Prepared } from "../engine.ts";
import { bytesOf, type Task } from "../task.ts";
import { provideGpu, queued } from "./dawn.ts";

await provideGpu();

const code = `@group(0) @binding(0) var<storage, read> source: array<vec4u>;
@group(0) @binding(1) var<storage, read_write> result: array<vec4u>;
@compute @workgroup_size(256) fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.y * groups.x * 256 + id.x;
  if (at < arrayLength(&source)) { result[at] = source[at]; }
}`;
const groupSize = 256;

let device: Promise<GPUDevice> | undefined;

async function requestDevice(): Promise<GPUDevice> {
  const adapter = (await navigator.gpu.requestAdapter())!;
  const { maxStorageBufferBindingSize, maxBufferSize } = adapter.limits;
  return adapter.requestDevice({ requiredLimits: { maxStorageBufferBindingSize, maxBufferSize } });
}

async function prepare(task: Task): Promise<Prepared> {
  const own = await (device ??= requestDevice());
  const words = Math.ceil(bytesOf(task)! / 2 / 16);
  const buffers = [0, 1].map(() => own.createBuffer({ size: words * 16, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST }));
  for (const buffer of buffers) own.queue.writeBuffer(buffer, 0, new Uint32Array(words * 4).fill(1));
  const pipeline = await own.createComputePipelineAsync({ layout: "auto", compute: { module: own.createShaderModule({ code }), entryPoint: "main" } });
  const group = own.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })) });
  const groups = Math.ceil(words / groupSize);
  const across = Math.min(groups, own.limits.maxComputeWorkgroupsPerDimension);
  const run = (): void => {
    const encoder = own.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(across, Math.ceil(groups / across));
    pass.end();
    own.queue.submit([encoder.finish()]);
  };
  return queued({ run, result: () => [], dispose: () => buffers.forEach((buffer) => buffer.destroy()) });
}

export const engine: Engine = { product: prepare, matrix: prepare, chain: prepare, pooling: prepare };
