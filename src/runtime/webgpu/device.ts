// Devices for models: all that do not bring their own share one, so that a tensor of one can be fed to another.

import type { WebgpuLimits } from "../../../codegen/wgsl/target.ts";
import { userError } from "../../../ir/errors.ts";
import { countSubgroupNeighbours, subgroupsFeature } from "./subgroups.ts";

export interface OpenDevice {
  readonly device: GPUDevice;
  /** As reports name it. */
  readonly adapter: string;
  /** Called once, by whoever opened it. */
  release(): void;
}

/** The limits that are asked for as high as the adapter has them. */
const wanted = ["maxStorageBuffersPerShaderStage", "maxStorageBufferBindingSize", "maxBufferSize", "maxComputeWorkgroupStorageSize", "maxComputeInvocationsPerWorkgroup", "maxComputeWorkgroupSizeX"] as const;

/** The feature that f16 needs, asked for where there is one. */
const halvesFeature = "shader-f16";

export function hasHalves({ features }: Pick<GPUDevice, "features">): boolean {
  return features.has(halvesFeature);
}

/** As plans are made for it. */
export async function limitsOf(device: GPUDevice): Promise<WebgpuLimits> {
  return {
    storageBuffers: device.limits.maxStorageBuffersPerShaderStage, halves: hasHalves(device), subgroup: await countSubgroupNeighbours(device),
    kind: device.adapterInfo.isFallbackAdapter ? "software" : "gpu",
  };
}

interface SharedDevice {
  readonly device: Promise<GPUDevice>;
  users: number;
}

let shared: SharedDevice | undefined;

/** `given`: a device that the user brought, and keeps. E411 if none can be had. */
export async function openDevice(given?: GPUDevice): Promise<OpenDevice> {
  if (given !== undefined) return { device: given, adapter: nameOf(given.adapterInfo), release: () => {} };
  const own = (shared ??= { device: requestDevice(), users: 0 });
  own.users++;
  const forget = (): void => {
    if (shared === own) shared = undefined;
  };
  try {
    const device = await own.device;
    void device.lost.then(forget);
    return {
      device, adapter: nameOf(device.adapterInfo),
      release: () => {
        if (--own.users > 0) return;
        forget();
        device.destroy();
      },
    };
  } catch (error) {
    forget();
    throw error;
  }
}

async function requestDevice(): Promise<GPUDevice> {
  const gpu = (globalThis as { readonly navigator?: Partial<Navigator> }).navigator?.gpu ?? await loadPackage();
  if (gpu === undefined) {
    throw userError("E411", { op: "compile", message: "there is no WebGPU here", hint: "in Node, install Dawn with npm install webgpu; a page needs https and a browser with WebGPU; or use the target wasm" });
  }
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (adapter === null) {
    throw userError("E411", { op: "compile", message: "WebGPU finds no adapter", hint: "a driver is missing (on Linux, one for Vulkan) or switched off; or use the target wasm" });
  }
  try {
    return await adapter.requestDevice({ requiredFeatures: [halvesFeature, subgroupsFeature].filter((name) => adapter.features.has(name)) as GPUFeatureName[], requiredLimits: Object.fromEntries(wanted.map((name) => [name, adapter.limits[name]])) });
  } catch (cause) {
    throw userError("E411", { op: "compile", message: `the adapter ${nameOf(adapter.info)} gives no device: ${cause instanceof Error ? cause.message : String(cause)}`, cause });
  }
}

/** Only where there is Node, or something like it. */
async function loadPackage(): Promise<GPU | undefined> {
  if ((globalThis as { readonly process?: { readonly versions?: { readonly node?: string } } }).process?.versions?.node === undefined) return undefined;
  return (await import("../../node-webgpu.ts")).loadNodeWebgpu();
}

/** Vendor and name. */
export function nameOf({ vendor, architecture, description }: GPUAdapterInfo): string {
  return [vendor, architecture, description].filter((part) => part !== "").join(" ") || "an adapter without a name";
}
