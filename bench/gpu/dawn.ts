// WebGPU by Dawn for an engine's process: `navigator.gpu` as a page has it, each device with the features that rows need, and its own clock.

import { isMissing, openDawn } from "../../test/webgpu/adapter.ts";
import { NotAvailable, type Prepared } from "../engine.ts";
import { openPassClock, type PassClock, watchPasses } from "./pass-clock.ts";

const features: readonly GPUFeatureName[] = ["timestamp-query", "shader-f16"];

/** The device that the engine opened last: some give theirs back with the last model, and open another. */
let opened: { readonly device: GPUDevice; readonly clock: PassClock | undefined } | undefined;

/** Puts `navigator.gpu` in place, on the fastest adapter whatever an engine asks for. Before the engine loads. */
export async function provideGpu(): Promise<void> {
  // Without it times are whole tenths of a millisecond.
  const gpu = await openDawn(["disable-dawn-features=timestamp_quantization"]);
  if (isMissing(gpu)) throw new NotAvailable(gpu.missing);
  takeSharedBytes();
  watchPasses();
  const requestAdapter = async (options?: GPURequestAdapterOptions): Promise<GPUAdapter | null> => {
    const adapter = await gpu.requestAdapter({ ...options, powerPreference: "high-performance" });
    if (adapter === null) return null;
    const requestDevice = adapter.requestDevice.bind(adapter);
    adapter.requestDevice = async (descriptor: GPUDeviceDescriptor = {}) => {
      const wanted = features.filter((feature) => adapter.features.has(feature));
      const device = await requestDevice({ ...descriptor, requiredFeatures: [...new Set([...descriptor.requiredFeatures ?? [], ...wanted])] });
      opened = { device, clock: device.features.has("timestamp-query") ? openPassClock(device) : undefined };
      return device;
    };
    return adapter;
  };
  const { wgslLanguageFeatures } = gpu;
  const given = { requestAdapter, getPreferredCanvasFormat: () => gpu.getPreferredCanvasFormat(), wgslLanguageFeatures };
  // Node 20 has no `navigator`; a peer reads the name of its browser.
  if (globalThis.navigator === undefined) Object.defineProperty(globalThis, "navigator", { value: { userAgent: "Node.js" } });
  Object.defineProperty(globalThis.navigator, "gpu", { value: given });
}

/** onnxruntime writes out of shared memory, which browsers take and this Dawn does not. */
function takeSharedBytes(): void {
  const { writeBuffer } = GPUQueue.prototype;
  GPUQueue.prototype.writeBuffer = function (buffer, offset, data, from = 0, size?: number) {
    if (!ArrayBuffer.isView(data) || !(data.buffer instanceof SharedArrayBuffer)) {
      writeBuffer.call(this, buffer, offset, data, from, size);
      return;
    }
    const bytes = data as Uint8Array;
    writeBuffer.call(this, buffer, offset, bytes.slice(from, size === undefined ? undefined : from + size));
  };
}

/** A task whose runs queue. `submit`: brings what the engine still holds back onto the queue, or waits for what it waits for itself. */
export function queued(prepared: Prepared, submit: () => void | Promise<void> = () => {}): Prepared {
  const finish = async (): Promise<void> => {
    await submit();
    await opened!.device.queue.onSubmittedWorkDone();
  };
  return { ...prepared, finish, shaderTime: async () => opened!.clock?.timeRuns(async () => prepared.run(), finish) };
}
