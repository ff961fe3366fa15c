// mode "debug": every pass is checked on the user's own graph. Before and after each pass the graph is evaluated on
// generated inputs, and so is the program that comes out; a difference is a bug of ours, reported with the pass and the IR.

import { type CodeVariant, loadAndEmit, wasmTargetFor } from "../../codegen/wasm/index.ts";
import { allocateTensor, copyTensor, type TensorData } from "../../ir/data.ts";
import { DamoError, InternalError, userError } from "../../ir/errors.ts";
import { evaluateGraph, type Sizes } from "../../ir/evaluate.ts";
import { mayRunForever, sizeNamesOf } from "../../ir/graph.ts";
import { printGraph } from "../../ir/print.ts";
import type { Graph, Node } from "../../ir/node.ts";
import { interpretProgram } from "../../ir/program/interpret.ts";
import type { MemoryPlan } from "../../ir/program/plan.ts";
import { printProgram } from "../../ir/program/print.ts";
import type { Call, Program } from "../../ir/program/program.ts";
import type { TracedFunction } from "../../ir/program/traced.ts";
import { callsOf, statementsOf } from "../../ir/program/walk.ts";
import { evaluateDim } from "../../ir/size.ts";
import { isFloat } from "../../ir/types.ts";
import { allParts } from "../../passes/all-parts.ts";
import { control } from "../../passes/control/index.ts";
import { differentiate } from "../../passes/differentiate.ts";
import type { Pass } from "../../passes/pass.ts";
import { loadKernelParts } from "../../passes/kernel-parts.ts";
import { type Lowered, planModule, scheduleModule } from "../../passes/pipeline.ts";
import { planApart } from "../../passes/plan-memory.ts";
import { loadSharing } from "../../passes/threads/load-sharing.ts";
import { watchGraph } from "../../passes/watch-graph.ts";
import type { Backend, ThreadOptions } from "../runtime/backend.ts";
import { watchRedZones } from "../runtime/red-zones.ts";
import { startBackend } from "../runtime/start-backend.ts";
import type { TracedModel } from "../trace.ts";

/** Passes may reassociate and use other roundings; what differs by more than this share of the largest element is wrong. */
const tolerance = { f16: 2e-2, f32: 2e-3, f64: 1e-8 } as const;
/** Larger functions are evaluated on at most this many elements per input, by small symbolic sizes. */
const symbolicSizes = [3, 5, 2, 4];

/** A module in which nothing shares bytes, made by passes that were each held to the meaning of the user's graphs; every run
 *  is watched. */
export async function createCheckedBackend(traced: TracedModel, code: CodeVariant, threads: ThreadOptions): Promise<Backend> {
  const checkers = new Map(traced.functions.map((f) => [f, new GraphChecker(f)]));
  const { module, graphs } = await lowerChecked(traced, code, threads.count, checkers);
  const plans = module.programs.map((program) => planApart(program, wasmTargetFor(code)));
  const bytes = await loadAndEmit(module, plans, { weights: "external", scratch: true, code });
  const start = (): Promise<Backend> => startBackend(bytes, module, threads, (index, exports) => watchRedZones(module.programs[index]!, plans[index]!, exports));
  if (callsOf(module).some(({ routine }) => typeof routine.object !== "string")) {
    const trial = await start();
    traced.functions.forEach((f, i) => checkers.get(f)!.checkCode(f, graphs[i]!, module.programs[i]!, trial, i));
    trial.dispose();
  }
  return start();
}

/** Lowering with every pass held to the meaning of the user's graphs. */
async function lowerChecked(traced: TracedModel, code: CodeVariant, threads: number, checkers: ReadonlyMap<TracedFunction, GraphChecker>): Promise<Lowered> {
  const target = wasmTargetFor(code);
  const scheduled = scheduleModule(traced.functions, target, { watch: watchGraph, ...allParts(target), observe: (f, ...step) => checkers.get(f)!.observe(...step) });
  const lowered = planModule(scheduled, traced.state, target, await loadKernelParts(scheduled, target), await loadSharing(threads, target));
  traced.functions.forEach((f, i) => checkers.get(f)!.checkProgram(f, lowered.graphs[i]!, lowered.module.programs[i]!, lowered.plans[i]!));
  return lowered;
}

/** Watches the passes over the graph of one function. */
export class GraphChecker {
  readonly #inputs: readonly TensorData[];
  readonly #sizes: Sizes;
  #last: Outcome;
  #lastGraph: Graph | undefined;

  constructor({ graph, sizes }: TracedFunction) {
    this.#sizes = new Map([...new Set([...sizeNamesOf(graph), ...sizes])].map((name, i) => [name, symbolicSizes[i % symbolicSizes.length]!]));
    this.#inputs = generateInputs(graph, this.#sizes);
  }

