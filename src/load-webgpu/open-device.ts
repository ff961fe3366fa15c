// A device for a bundle. Counted in bytes.

import { fail } from "../load-feeds.ts";

// In Node, Dawn. Once an instance is collected, promises of its devices stay pending for ever.
let gpu = (globalThis as { navigator?: Partial<Navigator> }).navigator?.gpu;

/** E411 if there is none with these features. */
export async function openDevice(requiredFeatures: readonly GPUFeatureName[]): Promise<GPUDevice> {
  try {
    // Not as a literal, nor as what a minifier makes one of: bundlers for browsers would look for the package.
    gpu ??= (await import(["webgpu"].join()) as { create(options: string[]): GPU }).create([]);
    const adapter = (await gpu.requestAdapter({ powerPreference: "high-performance" }))!;
    const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits;
    return await adapter.requestDevice({ requiredFeatures: requiredFeatures as GPUFeatureName[], requiredLimits: { maxBufferSize, maxStorageBufferBindingSize } });
  } catch (error) {
    return fail(`E411 no WebGPU: ${error}`);
  }
}
