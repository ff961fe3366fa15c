// Validates shaders offline: Dawn's null backend compiles WGSL and checks pipelines and bindings without any driver.

import type { Shader } from "../../codegen/wgsl/shader.ts";
import { type Found, isMissing, openDawn } from "./adapter.ts";

let device: Promise<Found<GPUDevice>> | undefined;

/** A device that executes nothing, with WebGPU's default limits, halves and subgroups; the same one each time. */
export function findValidatingDevice(): Promise<Found<GPUDevice>> {
  return (device ??= openValidatingDevice());
}

async function openValidatingDevice(): Promise<Found<GPUDevice>> {
  const gpu = await openDawn(["backend=null"]);
  if (isMissing(gpu)) return gpu;
  const adapter = await gpu.requestAdapter();
  return adapter === null ? { missing: "Dawn has no null backend" } : adapter.requestDevice({ requiredFeatures: ["shader-f16", "subgroups"] });
}

/** What is wrong with a shader: its compiler's messages, and whether its bindings are what it says they are. */
export async function findShaderFaults(on: GPUDevice, { name, code, buffers, sizes }: Shader): Promise<string[]> {
  const faults: string[] = [];
  on.pushErrorScope("validation");
  const module = on.createShaderModule({ code });
  const { messages } = await module.getCompilationInfo();
  for (const { type, lineNum, message } of messages) {
    // Tint states again as an error of the scope what follows from these.
    faults.push(`${name}: ${type} in line ${lineNum}: ${message}\n  ${code.split("\n")[lineNum - 1] ?? ""}`);
  }
  const compiled = await on.popErrorScope();
  if (compiled !== null && faults.length === 0) faults.push(`${name}: ${compiled.message}`);
  if (faults.length > 0) return faults;
  on.pushErrorScope("validation");
  on.createComputePipeline({ layout: on.createPipelineLayout({ bindGroupLayouts: [bindGroupLayout(on, buffers.length, sizes)] }), compute: { module, entryPoint: "main" } });
  const built = await on.popErrorScope();
  return built === null ? [] : [`${name}: ${built.message}`];
}

/** The layout that the interface of a shader promises. */
export function bindGroupLayout(device: GPUDevice, buffers: number, sizes: number): GPUBindGroupLayout {
  const compute = 4;
  const entries: GPUBindGroupLayoutEntry[] = Array.from({ length: buffers }, (_, binding) => ({ binding, visibility: compute, buffer: { type: "storage" } }));
  if (sizes > 0) entries.push({ binding: buffers, visibility: compute, buffer: { type: "uniform" } });
  return device.createBindGroupLayout({ entries });
}
