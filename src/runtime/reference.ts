// The target "reference": differentiates and evaluates the graph op by op. Slow, plain, and what other targets are
// compared with.

import type { TensorData } from "../../ir/data.ts";
import { evaluateGraph } from "../../ir/evaluate.ts";
import type { Graph } from "../../ir/node.ts";
import { control } from "../../passes/control/index.ts";
import { differentiate } from "../../passes/differentiate.ts";
import { countNodes, runPasses } from "../../passes/pass.ts";
import type { TracedModel } from "../trace.ts";
import type { Backend } from "./backend.ts";

function copy({ dtype, shape, data }: TensorData): TensorData {
  return { dtype, shape, data: data.slice() };
}

export function createReferenceBackend({ functions, state }: TracedModel): Backend {
  const graphs = functions.map((traced): Graph => runPasses([differentiate], traced.graph, { count: countNodes, control }).ir);
  const values = state.map((variable) => copy(variable.initial));
  return {
    run(index, inputs, sizes) {
      const traced = functions[index]!;
      const read = traced.stateReads.map((variable) => values[variable]!);
      const results = evaluateGraph(graphs[index]!, [...inputs, ...read], sizes);
      const outputs = results.slice(0, traced.outputs.length);
      traced.stateWrites.forEach((variable, i) => {
        values[variable] = copy(results[outputs.length + i]!);
      });
      return outputs.map(copy);
    },
    getState: (index) => copy(values[index]!),
    setState(index, value) {
      values[index] = copy(value);
    },
    dispose() {
      values.length = 0;
    },
  };
}
