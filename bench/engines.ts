// Everything that can be measured, by name: where its engine is, and what runs it.

import type { Clock } from "./worker.ts";

interface Place {
  readonly module: string;
  readonly export: string;
  /** `own` unless said otherwise. */
  readonly clock?: Clock;
}

/** A module for Node, or `numpy`, which a Python process runs. */
const places = {
  damo: { module: "./damo.ts", export: "plain" },
  "damo-calls": { module: "./damo.ts", export: "calls" },
  "damo-relaxed": { module: "./damo.ts", export: "relaxed" },
  "damo-wide": { module: "./damo.ts", export: "wide" },
  "damo-wide-relaxed": { module: "./damo.ts", export: "wideRelaxed" },
  "damo-threads": { module: "./damo.ts", export: "threads", clock: "elapsed" },
  "damo-untransposed": { module: "./damo.ts", export: "untransposed" },
  "tfjs-wasm": { module: "./peers/tfjs-wasm.ts", export: "engine" },
  "onnxruntime-web": { module: "./peers/onnxruntime-web.ts", export: "engine" },
  "jax-js": { module: "./peers/jax-js-wasm.ts", export: "engine" },
  "ml-matrix": { module: "./peers/ml-matrix.ts", export: "engine" },
  "numpy-ts": { module: "./peers/numpy-ts.ts", export: "engine" },
  "fft.js": { module: "./peers/fft-packages.ts", export: "fftJs" },
  "kissfft-js": { module: "./peers/fft-packages.ts", export: "kissfft" },
  "pffft-wasm": { module: "./peers/fft-packages.ts", export: "pffft" },
  "typed-array": { module: "./peers/typed-array.ts", export: "engine" },
  handwritten: { module: "./peers/handwritten.ts", export: "engine" },
  "onnxruntime-node": { module: "./peers/onnxruntime-node.ts", export: "engine" },
  numpy: "numpy",
  /** By WebGPU. */
  "damo-webgpu": { module: "./gpu/damo.ts", export: "engine", clock: "elapsed" },
  "tfjs-webgpu": { module: "./peers/tfjs-webgpu.ts", export: "engine", clock: "elapsed" },
  "onnxruntime-webgpu": { module: "./peers/onnxruntime-webgpu.ts", export: "engine", clock: "elapsed" },
  "jax-js-webgpu": { module: "./peers/jax-js-webgpu.ts", export: "engine", clock: "elapsed" },
  "copy-webgpu": { module: "./gpu/copy.ts", export: "engine", clock: "elapsed" },
  /** Limits of the machine, and what a task costs at the least. */
  peak: { module: "./limits/peak.ts", export: "engine" },
  copy: { module: "./limits/bandwidth.ts", export: "copy" },
  read: { module: "./limits/bandwidth.ts", export: "read" },
  "low-accuracy": { module: "./limits/low-accuracy.ts", export: "engine" },
} satisfies Readonly<Record<string, Place | "numpy">>;

export type EngineName = keyof typeof places;

export const engines: Readonly<Record<EngineName, Place | "numpy">> = places;

export const wasmPeers: readonly EngineName[] = ["tfjs-wasm", "onnxruntime-web", "jax-js"];
export const webgpuPeers: readonly EngineName[] = ["tfjs-webgpu", "onnxruntime-webgpu", "jax-js-webgpu"];
export const natives: readonly EngineName[] = ["numpy", "onnxruntime-node"];
