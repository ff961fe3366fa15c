// The ops that move, reduce and contract, against NumPy and JAX: results, and gradients straight from the op table.

import { describe, expect, it } from "vitest";
import { createBuilder } from "../../ir/build.ts";
import type { TensorData } from "../../ir/data.ts";
import { evaluateGraph } from "../../ir/evaluate.ts";
import type { Node } from "../../ir/node.ts";
import { structuralOps } from "../../ir/ops/structural.ts";
import { showType } from "../../ir/types.ts";
import { jvpOf, vjpOf } from "./linearize.ts";
import { type StructuralCase, differences, readStructuralCases, typeOf, withNamedSizes } from "./structural-cases.ts";

const cases = readStructuralCases();

/** The node on parameters; `more` adds parameters and gives the results to evaluate. */
function run(
  { op, inputs, attributes }: StructuralCase, extra: readonly TensorData[],
  results: (b: ReturnType<typeof createBuilder>, node: Node, extra: readonly Node[]) => readonly Node[],
): readonly TensorData[] {
  const b = createBuilder();
  const parameters = [...inputs, ...extra].map((input, i) => b.parameter(i, `p${i}`, typeOf(input)));
  const node = b.make(op, parameters.slice(0, inputs.length), attributes);
  const graph = { name: "case", parameters, results: results(b, node, parameters.slice(inputs.length)) };
  return evaluateGraph(graph, [...inputs, ...extra]);
}

/** JAX gives 0 where a place is not reached, and its sign says nothing: compared by value. */
function plusZero(tensor: TensorData): TensorData {
  return { dtype: "f64", shape: tensor.shape, data: Float64Array.from(tensor.data as Float64Array, (x) => x + 0) };
}

describe("results are those of NumPy and JAX", () => {
  for (const entry of cases) {
    it(`${entry.op}: ${entry.name}`, () => {
      const [got] = run(entry, [], (_b, node) => [node]);
      expect(differences(got!, entry.expected)).toEqual([]);
    });
  }

  it("has cases of every op", () => {
    const tested = new Set(cases.map(({ op }) => op));
    expect(structuralOps.filter(({ name }) => !tested.has(name)).map(({ name }) => name)).toEqual([]);
  });
});

describe("gradients are those of JAX", () => {
  for (const entry of cases) {
    const { gradient } = entry;
    if (gradient === undefined) continue;
    it(`${entry.op}: ${entry.name}`, () => {
      const got = run(entry, [gradient.cotangent], (b, node, [cotangent]) => {
        const cotangents = vjpOf(b, node, cotangent!);
        return gradient.wrt.map((i) => cotangents[i] ?? b.fullLike(node.inputs[i]!, 0));
      });
      gradient.wrt.forEach((input, i) => {
        expect({ input, wrong: differences(plusZero(got[i]!), plusZero(gradient.expected[i]!), entry.ulp) }).toEqual({ input, wrong: [] });
      });
    });
  }
});

describe("gradients with symbolic sizes have the types of their inputs, and the same values", () => {
  for (const entry of cases) {
    const { gradient } = entry;
    const named = withNamedSizes(entry);
    if (gradient === undefined || named === undefined) continue;
    it(`${entry.op}: ${entry.name}`, () => {
      const b = createBuilder();
      const operands = named.types.map((type, i) => b.parameter(i, `p${i}`, type));
      const node = b.make(entry.op, operands, named.attributes);
      const cotangent = b.parameter(operands.length, "cotangent", node.type);
      const cotangents = vjpOf(b, node, cotangent);
      const results = gradient.wrt.map((i) => cotangents[i] ?? b.fullLike(operands[i]!, 0));
      expect(results.map(({ type }) => showType(type))).toEqual(gradient.wrt.map((i) => showType(named.types[i]!)));
      const graph = { name: "case", parameters: [...operands, cotangent], results };
      evaluateGraph(graph, [...entry.inputs, gradient.cotangent], named.sizes).forEach((got, i) => {
        expect(differences(plusZero(got), plusZero(gradient.expected[i]!), entry.ulp)).toEqual([]);
      });
    });
  }
});

/** Values that keep all sums exact, different for each input. */
function someTangent(input: TensorData, seed: number): TensorData {
  const data = Float64Array.from({ length: input.data.length }, (_, i) => (((i * 7 + seed * 5 + 3) % 23) - 11) / 4);
  return { dtype: "f64", shape: input.shape, data };
}

function dot(a: TensorData, b: TensorData): number {
  return [...a.data.keys()].reduce((sum, i) => sum + Number(a.data[i]) * Number(b.data[i]), 0);
}

describe("forward and reverse rules are each other's transposes", () => {
  for (const entry of cases) {
    const { gradient } = entry;
    if (gradient === undefined) continue;
    const { wrt } = gradient;
    // All inputs together, and each by itself.
    const choices = wrt.length === 1 ? [wrt] : [wrt, ...wrt.map((input) => [input])];
    it.each(choices.map((moving) => [moving.join(), moving] as const))(`${entry.op}: ${entry.name}, inputs %s`, (_, moving) => {
      const tangents = moving.map((i) => someTangent(entry.inputs[i]!, i));
      const [tangent, ...cotangents] = run(entry, [gradient.cotangent, ...tangents], (b, node, [cotangent, ...given]) => {
        const forward = jvpOf(b, node, node.inputs.map((_input, i) => given[moving.indexOf(i)]));
        const reverse = vjpOf(b, node, cotangent!);
        return [forward ?? b.fullLike(node, 0), ...moving.map((i) => reverse[i] ?? b.fullLike(node.inputs[i]!, 0))];
      });
      const forward = dot(gradient.cotangent, tangent!);
      const reverse = cotangents.reduce((sum, cotangent, i) => sum + dot(cotangent, tangents[i]!), 0);
      if (entry.ulp === 0) expect(reverse).toBe(forward);
      else expect(Math.abs(reverse - forward)).toBeLessThanOrEqual(1e-14 * Math.max(1, Math.abs(forward)));
    });
  }
});
