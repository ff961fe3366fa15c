// Runs a tensor graph on the adapter of the tests, each of its shaders validated first.

import type { TensorData } from "../../ir/data.ts";
import type { Graph } from "../../ir/node.ts";
import type { TracedFunction } from "../../ir/program/traced.ts";
import { passedSizes } from "../../ir/program/signature.ts";
import { type Feed, load } from "../../src/load-webgpu.ts";
import { bundlePlan } from "../../src/webgpu/build-bundle.ts";
import { Executor } from "../../src/runtime/webgpu/executor.ts";
import { toDevice } from "../../src/runtime/webgpu/device-data.ts";
import { traceGraph } from "../../src/testing/run-graph.ts";
import { findFaults, planOf, type PlanOptions } from "./plan-of.ts";

/** `sizes` has a value for every size of the graph. */
export function runOnWebgpu(device: GPUDevice, graph: Graph, inputs: readonly TensorData[], sizes: ReadonlyMap<string, number> = new Map(), options: PlanOptions = {}): Promise<readonly TensorData[]> {
  return runFunction(device, traceGraph(graph), inputs, sizes, options);
}

export async function runFunction(device: GPUDevice, traced: TracedFunction, inputs: readonly TensorData[], sizes: ReadonlyMap<string, number>, options: PlanOptions = {}): Promise<readonly TensorData[]> {
  const plan = planOf([traced], [], options);
  const faults = await findFaults(plan);
  if (faults.length > 0) throw new Error(faults.join("\n"));
  const executor = await Executor.open(device, plan, []);
  try {
    const prepared = await executor.prepare(0, Object.fromEntries(sizes));
    const outputs = await executor.call(prepared, inputs.map(({ dtype, data }) => toDevice(dtype, data)));
    return traced.outputs.map(({ type: { dtype } }, i): TensorData => {
      const { shape } = prepared.outputShapes[i]!;
      return { dtype, shape, data: outputs[i]! } as TensorData;
    });
  } finally {
    executor.dispose();
  }
}

/** By the loader of bundles. */
export async function runBundled(device: GPUDevice, traced: TracedFunction, inputs: readonly TensorData[], sizes: ReadonlyMap<string, number>): Promise<readonly TensorData[]> {
  const { bundle, signature: { functions: [signature] } } = bundlePlan(planOf([traced], []), []);
  const model = await load(bundle, { device });
  const feeds = Object.fromEntries([
    ...signature!.inputs.map(({ name }, i) => [name, inputs[i] as Feed] as const),
    ...passedSizes(signature!).map((name) => [name, sizes.get(name)!] as const),
  ]);
  const call = async (): Promise<readonly TensorData[]> => {
    const results = await model.functions[signature!.name]!(feeds);
    return signature!.outputs.map(({ name }): TensorData => {
      const { dtype, shape, data } = results[name]!;
      return { dtype, shape, data } as TensorData;
    });
  };
  try {
    const first = await call();
    // What it keeps from one call to the next does the same.
    const second = await call();
    if (JSON.stringify(first) !== JSON.stringify(second)) throw new Error("the second call gives something else");
    return second;
  } finally {
    model.dispose();
  }
}