  observe(pass: Pass<Graph>, before: Graph, after: Graph): void {
    if (before === after) return;
    const expected = this.#lastGraph === before ? this.#last : this.#evaluate(before);
    const actual = this.#evaluate(after);
    const fault = expected && actual && firstDifference(expected, actual);
    if (fault !== undefined) throw new InternalError(`pass ${pass.name} changed the meaning: ${fault}`, `before:\n${printGraph(before)}\nafter:\n${printGraph(after)}`);
    [this.#last, this.#lastGraph] = [actual, after];
  }

  /** Runs the program as the interpreter does, with its checks, and compares with the graph. */
  checkProgram(traced: TracedFunction, graph: Graph, program: Program, plan: MemoryPlan): void {
    const expected = this.#lastGraph === graph ? this.#last : this.#evaluate(graph);
    if (expected === undefined) return;
    const state: TensorData[] = [];
    traced.stateReads.forEach((index, i) => { state[index] = copyTensor(this.#inputs[traced.inputs.length + i]!); });
    traced.stateWrites.forEach((index, i) => { state[index] ??= allocateTensor(expected[traced.outputs.length + i]!.dtype, expected[traced.outputs.length + i]!.shape); });
    const { threads } = program;
    const outcome = interpretProgram(program, { inputs: this.#inputs, state, sizes: this.#sizes, plan, ...(threads === undefined ? {} : { threads }) });
    if (outcome.kind === "failed") throw new InternalError(`the program of ${traced.name} fails with ${outcome.error}`, printProgram(program, plan));
    const actual = [
      ...outcome.outputs.map((data, i) => ({ ...expected[i]!, data }) as TensorData),
      ...traced.stateWrites.map((index) => state[index]!),
    ];
    const fault = firstDifference(expected, actual);
    if (fault !== undefined) throw new InternalError(`the program of ${traced.name} differs from its graph: ${fault}`, printProgram(program, plan));
  }

  /** Runs the function and holds what code of the user's it calls to its `evaluate`: E213. The backend's state becomes that of the generated inputs. */
  checkCode(traced: TracedFunction, graph: Graph, { body }: Program, backend: Backend, index: number): void {
    const calls = statementsOf(body).filter((statement) => statement.kind === "call" && typeof statement.routine.object !== "string") as readonly Call[];
    const expected = this.#lastGraph === graph ? this.#last : this.#evaluate(graph);
    if (calls.length === 0 || expected === undefined) return;
    const { inputs, stateReads, stateWrites } = traced;
    stateReads.forEach((variable, i) => backend.setState(variable, this.#inputs[inputs.length + i]!));
    const run = (): readonly TensorData[] => [...backend.run(index, this.#inputs.slice(0, inputs.length), this.#sizes), ...stateWrites.map((variable) => backend.getState(variable))];
    const fault = faultOf(() => firstDifference(expected, run()));
    if (fault === undefined) return;
    const names = [...new Set(calls.map(({ symbol }) => symbol))].join(", ");
    throw userError("E213", { op: names, message: `the code does not do what evaluate does: in ${traced.name}, on inputs that were made up, ${fault}` });
  }

  /** Derivatives have no value of their own before they are taken. */
  #evaluate(graph: Graph): Outcome {
    const expanded = differentiate.run(graph, { control });
    if (mayRunForever(expanded)) return undefined;
    try {
      return evaluateGraph(expanded, this.#inputs, this.#sizes);
    } catch (error) {
      if (error instanceof DamoError) return undefined;
      throw error;
    }
  }
}

/** A call that fails is a fault, too. */
function faultOf(compare: () => string | undefined): string | undefined {
  try {
    return compare();
  } catch (error) {
    if (error instanceof DamoError) return `it fails: ${error.detail.message}`;
    throw error;
  }
}

/** Undefined where the generated inputs are not ones that the function takes: an index is out of range, a loop does not end. */
type Outcome = readonly TensorData[] | undefined;

function generateInputs(graph: Graph, sizes: Sizes): readonly TensorData[] {
  let seed = 1;
  return graph.parameters.map((parameter: Node) => {
    const { dtype, shape } = parameter.type;
    const tensor = allocateTensor(dtype, shape.map((dim) => evaluateDim(dim, sizes)));
    for (let i = 0; i < tensor.data.length; i++) {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      const unit = (seed >>> 8) / 2 ** 24;
      // Integers are 0 or 1: most of them are indices, and must be in range.
      const value = isFloat(dtype) ? unit * 2 - 1 : Math.floor(unit * 2);
      tensor.data[i] = (dtype === "i64" ? BigInt(value) : value) as never;
    }
    return tensor;
  });
}

function firstDifference(expected: readonly TensorData[], actual: readonly TensorData[]): string | undefined {
  for (const [i, a] of expected.entries()) {
    const b = actual[i]!;
    const values = Array.from(a.data as Float64Array, Number);
    const largest = values.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 1);
    const allowed = isFloat(a.dtype) ? tolerance[a.dtype] * largest : 0;
    for (const [at, value] of values.entries()) {
      const other = Number(b.data[at]);
      // An infinity or NaN may become finite: that is what the stabilising rules are for.
      if (Object.is(value, other) || !Number.isFinite(value) || Math.abs(value - other) <= allowed) continue;
      return `element ${at} of result ${i} is ${other}, not ${value}`;
    }
  }
  return undefined;
}
