// What a target that lacks something, or whose kernels have few buffers, asks of graphs and of the scheduler. Loaded for such targets alone.

import type { Graph } from "../../ir/node.ts";
import type { TargetDescription } from "../../ir/target.ts";
import type { BufferBudget } from "../schedule/buffer-budget.ts";
import type { Pass } from "../pass.ts";
import { budgetOf } from "./buffer-budget.ts";
import { expandRoutines } from "./expand-routines.ts";
import { refuse } from "./refuse.ts";
import { splitConcats } from "./split-concats.ts";
import { widenHalves } from "./widen.ts";

export interface TargetFit {
  /** For targets without routines: runs with the tensor passes. */
  readonly expandRoutines: Pass<Graph> | undefined;
  /** The optimised graph in a form that the target takes. E101, E214. */
  graph(graph: Graph): Graph;
  /** Undefined: kernels have any number of buffers. */
  readonly budget: BufferBudget | undefined;
}

export function fitTo(target: TargetDescription): TargetFit {
  const { kernelBuffers, lacks } = target;
  return {
    expandRoutines: lacks === undefined ? undefined : expandRoutines(target),
    graph: (graph) => {
      refuse(graph, target);
      const wide = target.dtypes.includes("f16") ? widenHalves(graph, target) : graph;
      return kernelBuffers === undefined ? wide : splitConcats(wide, kernelBuffers - 1);
    },
    budget: kernelBuffers === undefined ? undefined : budgetOf(kernelBuffers),
  };
}
