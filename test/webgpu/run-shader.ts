// Runs one shader on a device, or a sequence: buffers in, buffers out. For tests of emitters by themselves.

import type { TypedArray } from "../../ir/data.ts";
import { countWorkgroups, type Shader, type ShaderSequence } from "../../codegen/wgsl/shader.ts";
import { isMissing } from "./adapter.ts";
import { bindGroupLayout, findShaderFaults, findValidatingDevice } from "./validate-shader.ts";

/** Bytes behind every buffer, which a shader must leave as they are. */
const redZone = 256;

export interface SequenceRun {
  readonly device: GPUDevice;
  readonly sequence: ShaderSequence;
  /** One for each binding but the workspace, 32 bits an element; those that are written are replaced by what was computed. */
  readonly buffers: readonly TypedArray[];
  readonly sizes: readonly number[];
  /** The most workgroups along an axis: fewer than the device has show whether a shader strides. */
  readonly most?: number;
}

/** The same of one shader. */
export interface ShaderRun extends Omit<SequenceRun, "sequence"> {
  readonly shader: Shader;
}

export function runShader({ shader, ...run }: ShaderRun): Promise<void> {
  return runSequence({ ...run, sequence: { shaders: [shader], workspaceBytes: 0 } });
}

/** Runs them and reads back every buffer that they may write. Throws if one is faulty or writes past a buffer. */
export async function runSequence({ device, sequence, buffers: given, sizes, most = device.limits.maxComputeWorkgroupsPerDimension }: SequenceRun): Promise<void> {
  const { shaders: [{ name, buffers: bindings, sizes: words }], workspaceBytes } = sequence as ShaderSequence & { readonly shaders: readonly [Shader, ...Shader[]] };
  // Numbers that no sum may use.
  const buffers = workspaceBytes === 0 ? given : [...given, new Uint32Array(workspaceBytes / 4).fill(0x7fc0dead)];
  if (buffers.length !== bindings.length || sizes.length !== words) throw new Error(`${name}: ${buffers.length} buffers, ${sizes.length} sizes`);
  if (sequence.shaders.some((shader) => JSON.stringify([shader.buffers, shader.sizes]) !== JSON.stringify([bindings, words]))) throw new Error(`${name}: its shaders have several interfaces`);
  const prepared = await Promise.all(sequence.shaders.map((shader) => pipelineOf(device, shader)));
  const storage = buffers.map((data) => upload(device, data));
  const uniform = sizes.length === 0 ? undefined : upload(device, Int32Array.from(sizes), GPUBufferUsage.UNIFORM);
  const bound = (buffer: GPUBuffer, binding: number, size: number): GPUBindGroupEntry => ({ binding, resource: { buffer, size: padded(size) } });
  const entries = storage.map((buffer, i) => bound(buffer, i, buffers[i]!.byteLength));
  if (uniform !== undefined) entries.push(bound(uniform, storage.length, sizes.length * 4));

  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  for (const [i, { pipeline, layout }] of prepared.entries()) {
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, device.createBindGroup({ layout, entries }));
    pass.dispatchWorkgroups(...countWorkgroups(sequence.shaders[i]!, sizes, most));
  }
  pass.end();
  device.queue.submit([encoder.finish()]);

  for (const [i, { access }] of bindings.entries()) {
    const [data, bytes] = [buffers[i]!, await download(device, storage[i]!)];
    const own = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    if (bytes.subarray(own.length).some((byte) => byte !== 0)) throw new Error(`${name} writes past buffer ${i}`);
    if (access === "read" && bytes.some((byte, at) => at < own.length && byte !== own[at])) throw new Error(`${name} writes buffer ${i}, which it says it only reads`);
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
