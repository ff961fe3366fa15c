// The one ordered list of passes, from a traced function to programs ready to emit. Reads top-down.

import { InternalError } from "../ir/errors.ts";
import type { Kernel } from "../ir/kernel/kernel.ts";
import { expandKernelMath, mathIn } from "../ir/kernel/math/expand.ts";
import type { MathTable } from "../ir/kernel/math/forms.ts";
import type { MathOp } from "../ir/kernel/scalar.ts";
import type { Graph } from "../ir/node.ts";
import { kernelsOf, mapLaunches } from "../ir/program/kernels.ts";
import { statementsOf } from "../ir/program/walk.ts";
import type { Print } from "../ir/program/log.ts";
import type { MemoryPlan } from "../ir/program/plan.ts";
import type { Program, ProgramModule, StateVariable } from "../ir/program/program.ts";
import type { TracedFunction } from "../ir/program/traced.ts";
import { firstMessageNumber } from "../ir/program/signature.ts";
import type { TargetDescription } from "../ir/target.ts";
import { carryInPlace } from "./carry-in-place.ts";
import { commitState } from "./commit-state.ts";
import type { ControlPasses } from "./control/index.ts";
import { cse } from "./cse.ts";
import { dce } from "./dce.ts";
import { differentiate } from "./differentiate.ts";
import { expand } from "./expand.ts";
import { blockReductions } from "./kernel/block-reductions.ts";
import { coalesceLoops } from "./kernel/coalesce.ts";
import { hoistSizes } from "./kernel/hoist-sizes.ts";
import { tileLoops, type TileNest } from "./kernel/tile.ts";
import { vectorizeLoops } from "./kernel/vectorize.ts";
import { orderContractionAxes } from "./order-contraction-axes.ts";
import { countNodes, type Pass, type PassReport, type RunOptions, type RunResult, runPasses, runStage, type Watch } from "./pass.ts";
import { planMemory } from "./plan-memory.ts";
import type { RareParts } from "./rare-parts.ts";
import { reduceStrength } from "./reduce-strength.ts";
import { schedule } from "./schedule/schedule.ts";
import { simplify } from "./simplify.ts";
import { stabilize } from "./stabilize.ts";
import type { Sharing } from "./threads/share-among.ts";

/** Passes over the tensor IR, in order; with `control`, for graphs with loops, branches or gradients that are given; with `expandRoutines`, for targets without routines. */
export function tensorPasses(control: ControlPasses | undefined, expandRoutines?: Pass<Graph>): readonly Pass<Graph>[] {
  return [
    again(cse, "merge-before-stabilize"),
    stabilize,
    control?.stabilizeLoops,
    differentiate,
    control?.inline,
    again(cse, "merge-derivatives"),
    control?.mergeLoops,
    again(stabilize, "stabilize-derivatives"),
    expand,
    expandRoutines,
    simplify,
    reduceStrength,
    control?.accumulate,
    control?.hoistInvariants,
    control?.sinkViews,
    control?.liftProducts,
    orderContractionAxes,
    cse,
    dce,
  ].filter((pass) => pass !== undefined);
}

/** A pass that runs more than once, under a name for each time. */
function again<IR>(pass: Pass<IR>, name: string): Pass<IR> {
  return { ...pass, name };
}

export interface GraphOptions {
  readonly watch?: Watch<Graph> | undefined;
  /** For graphs with loops or branches. */
  readonly control?: ControlPasses | undefined;
  /** For targets without routines. */
  readonly expandRoutines?: Pass<Graph> | undefined;
  /** Passes to run on the tensor IR; all by default. */
  readonly passes?: readonly Pass<Graph>[];
  readonly observe?: NonNullable<RunOptions<Graph>["observe"]>;
}

export interface LowerOptions extends Omit<GraphOptions, "observe" | "control" | "expandRoutines">, RareParts {
  /** Called after each pass over each function. */
  readonly observe?: (traced: TracedFunction, ...step: Parameters<NonNullable<RunOptions<Graph>["observe"]>>) => void;
}

export interface Lowered {
  readonly module: ProgramModule;
  readonly plans: readonly MemoryPlan[];
  /** Per function, what each pass did; from `schedule` on, statements are counted. */
  readonly reports: readonly (readonly PassReport[])[];
  /** Per function, the tensor IR after the last pass. */
  readonly graphs: readonly Graph[];
}

/** Functions as programs whose kernels are as they were lowered: still with math functions in them. */
export interface Scheduled extends Pick<Lowered, "reports" | "graphs"> {
  readonly programs: readonly Program[];
  readonly messages: readonly string[];
  readonly prints: ProgramModule["prints"];
}

