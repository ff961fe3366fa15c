// Every rewrite rule keeps its claim, on generated inputs: both sides are evaluated, in f64 where they are equal as reals.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createBuilder } from "../../ir/build.ts";
import type { TensorData } from "../../ir/data.ts";
import { evaluateGraph } from "../../ir/evaluate.ts";
import { topologicalOrder } from "../../ir/graph.ts";
import type { Node } from "../../ir/node.ts";
import { applyRules, type Rule } from "../../ir/rewrite.ts";
import { leftSides } from "./rule-instances.ts";
import { simplifyingRules } from "../../passes/simplify.ts";
import { stabilizingRules } from "../../passes/stabilize.ts";

const edges = [0, -0, 1, -1, 0.5, -2.5, 3, 1e-30, -1e30, Infinity, -Infinity, NaN];

function inputFor(parameter: Node, rule: Rule, seed: number): TensorData {
  const { dtype, shape } = parameter.type;
  const length = shape.reduce<number>((product, dim) => product * Number(dim), 1);
  const name = String(parameter.attributes["name"]);
  const domain = rule.claim.kind === "reals" ? rule.claim.domain[name] ?? [-20, 20] : undefined;
  let state = seed * 7919 + name.length * 104729 + 1;
  const unit = () => ((state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 8) / 2 ** 24;
  const value = (): number => {
    if (dtype === "bool") return Number(unit() < 0.5);
    if (dtype === "i32") return Math.floor(unit() * 2 ** 32) - 2 ** 31;
    if (domain !== undefined) return domain[0] + unit() * (domain[1] - domain[0]);
    return unit() < 0.4 ? edges[Math.floor(unit() * edges.length)]! : (unit() - 0.5) * 2 ** Math.floor(unit() * 40 - 20);
  };
  const values = Array.from({ length }, value);
  const numbers = shape.map(Number);
  if (dtype === "bool") return { dtype, shape: numbers, data: Uint8Array.from(values) };
  if (dtype === "i32") return { dtype, shape: numbers, data: Int32Array.from(values) };
  return dtype === "f64" ? { dtype, shape: numbers, data: Float64Array.from(values) } : { dtype: "f32", shape: numbers, data: Float32Array.from(values) };
}

function parametersOf(root: Node): Node[] {
  return topologicalOrder({ name: "f", parameters: [], results: [root] }).filter((node) => node.op === "parameter")
    .sort((a, b) => Number(a.attributes["index"]) - Number(b.attributes["index"]));
}

describe.each([...stabilizingRules, ...simplifyingRules].map((rule) => [rule.name, rule] as const))("rule %s", (_, rule) => {
  const sides = leftSides(rule, createBuilder());

  it("fires on its own left side", () => {
    expect(sides.length).toBeGreaterThan(0);
    const fired = sides.filter((left) => applyRules({ name: "f", parameters: parametersOf(left), results: [left] }, [rule]).results[0] !== left);
    expect(fired.length).toBeGreaterThan(0);
  });

  it("keeps its claim", () => {
    fc.assert(fc.property(fc.nat(1e6), (seed) => {
      for (const left of sides) {
        const parameters = parametersOf(left);
        const graph = { name: "f", parameters, results: [left] };
        const right = applyRules(graph, [rule]);
        if (right === graph) continue;
        const inputs = parameters.map((parameter) => inputFor(parameter, rule, seed));
        const [a, b] = [evaluateGraph(graph, inputs)[0]!, evaluateGraph(right, inputs)[0]!];
        expect(b.dtype).toBe(a.dtype);
        Array.from(a.data as Float64Array, Number).forEach((expected, i) => {
          const actual = Number(b.data[i]);
          if (rule.claim.kind === "bits" || Number.isNaN(expected)) { expect(actual, `${rule.name} element ${i}`).toBe(expected); return; }
          // Far inside the domain's conditioning: the sides differ by roundings of f64.
          expect(Math.abs(actual - expected), `${rule.name}: ${expected} became ${actual}`).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)));
        });
      }
    }), { numRuns: 30 });
  });
});
