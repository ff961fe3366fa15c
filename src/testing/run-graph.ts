// Runs a tensor graph as a WebAssembly module, without the language layer.

import { type CodeVariant, emitModule, strict } from "../../codegen/wasm/index.ts";
import { wasmTargetFor } from "../../codegen/wasm/whole-target.ts";
import { arrayViews, elementCount, type TensorData } from "../../ir/data.ts";
import { InternalError } from "../../ir/errors.ts";
import { rebuild } from "../../ir/graph.ts";
import { createBuilder } from "../../ir/build.ts";
import type { Attribute, Attributes, Graph } from "../../ir/node.ts";
import type { ProgramModule } from "../../ir/program/program.ts";
import type { TracedFunction } from "../../ir/program/traced.ts";
import type { FloatDType } from "../../ir/types.ts";
import { lowerModule } from "../../passes/lower-module.ts";
import type { GraphOptions } from "../../passes/pipeline.ts";

/** The graph as a function without state. */
export function traceGraph(graph: Graph): TracedFunction {
  return {
    name: "f", graph, sizes: [], stateReads: [], stateWrites: [],
    inputs: graph.parameters.map((node) => ({ name: String(node.attributes["name"]), type: node.type })),
    outputs: graph.results.map((node, i) => ({ name: `r${i}`, type: node.type })),
  };
}

export interface RunGraphOptions extends Omit<GraphOptions, "observe" | "control"> {
  readonly code?: CodeVariant;
}

export function runOnWasm(graph: Graph, inputs: readonly TensorData[], sizes: ReadonlyMap<string, number>, { code = strict, ...options }: RunGraphOptions = {}): readonly TensorData[] {
  const { module, plans } = lowerModule([traceGraph(graph)], [], wasmTargetFor(code), options);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(emitModule(module, plans, { code })));
  return runExports(exports, module, graph, inputs, sizes);
}

/** One run of an instance of the module that the graph, traced, was lowered to. */
export function runExports(
  exports: WebAssembly.Exports, module: ProgramModule, graph: Graph, inputs: readonly TensorData[], sizes: ReadonlyMap<string, number>,
): readonly TensorData[] {
  const call = (name: string, ...args: number[]) => (exports[name] as (...args: number[]) => number)(...args);
  const memory = exports["memory"] as WebAssembly.Memory;
  const prepared = call("f_prepare", ...module.programs[0]!.sizes.map((name) => sizes.get(name)!));
  if (prepared !== 0) throw new InternalError(`prepare returned ${prepared}`);
  inputs.forEach(({ dtype, data }, i) => {
    new arrayViews[dtype](memory.buffer, call("f_input", i) >>> 0, data.length).set(data as never);
  });
  const status = call("f_run");
  if (status !== 0) throw new InternalError(`run returned ${status}`);
  return graph.results.map(({ type }, i): TensorData => {
    const shape = type.shape.map((_, axis) => call("f_output_dim", i, axis));
    return { dtype: type.dtype, shape, data: new arrayViews[type.dtype](memory.buffer, call("f_output", i) >>> 0, elementCount(shape)).slice() };
  });
}

/** The same graph with f64 in the place of f32. */
export function widen(graph: Graph): Graph {
  return withFloats(graph, "f64");
}

/** The same graph with another dtype in the place of f32. */
export function withFloats(graph: Graph, dtype: FloatDType | "f16"): Graph {
  const parameters = graph.parameters.map((node, i) => createBuilder(node.location).parameter(i, String(node.attributes["name"]),
    { dtype: node.type.dtype === "f32" ? dtype : node.type.dtype, shape: node.type.shape }));
  const replaced = new Map(graph.parameters.map((node, i) => [node, parameters[i]!]));
  const retyped = (attributes: Attributes): Attributes => Object.fromEntries(Object.entries(attributes).map(([name, value]): [string, Attribute] =>
    [name, name === "dtype" && value === "f32" ? dtype : value]));
  const { results } = rebuild(graph, (node, inputs) => {
    const actual = inputs.map((input) => replaced.get(input) ?? input);
    return createBuilder(node.location).make(node.op, actual, retyped(node.attributes));
  });
  return { name: graph.name, parameters, results: results.map((node) => replaced.get(node) ?? node) };
}

export function widenData(tensor: TensorData): TensorData {
  return tensor.dtype === "f32" ? { dtype: "f64", shape: tensor.shape, data: Float64Array.from(tensor.data as Float32Array) } : tensor;
}
