// Edges that samples and fixtures do not reach: sizes that turn out to be 0, indices out of range, in every dtype.

import { describe, expect, it } from "vitest";
import { createBuilder } from "../../ir/build.ts";
import type { TensorData } from "../../ir/data.ts";
import { evaluateGraph } from "../../ir/evaluate.ts";
import "../../ir/every-op.ts";
import type { Attributes, Graph } from "../../ir/node.ts";
import { tensor } from "../../ir/ops/sample.ts";
import { addDims, namedSize } from "../../ir/size.ts";
import { type DType, type Shape, dtypes } from "../../ir/types.ts";
import { vjpOf } from "./linearize.ts";
import { compareLowered } from "./lowered.ts";

const n = namedSize("n");
const m = namedSize("m");

type Operand = readonly [TensorData, Shape];

/** The op's result where the operands have symbolic shapes, from the evaluator, which the program must agree with. */
function evaluated(op: string, operands: readonly Operand[], attributes: Attributes, sizes: Readonly<Record<string, number>>): readonly (number | bigint)[] {
  const b = createBuilder();
  const parameters = operands.map(([{ dtype }, shape], i) => b.parameter(i, `p${i}`, { dtype, shape }));
  const graph: Graph = { name: "f", parameters, results: [b.make(op, parameters, attributes)] };
  const inputs = operands.map(([value]) => value);
  const known = new Map(Object.entries(sizes));
  compareLowered(graph, inputs, known);
  return [...evaluateGraph(graph, inputs, known)[0]!.data];
}

const none = (dtype: DType, ...shape: readonly number[]): TensorData => tensor(dtype, shape, []);
const at = (...index: readonly number[]): Operand => [tensor("i32", [index.length], index), [index.length]];

