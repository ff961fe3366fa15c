// Structural ops as WebAssembly, after all passes: bit for bit what NumPy and JAX give, also with symbolic sizes. Values
// are dyadic fractions, exact in every order of accumulation.

import { describe, expect, it } from "vitest";
import { createBuilder } from "../../ir/build.ts";
import { elementCount, type TensorData } from "../../ir/data.ts";
import { evaluateGraph } from "../../ir/evaluate.ts";
import type { Attributes, Graph } from "../../ir/node.ts";
import { tensor } from "../../ir/ops/sample.ts";
import { structuralOps } from "../../ir/ops/structural.ts";
import { runOnWasm } from "../../src/testing/run-graph.ts";
import { vjpOf } from "./linearize.ts";
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

/** Small whole numbers, so that sums of products are exact. */
function whole(dtype: "f32" | "i32" | "u8", ...shape: readonly number[]): TensorData {
  const count = elementCount(shape);
  return tensor(dtype, shape, Array.from({ length: count }, (_, i) => (i * 37 + 11) % 13 - (dtype === "u8" ? 0 : 6)));
}

const plane = { window: [1, 3, 2, 1], strides: [1, 2, 1, 1], dilation: [1, 1, 2, 1], low: [0, 1, 0, 0], high: [0, 0, 2, 0] };
const tiles = { window: [1, 2, 2, 1], strides: [1, 2, 2, 1], dilation: [1, 1, 1, 1], low: [0, 1, 0, 0], high: [0, 0, 1, 0] };
const conv = { strides: [2, 1], low: [1, 0], high: [1, 2], lhs_dilation: [1, 1], rhs_dilation: [1, 2], groups: 1, batch_groups: 1 };
const index = tensor("i32", [9], [0, 18, -1, 4, 4, -19, 7, 2, 3]);

/** Long enough for full vectors and their tails. */
const long: readonly (readonly [string, readonly TensorData[], Attributes])[] = [
  ["broadcast", [whole("f32", 19, 1)], { shape: [3, 19, 21], axes: [1, 2] }],
  ["reshape", [whole("f32", 6, 35)], { shape: [10, 21] }],
  ["transpose", [whole("u8", 19, 37)], { permutation: [1, 0] }],
  ["reverse", [whole("f32", 5, 37)], { axes: [1] }],
  ["concat", [whole("f32", 5, 17), whole("f32", 5, 6), whole("f32", 5, 21)], { axis: 1 }],
  ["iota", [], { dtype: "f32", shape: [3, 37], axis: 1 }],
  ["slice", [whole("i32", 7, 41)], { start: [5, 1], limit: [0, 40], step: [-2, 3] }],
  ["pad", [whole("f32", 5, 19)], { low: [1, -2], high: [0, 5], interior: [0, 2], value: 3 }],
  ["gather", [whole("f32", 19, 23), index], { axes: [0], bounds: "check" }],
  ["gather", [whole("f32", 23, 19), index], { axes: [1], bounds: "check" }],
  ["scatter", [whole("f32", 19, 23), whole("f32", 9, 23), index], { axes: [0], mode: "add", bounds: "check" }],
  ["reduce_sum", [whole("f32", 7, 53)], { axes: [1] }],
  ["reduce_sum", [whole("f32", 53, 21)], { axes: [0] }],
  ["reduce_max", [whole("u8", 7, 53)], { axes: [0, 1] }],
  ["argmax", [whole("f32", 7, 53)], { axis: 1 }],
  ["cumsum", [whole("i32", 7, 53)], { axis: 0, reverse: true }],
  ["windows", [whole("f32", 2, 9, 10, 17)], { ...plane, value: -1 }],
  ["overlap_add", [whole("f32", 2, 4, 10, 17, 1, 3, 2, 1)], { ...plane, shape: [2, 9, 10, 17] }],
  ["reduce_window", [whole("f32", 2, 9, 10, 17)], { ...plane, kind: "max" }],
  ["reduce_window", [whole("f32", 2, 9, 9, 17)], { ...tiles, kind: "sum" }],
  ["conv_general", [whole("f32", 2, 9, 10, 5), whole("f32", 3, 2, 5, 19)], conv],
  ["conv_general", [whole("f32", 2, 9, 10, 6), whole("f32", 3, 2, 3, 18)], { ...conv, groups: 2 }],
  ["dot_general", [whole("f32", 3, 37, 19), whole("f32", 3, 23, 19)], { lhs_contract: [2], rhs_contract: [2], lhs_batch: [0], rhs_batch: [0] }],
];

describe("long rows", () => {
  it.each(long)("%s (case %#)", (op, inputs, attributes) => {
    const graph = graphOf(op, { types: inputs.map(typeOf), attributes });
    expect(differences(runOnWasm(graph, inputs, new Map())[0]!, evaluateGraph(graph, inputs)[0]!)).toEqual([]);
    const b = createBuilder();
    const parameters = inputs.map((input, i) => b.parameter(i, `p${i}`, typeOf(input)));
    const node = b.make(op, parameters, attributes);
    // Shares of ties are not exact in every order.
    if (node.type.dtype !== "f32" || inputs.length === 0 || attributes["kind"] === "max") return;
    const u = b.parameter(inputs.length, "u", node.type);
    const results = vjpOf(b, node, u).filter((result) => result !== undefined);
    const gradient = { name: "g", parameters: [...parameters, u], results };
    const all = [...inputs, whole("f32", ...(node.type.shape as readonly number[]))];
    const wanted = evaluateGraph(gradient, all);
    runOnWasm(gradient, all, new Map()).forEach((got, i) => {
      expect(differences(got, wanted[i]!)).toEqual([]);
    });
  });
});
