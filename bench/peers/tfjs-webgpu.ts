// TensorFlow.js on its WebGPU backend, by Dawn.

import * as tf from "@tensorflow/tfjs";
import { provideGpu, queued } from "../gpu/dawn.ts";
import { startEngine } from "./tfjs.ts";

await provideGpu();
await import("@tensorflow/tfjs-backend-webgpu");

/** Operations are collected in passes, some to a submission: the last are still to be submitted. */
const submitLast = (): void => {
  const backend = tf.backend() as unknown as { readonly commandEncoder: object | null; endComputePassEncoder(): void; submitQueue(): void };
  if (backend.commandEncoder === null) return;
  backend.endComputePassEncoder();
  backend.submitQueue();
};

export const engine = await startEngine("webgpu", { read: (tensor) => tensor.data(), onDevice: (prepared) => queued(prepared, submitLast) });