describe("sizes that turn out to be 0", () => {
  it("concat takes the operand that has elements", () => {
    const rows = tensor("f32", [2, 3], [1, 2, 3, 4, 5, 6]);
    expect(evaluated("concat", [[none("f32", 0, 3), [n, 3]], [rows, [m, 3]]], { axis: 0 }, { n: 0, m: 2 })).toEqual([1, 2, 3, 4, 5, 6]);
    expect(evaluated("concat", [[rows, [m, 3]], [none("f32", 0, 3), [n, 3]]], { axis: 0 }, { n: 0, m: 2 })).toEqual([1, 2, 3, 4, 5, 6]);
    expect(evaluated("concat", [[none("f32", 2, 0), [2, n]], [rows, [2, m]]], { axis: 1 }, { n: 0, m: 3 })).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("concat hands on what is computed beside an empty operand", () => {
    const b = createBuilder();
    const p = [b.parameter(0, "none", { dtype: "f32", shape: [2, 0] }), b.parameter(1, "x", { dtype: "f32", shape: [2, n] }), b.parameter(2, "y", { dtype: "f32", shape: [n, 3] })];
    const product = b.make("dot_general", [p[1]!, p[2]!], { lhs_contract: [1], rhs_contract: [0], lhs_batch: [], rhs_batch: [] });
    const results = [b.make("concat", [p[0]!, product], { axis: 1 }), b.make("concat", [product, p[0]!], { axis: 1 })];
    const inputs = [none("f32", 2, 0), tensor("f32", [2, 2], [1, 2, 3, 4]), tensor("f32", [2, 3], [1, 0, 1, 0, 1, 1])];
    const known = new Map([["n", 2]]);
    for (const result of results) {
      const graph: Graph = { name: "f", parameters: p, results: [result] };
      compareLowered(graph, inputs, known);
      expect([...evaluateGraph(graph, inputs, known)[0]!.data]).toEqual([1, 2, 3, 3, 4, 7]);
    }
  });

  it("pad and windows give padding", () => {
    const pad = { low: [1, 0], high: [1, 0], interior: [0, 0], value: 7 };
    expect(evaluated("pad", [[none("i32", 0, 3), [n, 3]]], pad, { n: 0 })).toEqual([7, 7, 7, 7, 7, 7]);
    expect(evaluated("pad", [[none("f32", 0), [n]]], { low: [2], high: [0], interior: [2], value: -1 }, { n: 0 })).toEqual([-1, -1]);
    const window = { window: [2], strides: [1], dilation: [1], low: [1], high: [1] };
    expect(evaluated("windows", [[none("f32", 0), [n]]], { ...window, value: 3 }, { n: 0 })).toEqual([3, 3]);
    expect(evaluated("reduce_window", [[none("f32", 0), [n]]], { ...window, kind: "max" }, { n: 0 })).toEqual([-Infinity]);
  });

  it("overlap_add sums nothing", () => {
    const attributes = { window: [3], strides: [1], dilation: [1], low: [0], high: [0], shape: [n] };
    expect(evaluated("overlap_add", [[none("f32", 0, 3), [addDims(n, -2), 3]]], attributes, { n: 2 })).toEqual([0, 0]);
  });

  it("dynamic_update_slice writes nothing", () => {
    const start: Operand = [tensor("i32", [], [1]), []];
    expect(evaluated("dynamic_update_slice", [[tensor("f32", [3], [1, 2, 3]), [m]], [none("f32", 0), [n]], start], {}, { n: 0, m: 3 })).toEqual([1, 2, 3]);
  });

  it("gather reads 0 and scatter writes nothing, except under check", () => {
    const empty: Operand = [none("f32", 0, 2), [n, 2]];
    const updates: Operand = [tensor("f32", [1, 2], [1, 2]), [1, 2]];
    for (const bounds of ["clamp", "fill"]) expect(evaluated("gather", [empty, at(1, -1)], { axes: [0], bounds }, { n: 0 })).toEqual([0, 0, 0, 0]);
    for (const bounds of ["clamp", "drop"]) {
      expect(evaluated("scatter", [empty, updates, at(0)], { axes: [0], mode: "add", bounds }, { n: 0 })).toEqual([]);
      expect(evaluated("scatter", [[none("f32", 0, 2), [0, 2]], updates, at(0)], { axes: [0], mode: "set", bounds }, {})).toEqual([]);
    }
    expect(() => evaluated("gather", [empty, at(0)], { axes: [0], bounds: "check" }, { n: 0 })).toThrow("E601");
  });

  it("reductions give their identities and argmax 0", () => {
    const operand: Operand = [none("f32", 2, 0), [2, n]];
    expect(evaluated("reduce_max", [operand], { axes: [1] }, { n: 0 })).toEqual([-Infinity, -Infinity]);
    expect(evaluated("reduce_prod", [operand], { axes: [1] }, { n: 0 })).toEqual([1, 1]);
    expect(evaluated("argmax", [operand], { axis: 1 }, { n: 0 })).toEqual([0, 0]);
    expect(evaluated("cumsum", [operand], { axis: 1, reverse: false }, { n: 0 })).toEqual([]);
  });

  it("a dot product is 0", () => {
    const matrix = { lhs_contract: [1], rhs_contract: [0], lhs_batch: [], rhs_batch: [] };
    expect(evaluated("dot_general", [[none("f32", 2, 0), [2, n]], [none("f32", 0, 2), [n, 2]]], matrix, { n: 0 })).toEqual([0, 0, 0, 0]);
  });
});

describe("indices out of range", () => {
  it.each(dtypes)("fill with 0 in %s", (dtype) => {
    expect(evaluated("gather", [[tensor(dtype, [2], [1, 1]), [2]], at(2, 0, -3)], { axes: [0], bounds: "fill" }, {})).toEqual([...tensor(dtype, [3], [0, 1, 0]).data]);
  });

  it("fail the program under check", () => {
    for (const index of [3, -4]) {
      expect(() => evaluated("gather", [[tensor("f32", [3], [1, 2, 3]), [n]], at(0, index)], { axes: [0], bounds: "check" }, { n: 3 })).toThrow("E601");
    }
  });
});

describe("gradients at NaN", () => {
  it.each(["reduce_max", "reduce_min"])("of %s are NaN in the group that holds it", (op) => {
    const b = createBuilder();
    const x = b.parameter(0, "x", { dtype: "f64", shape: [2, 2] });
    const u = b.parameter(1, "u", { dtype: "f64", shape: [2] });
    const results = vjpOf(b, b.make(op, [x], { axes: [1] }), u).filter((result) => result !== undefined);
    const inputs = [tensor("f64", [2, 2], [1, Number.NaN, 3, 3]), tensor("f64", [2], [1, 1])];
    expect([...evaluateGraph({ name: "f", parameters: [x, u], results }, inputs)[0]!.data]).toEqual([Number.NaN, Number.NaN, 0.5, 0.5]);
  });
});

describe("windows that do not fit", () => {
  const window = { window: [3], strides: [1], dilation: [1], low: [0], high: [0] };

  it("are none, or an error where sizes are symbolic", () => {
    const one = tensor("f32", [1], [1]);
    expect(evaluated("reduce_window", [[one, [1]]], { ...window, kind: "sum" }, {})).toEqual([]);
    expect(() => evaluated("reduce_window", [[one, [n]]], { ...window, kind: "sum" }, { n: 1 })).toThrow("E605");
  });
});
