// A WebGPU device for tests, by Dawn (npm `webgpu`). Where there is none, tests are skipped and the log says what is missing.

import { missingDriver } from "./driver.ts";

export interface TestAdapter {
  readonly gpu: GPU;
  readonly adapter: GPUAdapter;
  /** As a report names it. */
  readonly name: string;
}

export type Found<T> = T | { readonly missing: string };

export function isMissing<T extends object>(found: Found<T>): found is { readonly missing: string } {
  return "missing" in found;
}

type Dawn = { readonly create: (options: string[]) => GPU; readonly globals: object };

/** Once an instance of Dawn is collected, promises of its devices stay pending for ever: so all are kept. */
const instances: GPU[] = [];

/** An instance of Dawn, with WebGPU's global names (GPUBufferUsage and the like) in place. */
export async function openDawn(options: string[] = []): Promise<Found<GPU>> {
  try {
    const { create, globals } = (await import("webgpu")) as unknown as Dawn;
    Object.assign(globalThis, globals);
    const gpu = create(options);
    instances.push(gpu);
    return gpu;
  } catch (error) {
    return { missing: `Dawn does not load: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}` };
  }
}

let adapter: Promise<Found<TestAdapter>> | undefined;

/** The adapter of this process, looked for once. */
export function findTestAdapter(): Promise<Found<TestAdapter>> {
  return (adapter ??= lookForAdapter());
}

async function lookForAdapter(): Promise<Found<TestAdapter>> {
  const missing = missingDriver();
  if (missing !== undefined) return { missing };
  const gpu = await openDawn();
  if (isMissing(gpu)) return gpu;
  const found = await gpu.requestAdapter();
  if (found === null) return { missing: `no Vulkan driver answers (VK_ICD_FILENAMES is ${process.env["VK_ICD_FILENAMES"] ?? "not set"})` };
  const { vendor, architecture, description } = found.info;
  return { gpu, adapter: found, name: [vendor, architecture, description].filter((part) => part !== "").join(" ") };
}

/** A fresh device with what a test needs and the adapter has; the caller destroys it. */
export async function requestTestDevice(descriptor: GPUDeviceDescriptor = {}): Promise<Found<{ readonly device: GPUDevice; readonly name: string }>> {
  const found = await findTestAdapter();
  if (isMissing(found)) return found;
  // An adapter gives one device.
  const adapter = await found.gpu.requestAdapter();
  const features = (["shader-f16", "subgroups"] as const).filter((name) => adapter!.features.has(name));
  return { device: await adapter!.requestDevice({ requiredFeatures: features, ...descriptor }), name: found.name };
}

/** What a test file says when it skips. */
export function reportMissing({ missing }: { readonly missing: string }, what: string): void {
  console.log(`no WebGPU adapter here, ${missing}: ${what}`);
}