/** What few kernels need: it loads on demand (kernel-parts). */
export interface KernelParts {
  /** The math functions that kernels have. */
  readonly math: MathTable;
  /** For kernels that transpose. */
  readonly tileNest?: TileNest | undefined;
}

/** The first half: tensor IR to programs. */
export function scheduleModule(functions: readonly TracedFunction[], target: TargetDescription, options: LowerOptions = {}): Scheduled {
  const { observe, effectsOf, routines, overlaps, fit, ...graphOptions } = options;
  const messages = new Map<string, number>();
  const prints: Print[] = [];
  const message = (text: string): number => {
    const number = messages.get(text) ?? firstMessageNumber + messages.size;
    messages.set(text, number);
    return number;
  };
  const scheduled = functions.map((traced) => {
    const { ir, reports: passReports } = optimizeGraph(traced.graph, {
      ...graphOptions, expandRoutines: fit?.expandRoutines, ...(observe === undefined ? {} : { observe: (...step) => observe(traced, ...step) }),
    });
    const graph = fit === undefined ? ir : fit.graph(ir);
    const reports = [...passReports];
    const context = {
      target, optimize: coalesceLoops, message, print: (print: Print) => prints.push(print) - 1,
      lowerControl: options.control?.lower, routines, effectsOf, overlaps, budget: fit?.budget,
    };
    const program = runStage("schedule", countNodes(graph), reports, () => schedule({ ...traced, graph }, context), countStatements);
    return { program, graph, reports };
  });
  return {
    programs: scheduled.map(({ program }) => program), messages: [...messages.keys()], prints: prints.length > 0 ? prints : undefined,
    reports: scheduled.map(({ reports }) => reports), graphs: scheduled.map(({ graph }) => graph),
  };
}

/** The math functions that the second half needs. */
export function mathOf({ programs }: Scheduled): ReadonlySet<MathOp> {
  return new Set(programs.flatMap((program) => kernelsOf(program).flatMap(({ body }) => [...mathIn(body)])));
}

/** The second half: kernels made ready to emit, state and memory placed; with `sharing`, for several threads. */
export function planModule(scheduled: Scheduled, state: readonly StateVariable[], target: TargetDescription, parts: KernelParts, sharing?: Sharing): Lowered {
  const { messages, prints, graphs } = scheduled;
  const planned = scheduled.programs.map((given, i) => {
    const reports = [...scheduled.reports[i]!];
    const count = countStatements(given);
    const ready = runStage("kernels", count, reports, () => mapLaunches(given, (launch, isEpilogue) =>
      blockReductions(hoistSizes({ ...launch, kernel: optimizeKernel(launch.kernel, target, parts) }, isEpilogue ? 2 : 0), target)), countStatements);
    const committed = runStage("commit-state", count, reports, () => commitState(carryInPlace(ready)), countStatements);
    const program = sharing === undefined ? committed
      : runStage("split-statements", countStatements(committed), reports, () => sharing.splitStatements(committed), countStatements);
    const plan = runStage("plan-memory", countStatements(program), reports, () => planMemory(program, target), () => countStatements(program));
    return { program: sharing === undefined ? program : sharing.placeBarriers(program, plan), plan, reports };
  });
  return {
    module: { programs: planned.map(({ program }) => program), state, messages, prints },
    plans: planned.map(({ plan }) => plan), reports: planned.map(({ reports }) => reports), graphs,
  };
}

function countStatements({ body }: Program): number {
  return statementsOf(body).length;
}

export function optimizeGraph(graph: Graph, options: GraphOptions = {}): RunResult<Graph> {
  const { control, expandRoutines } = options;
  const result = runPasses(options.passes ?? tensorPasses(control, expandRoutines), graph, {
    count: countNodes, control, watch: options.watch,
    ...(options.observe === undefined ? {} : { observe: options.observe }),
  });
  if (result.ir.parameters.length !== graph.parameters.length) throw new InternalError("a pass changed the parameters of a function");
  return result;
}

/** Passes over one kernel whose loops are coalesced. */
export function optimizeKernel(kernel: Kernel, target: TargetDescription, { math, tileNest }: KernelParts): Kernel {
  const expanded = expandKernelMath(kernel, math);
  // Lanes are chosen for what a math function is made of: some compute in f64.
  return target.inBlocks ? vectorizeLoops(tileLoops(expanded, tileNest), target) : expanded;
}
