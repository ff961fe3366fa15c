// The lowering of the ops that move, reduce and contract: their programs, run by the interpreter with its checks of
// bounds and races, give what the evaluator gives; also with symbolic sizes, and for gradients.

import { describe, it } from "vitest";
import { createBuilder } from "../../ir/build.ts";
import "../../ir/every-op.ts";
import type { Attributes, Graph } from "../../ir/node.ts";
import type { TensorType } from "../../ir/types.ts";
import { vjpOf } from "./linearize.ts";
import { compareLowered } from "./lowered.ts";
import { readStructuralCases, typeOf, withNamedSizes } from "./structural-cases.ts";

const cases = readStructuralCases();

function graphOf(op: string, types: readonly TensorType[], attributes: Attributes): Graph {
  const b = createBuilder();
  const parameters = types.map((type, i) => b.parameter(i, `p${i}`, type));
  return { name: "f", parameters, results: [b.make(op, parameters, attributes)] };
}

describe("programs give what the evaluator gives", () => {
  for (const entry of cases) {
    it(`${entry.op}: ${entry.name}`, () => {
      compareLowered(graphOf(entry.op, entry.inputs.map(typeOf), entry.attributes), entry.inputs);
    });
  }
});

describe("programs of gradients give what the evaluator gives", () => {
  for (const entry of cases) {
    const { gradient } = entry;
    if (gradient === undefined) continue;
    it(`${entry.op}: ${entry.name}`, () => {
      const b = createBuilder();
      const inputs = [...entry.inputs, gradient.cotangent];
      const parameters = inputs.map((input, i) => b.parameter(i, `p${i}`, typeOf(input)));
      const node = b.make(entry.op, parameters.slice(0, -1), entry.attributes);
      const cotangents = vjpOf(b, node, parameters[parameters.length - 1]!);
      compareLowered({ name: "f", parameters, results: gradient.wrt.map((i) => cotangents[i]!).filter((x) => x !== undefined) }, inputs);
    });
  }
});

describe("programs with symbolic sizes give what the evaluator gives", () => {
  for (const entry of cases) {
    const named = withNamedSizes(entry);
    if (named === undefined) continue;
    it(`${entry.op}: ${entry.name}`, () => {
      compareLowered(graphOf(entry.op, named.types, named.attributes), entry.inputs, named.sizes);
    });
  }
});
