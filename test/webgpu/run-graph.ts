// Runs a tensor graph on the adapter of the tests, each of its shaders validated first.

import type { TensorData } from "../../ir/data.ts";
import type { Graph } from "../../ir/node.ts";
import type { TracedFunction } from "../../ir/program/traced.ts";
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
