// Times each case: dispatches in one submission, as many as fill a tenth of a second, the median of five; then prints the table.

import { countWorkgroups, halvesEnabled } from "../../codegen/wgsl/shader.ts";
import type { TypedArray } from "../../ir/data.ts";
import { hasHalves } from "../../src/runtime/webgpu/device.ts";
import { toDevice } from "../../src/runtime/webgpu/device-data.ts";
import { isMissing, requestTestDevice } from "../../test/webgpu/adapter.ts";
import { bindGroupLayout } from "../../test/webgpu/validate-shader.ts";
import { type GpuCase, gpuCases, smallWork } from "./cases.ts";

const found = await requestTestDevice();
if (isMissing(found)) {
  console.error(`not measured: ${found.missing}`);
  process.exit(1);
}
const { device, name: adapter } = found;
const isSoftware = /swiftshader|llvmpipe/i.test(adapter);

async function secondsOf({ shader, elements, sizes }: GpuCase): Promise<number> {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
  const upload = (data: TypedArray): GPUBuffer => {
    const buffer = device.createBuffer({ size: Math.ceil(data.byteLength / 16) * 16, usage });
    device.queue.writeBuffer(buffer, 0, data as Float32Array<ArrayBuffer>);
    return buffer;
  };
  const buffers = [...elements.map((count, i) => upload(toDevice(shader.buffers[i]!.dtype, Float32Array.from({ length: count }, (_, at) => Math.sin(at))))), upload(Int32Array.from(sizes))];
  const layout = bindGroupLayout(device, elements.length, sizes.length);
  const pipeline = await device.createComputePipelineAsync({
    layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
    compute: { module: device.createShaderModule({ code: shader.code }), entryPoint: "main" },
  });
  const group = device.createBindGroup({ layout, entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })) });
  const counts = countWorkgroups(shader, sizes, device.limits.maxComputeWorkgroupsPerDimension);
  const run = async (times: number): Promise<number> => {
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    for (let i = 0; i < times; i++) pass.dispatchWorkgroups(...counts);
    pass.end();
    const from = performance.now();
    device.queue.submit([encoder.finish()]);
    await device.queue.onSubmittedWorkDone();
    return (performance.now() - from) / 1000;
  };
  await run(1);
  const times = Math.min(1000, Math.max(1, Math.round(0.1 / (await run(1)))));
  const laps: number[] = [];
  for (let lap = 0; lap < 5; lap++) laps.push((await run(times)) / times);
  for (const buffer of buffers) buffer.destroy();
  return laps.sort((a, b) => a - b)[2]!;
}

const names = process.argv.slice(2);
const wanted = gpuCases.filter(({ name }) => names.length === 0 || names.some((part) => name.includes(part)));
console.log(`${adapter}\n\n| case | shader | ms | GFLOP/s | GB/s at least |\n|---|---|---|---|---|`);
for (const entry of wanted) {
  const lacking = isSoftware && entry.flops > smallWork ? "no GPU" : entry.shader.code.startsWith(halvesEnabled) && !hasHalves(device) ? "no shader-f16" : undefined;
  if (lacking !== undefined) {
    console.log(`| ${entry.name} | ${entry.shader.name} | not measured: ${lacking} | | |`);
    continue;
  }
  const seconds = await secondsOf(entry);
  console.log(`| ${entry.name} | ${entry.shader.name} | ${(seconds * 1000).toPrecision(3)} | ${(entry.flops / seconds / 1e9).toPrecision(3)} | ${(entry.bytes / seconds / 1e9).toPrecision(3)} |`);
}
device.destroy();
process.exit(0);
