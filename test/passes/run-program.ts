// Runs a graph as a program through the interpreter, and by itself through the evaluator.

import type { TensorData } from "../../ir/data.ts";
import { allocateTensor } from "../../ir/data.ts";
import type { Graph } from "../../ir/node.ts";
import type { MathOp } from "../../ir/kernel/scalar.ts";
import type { DType } from "../../ir/types.ts";
import { interpretProgram } from "../../ir/program/interpret.ts";
import type { TracedFunction } from "../../ir/program/traced.ts";
import { opOf } from "../../ir/table.ts";
import { coalesceLoops } from "../../passes/kernel/coalesce.ts";
import { tileLoops } from "../../passes/kernel/tile.ts";
import { tileNest } from "../../passes/kernel/tile-nest.ts";
import { vectorizeLoops } from "../../passes/kernel/vectorize.ts";
import { planMemory } from "../../passes/plan-memory.ts";
import { commitState } from "../../passes/commit-state.ts";
import { schedule } from "../../passes/schedule/schedule.ts";
import * as overlaps from "../../passes/windows/lower-overlap.ts";
import { wasmTarget } from "../../codegen/wasm/whole-target.ts";

export const target = { ...wasmTarget, smallContraction: 64 };

/** Treats the graph as a function without state. */
export function traceGraph(graph: Graph): TracedFunction {
  return {
    name: graph.name, graph, sizes: [], stateReads: [], stateWrites: [],
    inputs: graph.parameters.map((node) => ({ name: String(node.attributes["name"]), type: node.type })),
    outputs: graph.results.map((node, i) => ({ name: `r${i}`, type: node.type })),
  };
}

/** A math function at one point, by the evaluator's definition. */
export function evaluateMath(op: MathOp, dtype: DType, args: readonly number[]): number {
  const inputs = args.map((arg) => {
    const tensor = allocateTensor(dtype, []);
    tensor.data[0] = arg;
    return tensor;
  });
  return Number((opOf(op).evaluate(inputs, { type: { dtype, shape: [] }, attributes: {} }) as TensorData).data[0]);
}

export function scheduleFunction(traced: TracedFunction) {
  const optimize = (kernel: Parameters<typeof coalesceLoops>[0]) => vectorizeLoops(tileLoops(coalesceLoops(kernel), tileNest), target);
  const messages: string[] = [];
  const program = commitState(schedule(traced, { target, optimize, overlaps, message: (text) => messages.push(text), print: () => 0 }));
  return { program, plan: planMemory(program, target), messages };
}

export function runProgram(traced: TracedFunction, inputs: readonly TensorData[], state: readonly TensorData[] = [], sizes: ReadonlyMap<string, number> = new Map()) {
  const { program, plan } = scheduleFunction(traced);
  return { program, outcome: interpretProgram(program, { inputs, state, sizes, plan, options: { races: true, math: evaluateMath } }) };
}
