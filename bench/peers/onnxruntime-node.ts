// onnxruntime-node, native code on one thread: a reference for what the machine can do. Not installed with the others, for its size.

import * as ort from "onnxruntime-node";
import { createEngine } from "./onnxruntime.ts";

export const engine = createEngine((model, graphOptimizationLevel) =>
  ort.InferenceSession.create(model, { graphOptimizationLevel, executionProviders: ["cpu"], intraOpNumThreads: 1, interOpNumThreads: 1 }));
