// The target "reference": differentiates and evaluates the graph op by op. Slow, plain, and what other targets are
// compared with.

import { copyTensor } from "../../ir/data.ts";
import { evaluateGraph } from "../../ir/evaluate.ts";
import type { Graph } from "../../ir/node.ts";
import { control } from "../../passes/control/index.ts";
import { cse } from "../../passes/cse.ts";
import { differentiate } from "../../passes/differentiate.ts";
import { nodeKinds } from "../../passes/node-kinds.ts";
import { countNodes, runPasses } from "../../passes/pass.ts";
import { observePrints } from "../debug/observe-prints.ts";
import type { TracedModel } from "../trace.ts";
import type { Backend } from "./backend.ts";

/** `log` gets the lines of prints. */
export function createReferenceBackend({ functions, state }: TracedModel, log: (line: string) => void): Backend {
  // A derivative brings a copy of what it is the derivative of: merged, as for any target, nothing is printed twice.
  const merge = nodeKinds(functions.map(({ graph }) => graph)).has("effect") ? [{ ...cse, name: "merge-derivatives" }, control.mergeLoops] : [];
  const graphs = functions.map((traced): Graph => runPasses([differentiate, ...merge], traced.graph, { count: countNodes, control }).ir);
  const observe = observePrints(log);
  const values = state.map((variable) => copyTensor(variable.initial));
  return {
    run(index, inputs, sizes) {
      const traced = functions[index]!;
      const read = traced.stateReads.map((variable) => values[variable]!);
      const results = evaluateGraph(graphs[index]!, [...inputs, ...read], sizes, observe);
      const outputs = results.slice(0, traced.outputs.length);
      traced.stateWrites.forEach((variable, i) => {
        values[variable] = copyTensor(results[outputs.length + i]!);
      });
      return outputs.map(copyTensor);
    },
    getState: (index) => copyTensor(values[index]!),
    setState(index, value) {
      values[index] = copyTensor(value);
    },
    dispose() {
      values.length = 0;
    },
  };
}
