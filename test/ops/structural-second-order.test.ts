// Gradients of gradients: the rules of the ops that move, reduce and contract apply to what they themselves build.
// Products of the Hessian with a vector, against central differences of the gradient.

import { describe, expect, it } from "vitest";
import { createBuilder } from "../../ir/build.ts";
import type { TensorData } from "../../ir/data.ts";
import { evaluateGraph } from "../../ir/evaluate.ts";
import "../../ir/every-op.ts";
import { reachableNodes } from "../../ir/graph.ts";
import type { Node } from "../../ir/node.ts";
import type { GraphBuilder } from "../../ir/op.ts";
import { isFloat } from "../../ir/types.ts";
import { vjpOf } from "./linearize.ts";
import { type StructuralCase, readStructuralCases, typeOf } from "./structural-cases.ts";

/** One case of each op and mode that is differentiable, on sizes above 1, away from ties. */
const cases = readStructuralCases().filter(({ gradient, ulp, name, expected }) =>
  gradient !== undefined && ulp === 0 && !name.includes("tie") && expected.data.length > 1);

/** Reverse mode for a scalar, as plainly as can be. */
function gradientsOf(b: GraphBuilder, cost: Node, wrt: readonly Node[]): readonly Node[] {
  const cotangents = new Map<Node, Node>([[cost, b.fullLike(cost, 1)]]);
  for (const node of [...reachableNodes([cost])].sort((x, y) => y.id - x.id)) {
    const cotangent = cotangents.get(node);
    if (cotangent === undefined || node.inputs.length === 0) continue;
    vjpOf(b, node, cotangent).forEach((term, i) => {
      const input = node.inputs[i]!;
      if (term === undefined || !isFloat(input.type.dtype)) return;
      const sum = cotangents.get(input);
      cotangents.set(input, sum === undefined ? term : b.add(sum, term));
    });
  }
  return wrt.map((node) => cotangents.get(node) ?? b.fullLike(node, 0));
}

const sumAll = (b: GraphBuilder, x: Node): Node => b.sum(x, x.type.shape.map((_, axis) => axis));

function direction(input: TensorData, seed: number): TensorData {
  const data = Float64Array.from({ length: input.data.length }, (_, i) => (((i * 5 + seed * 3 + 2) % 11) - 5) / 8);
  return { dtype: "f64", shape: input.shape, data };
}

/** The gradient of sum(u y y) and its derivative along directions, as functions of the inputs. */
function derivatives({ op, inputs, attributes, gradient }: StructuralCase) {
  const { wrt, cotangent } = gradient!;
  const b = createBuilder();
  const operands = inputs.map((input, i) => b.parameter(i, `p${i}`, typeOf(input)));
  const weights = b.parameter(inputs.length, "u", typeOf(cotangent));
  const along = wrt.map((input, k) => b.parameter(inputs.length + 1 + k, `v${k}`, operands[input]!.type));
  const y = b.make(op, operands, attributes);
  const moving = wrt.map((i) => operands[i]!);
  const first = gradientsOf(b, sumAll(b, b.mul(weights, b.mul(y, y))), moving);
  const slope = first.map((g, k) => sumAll(b, b.mul(g, along[k]!))).reduce((sum, term) => b.add(sum, term));
  return { name: "f", parameters: [...operands, weights, ...along], results: [...first, ...gradientsOf(b, slope, moving)] };
}

const step = 2 ** -12;

describe("second derivatives", () => {
  for (const entry of cases) {
    it(`${entry.op}: ${entry.name}`, () => {
      const { wrt, cotangent } = entry.gradient!;
      const graph = derivatives(entry);
      const directions = wrt.map((i) => direction(entry.inputs[i]!, i));
      const at = (distance: number): readonly TensorData[] => {
        const moved = entry.inputs.map((input, i): TensorData => {
          const k = wrt.indexOf(i);
          if (k < 0) return input;
          const data = Float64Array.from(input.data as Float64Array, (x, j) => x + distance * Number(directions[k]!.data[j]));
          return { dtype: "f64", shape: input.shape, data };
        });
        return evaluateGraph(graph, [...moved, cotangent, ...directions]);
      };
      const [exact, after, before] = [at(0), at(step), at(-step)];
      wrt.forEach((_, k) => {
        const second = exact[wrt.length + k]!;
        const scale = Math.max(1, ...[...exact[k]!.data, ...second.data].map((x) => Math.abs(Number(x))));
        const wrong = [...second.data.keys()].filter((i) => {
          const difference = (Number(after[k]!.data[i]) - Number(before[k]!.data[i])) / (2 * step);
          return Math.abs(difference - Number(second.data[i])) > 1e-5 * scale;
        });
        expect(wrong).toEqual([]);
      });
    });
  }
});
