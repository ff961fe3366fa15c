// `nanGuard`: looks at every result of a call. Where one is not finite, the call is evaluated again, op by op, to find the first op that
// made it so of finite values, and fails. Costs a look at each element of outputs and new state, and a copy of that state before the call.

import type { TensorData } from "../../ir/data.ts";
import { userError } from "../../ir/errors.ts";
import type { Graph } from "../../ir/node.ts";
import { control } from "../../passes/control/index.ts";
import { differentiate } from "../../passes/differentiate.ts";
import { optimizeGraph } from "../../passes/pipeline.ts";
import type { Backend, BoundFunction, Sizes } from "../runtime/backend.ts";
import type { TracedModel } from "../trace.ts";
import { countNotFinite, describeCounts, traceNotFinite } from "./not-finite.ts";

/** The backend, whose calls fail with E608 where they make a NaN or an infinity that they were not given; state is then what it was. */
export function guardBackend(backend: Backend, traced: TracedModel, target: "wasm" | "reference"): Backend {
  const guards = traced.functions.map((_, index) => new Guard(backend, traced, index, target));
  return {
    run: (index, inputs, sizes) => guards[index]!.watch(() => backend.run(index, inputs, sizes), () => inputs, sizes),
    getState: (index) => backend.getState(index),
    setState: (index, value) => backend.setState(index, value),
    ...(backend.bind === undefined ? {} : { bind: (index, sizes) => guards[index]!.bind(backend.bind!(index, sizes), sizes) }),
    dispose: () => backend.dispose(),
  };
}

class Guard {
  readonly #backend: Backend;
  readonly #traced: TracedModel;
  readonly #index: number;
  readonly #target: "wasm" | "reference";
  #graph: Graph | undefined;

  constructor(backend: Backend, traced: TracedModel, index: number, target: "wasm" | "reference") {
    this.#backend = backend;
    this.#traced = traced;
    this.#index = index;
    this.#target = target;
  }

  watch(run: () => readonly TensorData[], inputs: () => readonly TensorData[], sizes: Sizes): readonly TensorData[] {
    const { stateWrites } = this.#traced.functions[this.#index]!;
    const before = new Map(stateWrites.map((variable) => [variable, this.#backend.getState(variable)]));
    const outputs = run();
    const results = [...outputs, ...stateWrites.map((variable) => this.#backend.getState(variable))];
    if (results.every((result) => isFinite(result))) return outputs;
    try {
      this.#explain(results, before, inputs(), sizes);
    } catch (error) {
      before.forEach((value, variable) => this.#backend.setState(variable, value));
      throw error;
    }
    return outputs;
  }

  bind(bound: BoundFunction, sizes: Sizes): BoundFunction {
    const { inputs, outputs } = this.#traced.functions[this.#index]!;
    const run = (): readonly TensorData[] => {
      bound.run();
      return outputs.map((_, i) => bound.output(i));
    };
    return {
      input: (i) => bound.input(i), output: (i) => bound.output(i),
      run: () => void this.watch(run, () => inputs.map((_, i) => bound.input(i)), sizes),
    };
  }

  /** Throws unless what is not finite was so before. */
  #explain(results: readonly TensorData[], before: ReadonlyMap<number, TensorData>, inputs: readonly TensorData[], sizes: Sizes): void {
    const { stateReads, outputs, stateWrites } = this.#traced.functions[this.#index]!;
    const state = stateReads.map((variable) => before.get(variable) ?? this.#backend.getState(variable));
    const trace = traceNotFinite(this.#graph ??= this.#evaluated(), [...inputs, ...state], sizes);
    const wrong = results.flatMap((result, i) => (isFinite(result) ? [] : [i]));
    const origins = wrong.flatMap((i) => trace.originOf(trace.results[i]!) ?? []);
    if (origins.length > 0) throw origins.reduce((first, other) => (other.order < first.order ? other : first)).error;
    const at = wrong.find((i) => isFinite(trace.results[i]!));
    if (at === undefined) return;
    const what = at < outputs.length ? `output ${outputs[at]!.name}` : `the new value of ${this.#traced.state[stateWrites[at - outputs.length]!]!.name}`;
    throw userError("E608", {
      op: this.#traced.functions[this.#index]!.name, message: `${what} has ${describeCounts(countNotFinite(results[at]!), results[at]!.data.length)}, and none where ops are evaluated one by one`,
      hint: "values are close to the largest of their dtype",
    });
  }

  /** What runs on the target, as a graph. */
  #evaluated(): Graph {
    const { graph } = this.#traced.functions[this.#index]!;
    return optimizeGraph(graph, { control, ...(this.#target === "reference" ? { passes: [differentiate] } : {}) }).ir;
  }
}

function isFinite(tensor: TensorData): boolean {
  const { nan, infinite } = countNotFinite(tensor);
  return nan + infinite === 0;
}
