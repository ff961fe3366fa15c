// onnxruntime-web on its WebAssembly provider, one thread.

import { dirname } from "node:path";
import { createRequire } from "node:module";
import * as ort from "onnxruntime-web";
import { createEngine } from "./onnxruntime.ts";

ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = `${dirname(createRequire(import.meta.url).resolve("onnxruntime-web"))}/`;
ort.env.logLevel = "error";

export const engine = createEngine((model, graphOptimizationLevel) =>
  ort.InferenceSession.create(model, { graphOptimizationLevel, executionProviders: ["wasm"], intraOpNumThreads: 1 }));
