// Compute pipelines of a device, each made once for its source, all at the same time, off the calling thread.

import type { Shader } from "../../../codegen/wgsl/shader.ts";
import { userError } from "../../../ir/errors.ts";
import { shaderStageCompute } from "./buffer-usage.ts";
import { nameOf } from "./device.ts";

interface DeviceCache {
  readonly layouts: Map<string, GPUBindGroupLayout>;
  readonly pipelines: Map<string, Promise<GPUComputePipeline>>;
}

/** Of one device. Executors hold those that they use: one that is dropped here is only made again for a later model. */
export const mostPipelines = 1024;

const caches = new WeakMap<GPUDevice, DeviceCache>();

function cacheOf(device: GPUDevice): DeviceCache {
  let cache = caches.get(device);
  if (cache === undefined) caches.set(device, cache = { layouts: new Map(), pipelines: new Map() });
  return cache;
}

/** Storage buffers at bindings 0, 1, ...; after them, if there are words, a uniform at a dynamic offset. */
export function layoutOf(device: GPUDevice, { buffers, sizes }: Shader): GPUBindGroupLayout {
  const { layouts } = cacheOf(device);
  const key = `${buffers.length},${sizes > 0}`;
  let layout = layouts.get(key);
  if (layout === undefined) {
    const visibility = shaderStageCompute;
    const entries: GPUBindGroupLayoutEntry[] = buffers.map((_, binding) => ({ binding, visibility, buffer: { type: "storage" } }));
    if (sizes > 0) entries.push({ binding: buffers.length, visibility, buffer: { type: "uniform", hasDynamicOffset: true } });
    layouts.set(key, layout = device.createBindGroupLayout({ entries }));
  }
  return layout;
}

/** E412, with the compiler's messages, for a shader that the device does not take. */
export function pipelineOf(device: GPUDevice, shader: Shader): Promise<GPUComputePipeline> {
  const { pipelines } = cacheOf(device);
  let pipeline = pipelines.get(shader.code);
  if (pipeline === undefined) pipeline = createPipeline(device, shader);
  else pipelines.delete(shader.code);
  // The one that was longest not asked for stands first.
  pipelines.set(shader.code, pipeline);
  if (pipelines.size > mostPipelines) pipelines.delete(pipelines.keys().next().value!);
  return pipeline;
}

async function createPipeline(device: GPUDevice, shader: Shader): Promise<GPUComputePipeline> {
  const { name, code } = shader;
  // Without the scope, the error would be one that nobody caught, on whoever's device this is.
  device.pushErrorScope("validation");
  const module = device.createShaderModule({ label: name, code });
  const pipeline = device.createComputePipelineAsync({
    label: name, layout: device.createPipelineLayout({ bindGroupLayouts: [layoutOf(device, shader)] }), compute: { module, entryPoint: "main" },
  });
  const [fault, made] = await Promise.allSettled([device.popErrorScope(), pipeline]);
  if (made.status === "fulfilled") return made.value;
  const { messages } = await module.getCompilationInfo();
  const why = messages.map(({ lineNum, message }) => `line ${lineNum}: ${message}\n  ${code.split("\n")[lineNum - 1] ?? ""}`);
  if (why.length === 0) why.push(String(fault.status === "fulfilled" ? fault.value?.message ?? made.reason : made.reason));
  throw userError("E412", {
    op: "compile", message: `${nameOf(device.adapterInfo)} does not take the shader "${name}": ${why.join("\n")}`,
    hint: "report this: it is Damo's fault or the driver's; a newer driver may help, and the target wasm runs the model",
  });
}
