// onnxruntime-web on its WebAssembly provider, one thread, called as its users do. It runs models and does not train.
import { dirname } from "node:path";
import { createRequire } from "node:module";
import * as ort from "onnxruntime-web";
import { sampleOf, uniform } from "../cases.ts";
import type { Engine } from "../engine.ts";
import { type OnnxGraph, writeOnnxModel } from "./onnx-model.ts";

ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = `${dirname(createRequire(import.meta.url).resolve("onnxruntime-web"))}/`;

const chain = (length: number): OnnxGraph => ({
  nodes: [
    { op: "Mul", inputs: ["x", "scale"], output: "scaled" },
    { op: "Add", inputs: ["scaled", "shift"], output: "shifted" },
    { op: "Tanh", inputs: ["shifted"], output: "tanh" },
    { op: "Sigmoid", inputs: ["x"], output: "sigmoid" },
    { op: "Mul", inputs: ["tanh", "sigmoid"], output: "product" },
    { op: "Mul", inputs: ["x", "x"], output: "square" },
    { op: "Neg", inputs: ["square"], output: "negated" },
    { op: "Exp", inputs: ["negated"], output: "bell" },
    { op: "Add", inputs: ["product", "bell"], output: "y" },
  ],
  inputs: [{ name: "x", shape: [length] }],
  constants: [
    { name: "scale", shape: [1], data: Float32Array.of(0.7) },
    { name: "shift", shape: [1], data: Float32Array.of(0.1) },
  ],
  output: { name: "y", shape: [length] },
});

const gemm = (size: number): OnnxGraph => ({
  nodes: [{ op: "MatMul", inputs: ["x", "b"], output: "y" }],
  inputs: [{ name: "x", shape: [size, size] }],
  constants: [{ name: "b", shape: [size, size], data: uniform(size * size, 1, 2) }],
  output: { name: "y", shape: [size, size] },
});

export const engine: Engine = {
  name: "onnxruntime-web",
  async prepare(task) {
    if (task.kind === "train") return undefined;
    const graph = task.kind === "gemm" ? gemm(task.size) : chain(task.length);
    const shape = graph.output.shape;
    const length = shape.reduce((product, size) => product * size, 1);
    const session = await ort.InferenceSession.create(writeOnnxModel(graph), {
      executionProviders: ["wasm"],
      intraOpNumThreads: 1,
    });
    const x = new ort.Tensor("float32", uniform(length, task.kind === "gemm" ? 1 : 6, 1), shape);
    return {
      run: () => session.run({ x }).then(() => undefined),
      check: async () => sampleOf((await session.run({ x }))["y"]!.data),
      dispose: () => void session.release(),
    };
  },
};
