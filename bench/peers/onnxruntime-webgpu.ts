// onnxruntime-web on its WebGPU provider, by Dawn; results stay on the device.

import * as ort from "onnxruntime-web/webgpu";
import { type Engine, NotAvailable } from "../engine.ts";
import { provideGpu, queued } from "../gpu/dawn.ts";
import { createEngine } from "./onnxruntime.ts";

await provideGpu();
ort.env.wasm.numThreads = 1;
ort.env.logLevel = "error";

const runsModels = createEngine((model, graphOptimizationLevel, stays) =>
  ort.InferenceSession.create(model, { graphOptimizationLevel, executionProviders: ["webgpu"], ...(stays ? { preferredOutputLocation: "gpu-buffer" } : {}) }), (prepared) => queued(prepared));

const refuse = (): never => {
  throw new NotAvailable("it runs models and does not train");
};

export const engine: Engine = { ...runsModels, mlp: refuse, lenet: refuse };
