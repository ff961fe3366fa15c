// Random graphs on WebGPU against the evaluator, one after another on one device, each of their shaders validated. Without a device, validated only.

import fc from "fast-check";
import { compareWith, expectationOf, gradientGraph } from "../../src/testing/check-graph.ts";
import type { RandomGraph, Regime } from "../../src/testing/random-graph.ts";
import { randomGraphs } from "../../src/testing/arbitraries.ts";
import { traceGraph } from "../../src/testing/run-graph.ts";
import { findFaults, planOf } from "./plan-of.ts";
import { runOnWebgpu } from "./run-graph.ts";

/** `numRuns` graphs, or their gradients; how many of them say something. DAMO_SEED repeats a run. */
export async function checkOnWebgpu(device: GPUDevice | undefined, regime: Regime, numRuns: number, of: (graph: RandomGraph) => RandomGraph | undefined = (random) => random): Promise<number> {
  let checked = 0;
  const seed = process.env["DAMO_SEED"];
  await fc.assert(fc.asyncProperty(randomGraphs({ regime, steps: 25, integers: ["i32", "u32"] }), async (random) => {
    const candidate = of(random);
    if (candidate !== undefined && await check(device, candidate, regime)) checked++;
  }), { numRuns, ...(seed === undefined ? {} : { seed: Number(seed) }) });
  return checked;
}

/** False: the case says nothing. */
async function check(device: GPUDevice | undefined, random: RandomGraph, regime: Regime): Promise<boolean> {
  const { graph, inputs, sizes } = random;
  if (device === undefined) {
    const faults = await findFaults(planOf([traceGraph(graph)], []));
    if (faults.length > 0) throw new Error(faults.join("\n"));
    return true;
  }
  const expectation = expectationOf(random, regime);
  if (expectation === undefined) return false;
  compareWith(expectation, await runOnWebgpu(device, graph, inputs, sizes), random, "webgpu");
  return true;
}

/** The gradient of a graph's sum; undefined if it has none. */
export function gradientOf(random: RandomGraph): RandomGraph | undefined {
  const graph = gradientGraph(random.graph);
  return graph && { ...random, graph };
}
