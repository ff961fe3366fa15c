// Runs one shader on a device: buffers in, buffers out. For tests of emitters by themselves.

import type { TypedArray } from "../../ir/data.ts";
import { countWorkgroups, type Shader } from "../../codegen/wgsl/shader.ts";
import { isMissing } from "./adapter.ts";
import { bindGroupLayout, findShaderFaults, findValidatingDevice } from "./validate-shader.ts";

/** Bytes behind every buffer, which a shader must leave as they are. */
const redZone = 256;

export interface ShaderRun {
  readonly device: GPUDevice;
  readonly shader: Shader;
  /** One for each binding, 32 bits an element; those that are written are replaced by what was computed. */
  readonly buffers: readonly TypedArray[];
  readonly sizes: readonly number[];
  /** The most workgroups along an axis: fewer than the device has show whether a shader strides. */
  readonly most?: number;
}

/** Runs it and reads back every buffer that it may write. Throws if the shader is faulty or writes past a buffer. */
export async function runShader({ device, shader, buffers, sizes, most = device.limits.maxComputeWorkgroupsPerDimension }: ShaderRun): Promise<void> {
  if (buffers.length !== shader.buffers.length || sizes.length !== shader.sizes) throw new Error(`${shader.name}: ${buffers.length} buffers, ${sizes.length} sizes`);
  const { pipeline, layout } = await pipelineOf(device, shader);
  const storage = buffers.map((data) => upload(device, data));
  const uniform = sizes.length === 0 ? undefined : upload(device, Int32Array.from(sizes), GPUBufferUsage.UNIFORM);
  const bound = (buffer: GPUBuffer, binding: number, size: number): GPUBindGroupEntry => ({ binding, resource: { buffer, size: padded(size) } });
  const entries = storage.map((buffer, i) => bound(buffer, i, buffers[i]!.byteLength));
  if (uniform !== undefined) entries.push(bound(uniform, storage.length, sizes.length * 4));

  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device.createBindGroup({ layout, entries }));
  pass.dispatchWorkgroups(...countWorkgroups(shader, sizes, most));
  pass.end();
  device.queue.submit([encoder.finish()]);

  for (const [i, { access }] of shader.buffers.entries()) {
    const [data, bytes] = [buffers[i]!, await download(device, storage[i]!)];
    const own = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    if (bytes.subarray(own.length).some((byte) => byte !== 0)) throw new Error(`${shader.name} writes past buffer ${i}`);
    if (access === "read" && bytes.some((byte, at) => at < own.length && byte !== own[at])) throw new Error(`${shader.name} writes buffer ${i}, which it says it only reads`);
    if (access !== "read") own.set(bytes.subarray(0, own.length));
  }
  for (const buffer of [...storage, ...(uniform === undefined ? [] : [uniform])]) buffer.destroy();
}

interface Prepared {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

const prepared = new WeakMap<GPUDevice, Map<string, Promise<Prepared>>>();

/** Made once for each source. */
function pipelineOf(device: GPUDevice, shader: Shader): Promise<Prepared> {
  let known = prepared.get(device);
  if (known === undefined) prepared.set(device, known = new Map());
  let pipeline = known.get(shader.code);
  if (pipeline === undefined) known.set(shader.code, pipeline = prepare(device, shader));
  return pipeline;
}

async function prepare(device: GPUDevice, shader: Shader): Promise<Prepared> {
  const validating = await findValidatingDevice();
  const faults = isMissing(validating) ? [validating.missing] : await findShaderFaults(validating, shader);
  if (faults.length > 0) throw new Error(faults.join("\n"));
  const layout = bindGroupLayout(device, shader.buffers.length, shader.sizes);
  const pipeline = await device.createComputePipelineAsync({
    layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
    compute: { module: device.createShaderModule({ code: shader.code }), entryPoint: "main" },
  });
  return { pipeline, layout };
}

/** A binding is at least one element, and here a multiple of a vector. */
const padded = (bytes: number): number => Math.max(16, Math.ceil(bytes / 16) * 16);

function upload(device: GPUDevice, data: TypedArray, usage = GPUBufferUsage.STORAGE): GPUBuffer {
  const buffer = device.createBuffer({ size: padded(data.byteLength) + redZone, usage: usage | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST });
  device.queue.writeBuffer(buffer, 0, data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
  return buffer;
}

async function download(device: GPUDevice, from: GPUBuffer): Promise<Uint8Array> {
  const staging = device.createBuffer({ size: from.size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(from, 0, staging, 0, from.size);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  const bytes = new Uint8Array(staging.getMappedRange().slice(0));
  staging.destroy();
  return bytes;
}
