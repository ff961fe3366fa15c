// Structural ops as WebAssembly, after all passes: bit for bit what NumPy and JAX give, also with symbolic sizes. Values
// are dyadic fractions, exact in every order of accumulation.

import { describe, expect, it } from "vitest";
import { createBuilder } from "../../ir/build.ts";
import type { Graph } from "../../ir/node.ts";
import { structuralOps } from "../../ir/ops/structural.ts";
import { runOnWasm } from "../../src/testing/run-graph.ts";
import { type NamedSizes, differences, readStructuralCases, typeOf, withNamedSizes } from "./structural-cases.ts";

const cases = readStructuralCases();

function graphOf(op: string, { types, attributes }: Pick<NamedSizes, "types" | "attributes">): Graph {
  const b = createBuilder();
  const parameters = types.map((type, i) => b.parameter(i, `p${i}`, type));
  return { name: "f", parameters, results: [b.make(op, parameters, attributes)] };
}

describe.each(structuralOps.map(({ name }) => name))("%s", (op) => {
  const own = cases.filter((entry) => entry.op === op);

  it("with fixed sizes", () => {
    for (const { name, inputs, attributes, expected } of own) {
      const [got] = runOnWasm(graphOf(op, { types: inputs.map(typeOf), attributes }), inputs, new Map());
      expect({ name, wrong: differences(got!, expected) }).toEqual({ name, wrong: [] });
    }
  });

  it("with symbolic sizes", () => {
    for (const entry of own) {
      const named = withNamedSizes(entry);
      if (named === undefined) continue;
      const [got] = runOnWasm(graphOf(op, named), entry.inputs, named.sizes);
      expect({ name: entry.name, wrong: differences(got!, entry.expected) }).toEqual({ name: entry.name, wrong: [] });
    }
  });
});
