// What a target that lacks something, or whose kernels have few buffers, asks of graphs and of the scheduler. Loaded for such targets alone.

import type { Graph } from "../../ir/node.ts";
import type { TargetDescription } from "../../ir/target.ts";
import type { BufferBudget } from "../schedule/buffer-budget.ts";
import { budgetOf } from "./buffer-budget.ts";
import { refuse } from "./refuse.ts";
import { splitConcats } from "./split-concats.ts";

export interface TargetFit {
  /** The optimised graph in a form that the target takes. E101, E214. */
  graph(graph: Graph): Graph;
  readonly budget: BufferBudget;
}

/** Undefined for a target that takes whatever there is. */
export function fitTo(target: TargetDescription): TargetFit | undefined {
  const { kernelBuffers } = target;
  if (kernelBuffers === undefined) return undefined;
  return {
    graph: (graph) => {
      refuse(graph, target);
      return splitConcats(graph, kernelBuffers - 1);
    },
    budget: budgetOf(kernelBuffers),
  };
}
