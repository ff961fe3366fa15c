// The one ordered list of passes, from a traced function to programs ready to emit. Reads top-down.

import { InternalError } from "../ir/errors.ts";
import type { Kernel } from "../ir/kernel/kernel.ts";
import { expandKernelMath } from "../ir/kernel/math/expand.ts";
import type { Graph } from "../ir/node.ts";
import type { MemoryPlan } from "../ir/program/plan.ts";
import type { Program, ProgramModule, StateVariable } from "../ir/program/program.ts";
import type { TracedFunction } from "../ir/program/traced.ts";
import { firstMessageNumber } from "../ir/program/signature.ts";
import type { TargetDescription } from "../ir/target.ts";
import { commitState } from "./commit-state.ts";
import { cse } from "./cse.ts";
import { dce } from "./dce.ts";
import { differentiate } from "./differentiate.ts";
import { expand } from "./expand.ts";
import { coalesceLoops } from "./kernel/coalesce.ts";
import { tileLoops } from "./kernel/tile.ts";
import { vectorizeLoops } from "./kernel/vectorize.ts";
import { orderContractionAxes } from "./order-contraction-axes.ts";
import { type Pass, type PassReport, type RunOptions, type RunResult, runPasses, runStage, tensorIr } from "./pass.ts";
import { planMemory } from "./plan-memory.ts";
import { reduceStrength } from "./reduce-strength.ts";
import { schedule } from "./schedule/schedule.ts";
import { simplify } from "./simplify.ts";
import { stabilize } from "./stabilize.ts";

/** Passes over the tensor IR, in order. */
export const tensorPasses: readonly Pass<Graph>[] = [
  again(cse, "merge-before-stabilize"),
  stabilize,
  differentiate,
  again(cse, "merge-derivatives"),
  again(stabilize, "stabilize-derivatives"),
  expand,
  simplify,
  reduceStrength,
  orderContractionAxes,
  cse,
  dce,
];

/** A pass that runs more than once, under a name for each time. */
function again<IR>(pass: Pass<IR>, name: string): Pass<IR> {
  return { ...pass, name };
}

export interface GraphOptions {
  /** Verify the IR after every pass. */
  readonly verify?: boolean;
  /** Passes to run on the tensor IR; all by default. */
  readonly passes?: readonly Pass<Graph>[];
  readonly observe?: NonNullable<RunOptions<Graph>["observe"]>;
}

export interface LowerOptions extends Omit<GraphOptions, "observe"> {
  /** Called after each pass over each function. */
  readonly observe?: (traced: TracedFunction, ...step: Parameters<NonNullable<RunOptions<Graph>["observe"]>>) => void;
}

export interface Lowered {
  readonly module: ProgramModule;
  readonly plans: readonly MemoryPlan[];
  /** Per function, what each pass did; the last ones are `schedule`, `commit-state` and `plan-memory`, which count statements. */
  readonly reports: readonly (readonly PassReport[])[];
  /** Per function, the tensor IR after the last pass. */
  readonly graphs: readonly Graph[];
}

/** Compiles the functions of a model, which share state, to programs with memory plans. */
export function lowerModule(functions: readonly TracedFunction[], state: readonly StateVariable[], target: TargetDescription, options: LowerOptions = {}): Lowered {
  const { observe, ...graphOptions } = options;
  const messages = new Map<string, number>();
  const message = (text: string): number => {
    const number = messages.get(text) ?? firstMessageNumber + messages.size;
    messages.set(text, number);
    return number;
  };
  const reports: (readonly PassReport[])[] = [];
  const graphs: Graph[] = [];
  const plans: MemoryPlan[] = [];
  const programs = functions.map((traced): Program => {
    const { ir: graph, reports: passReports } = optimizeGraph(traced.graph, {
      ...graphOptions, ...(observe === undefined ? {} : { observe: (...step) => observe(traced, ...step) }),
    });
    const report = [...passReports];
    const statements = ({ body }: Program): number => body.length;
    const scheduled = runStage("schedule", tensorIr.count(graph), report,
      () => schedule({ ...traced, graph }, { target, optimize: (kernel) => optimizeKernel(kernel, target), message }), statements);
    const program = runStage("commit-state", statements(scheduled), report, () => commitState(scheduled), statements);
    plans.push(runStage("plan-memory", statements(program), report, () => planMemory(program, target), () => statements(program)));
    reports.push(report);
    graphs.push(graph);
    return program;
  });
  return { module: { programs, state, messages: [...messages.keys()] }, plans, reports, graphs };
}

export function optimizeGraph(graph: Graph, options: GraphOptions = {}): RunResult<Graph> {
  const result = runPasses(options.passes ?? tensorPasses, graph, {
    kind: tensorIr,
    ...(options.verify === undefined ? {} : { verify: options.verify }),
    ...(options.observe === undefined ? {} : { observe: options.observe }),
  });
  if (result.ir.parameters.length !== graph.parameters.length) throw new InternalError("a pass changed the parameters of a function");
  return result;
}

/** Passes over one kernel. */
export function optimizeKernel(kernel: Kernel, target: TargetDescription): Kernel {
  // Lanes are chosen for what a math function is made of: some compute in f64.
  return vectorizeLoops(tileLoops(expandKernelMath(coalesceLoops(kernel))), target);
}
