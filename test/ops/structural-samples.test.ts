// Every structural op has a sentence and samples, the evaluator gives what they expect, and what is wrong with operands
// and attributes is said.

import { describe, expect, it } from "vitest";
import { createBuilder } from "../../ir/build.ts";
import { evaluateGraph } from "../../ir/evaluate.ts";
import type { Attributes } from "../../ir/node.ts";
import { structuralOps } from "../../ir/ops/structural.ts";
import { structuralDocs, structuralSamples } from "../../ir/ops/structural.samples.ts";
import { namedSize } from "../../ir/size.ts";
import { type DType, type Shape, showType } from "../../ir/types.ts";
import { typeOf } from "./structural-cases.ts";

describe("structural samples", () => {
  it("exist for every op, with a sentence, and for no other", () => {
    const names = structuralOps.map(({ name }) => name).sort();
    expect(Object.keys(structuralDocs).sort()).toEqual(names);
    expect([...new Set(structuralSamples.map(({ op }) => op))].sort()).toEqual(names);
    const titles = structuralSamples.map(({ op, name }) => `${op}/${name}`);
    expect(new Set(titles).size).toBe(titles.length);
  });

  for (const { op, name, inputs, attributes = {}, expected } of structuralSamples) {
    it(`${op}: ${name}`, () => {
      const b = createBuilder();
      const parameters = inputs.map((input, i) => b.parameter(i, `p${i}`, typeOf(input)));
      const graph = { name: "sample", parameters, results: [b.make(op, parameters, attributes)] };
      expect([...evaluateGraph(graph, inputs)[0]!.data]).toEqual(expected);
    });
  }
});

const n = namedSize("n");

/** The type of the result, or the message of the error. */
function inferred(op: string, operands: readonly (readonly [DType, Shape])[], attributes: Attributes = {}): string {
  const b = createBuilder();
  const parameters = operands.map(([dtype, shape], i) => b.parameter(i, `p${i}`, { dtype, shape }));
  try {
    return showType(b.make(op, parameters, attributes).type);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const matrix = { lhs_contract: [1], rhs_contract: [0], lhs_batch: [], rhs_batch: [] };
const line = { strides: [1], low: [0], high: [0], lhs_dilation: [1], rhs_dilation: [1], groups: 1, batch_groups: 1 };
const window = { window: [2], strides: [1], dilation: [1], low: [0], high: [0] };

describe("types with symbolic sizes", () => {
  const x = ["f32", [n, 3]] as const;
  const i = ["i32", [5]] as const;

  it.each([
    ["broadcast", [["f32", [n]]], { shape: [n, 2], axes: [0] }, "f32[n,2]"],
    ["reshape", [x], { shape: [3, n] }, "f32[3,n]"],
    ["concat", [x, x], { axis: 0 }, "f32[2*n,3]"],
    ["slice", [x], { start: [1, 0], limit: [n, 3], step: [1, 2] }, "f32[n-1,2]"],
    ["slice", [x], { start: [0, 2], limit: [n, -1], step: [2, -1] }, "f32[floor_div(n+1,2),3]"],
    ["pad", [x], { low: [1, 0], high: [0, n], interior: [0, 0], value: 0 }, "f32[n+1,n+3]"],
    ["gather", [x, i], { axes: [0], bounds: "check" }, "f32[5,3]"],
    ["reduce_sum", [x], { axes: [0] }, "f32[3]"],
    ["argmax", [x], { axis: 1 }, "i32[n]"],
    ["dot_general", [x, ["f32", [3, 4]]], matrix, "f32[n,4]"],
    ["windows", [["f32", [n]]], { ...window, value: 0 }, "f32[n-1,2]"],
    ["reduce_window", [["f32", [n]]], { ...window, kind: "max", strides: [2] }, "f32[floor_div(n,2)]"],
    ["conv_general", [["f32", [n, 8, 2]], ["f32", [3, 2, 5]]], line, "f32[n,6,5]"],
  ] as const)("%s", (op, operands, attributes, type) => {
    expect(inferred(op, operands, attributes)).toBe(type);
  });
});

describe("what is wrong is said", () => {
  const x = ["f32", [2, 3]] as const;
  const rows = ["i32", [4]] as const;
  const start = ["i32", []] as const;

  it.each([
    ["broadcast", [x], { shape: [2, 4], axes: [0, 1] }, "E203 broadcast: [2,3] does not stretch to [2,4]"],
    ["broadcast", [x], { shape: [3, 2], axes: [1, 0] }, "E204 broadcast: axes [1,0] are not in increasing order"],
    ["broadcast", [x], { shape: [2, 3], axes: [0] }, "E205 broadcast: axes has 1 entries, 2 are needed"],
    ["broadcast", [x], { shape: [2, -3], axes: [0, 1] }, "E102 broadcast: [2,-3] is not a shape"],
    ["reshape", [x], { shape: [4] }, "E206 reshape: [2,3] has 6 elements, [4] has 4"],
    ["transpose", [x], { permutation: [0, 0] }, "E204 transpose: axis 0 is named twice"],
    ["transpose", [x], { permutation: [0, 2] }, "E204 transpose: axis 2 is out of range for rank 2"],
    ["concat", [x, ["f64", [2, 3]]], { axis: 0 }, "E202 concat: operands have dtypes f32 and f64"],
    ["concat", [x, ["f32", [2, 4]]], { axis: 0 }, "E203 concat: axis 1 of [2,3] and [2,4] differs: 3 and 4"],
    ["concat", [x, ["f32", [2]]], { axis: 0 }, "E203 concat: [2,3] and [2] differ in rank"],
    ["iota", [], { dtype: "bool", shape: [2], axis: 0 }, "E202 iota: takes a dtype of numbers, not bool"],
    ["assume", [x], { shape: [2, 4] }, "E210 assume: f32[2,3] cannot have shape [2,4]"],
    ["slice", [x], { start: [0, 0], limit: [2, 4], step: [1, 1] }, "E208 slice: axis 1 from 0 to 4 lies outside the size 3"],
    ["slice", [x], { start: [0, 3], limit: [2, -1], step: [1, -1] }, "E208 slice: axis 1 from 3 to -1 lies outside the size 3"],
    ["slice", [x], { start: [0, 0], limit: [2, 3], step: [1, 0] }, "E205 slice: the step along axis 1 is 0"],
    ["pad", [x], { low: [-3, 0], high: [0, 0], interior: [0, 0], value: 0 }, "E208 pad: crops more of axis 0 than [2,3] has"],
    ["pad", [x], { low: [0, 0], high: [0, 0], interior: [0, -1], value: 0 }, "E205 pad: interior holds -1, the least is 0"],
    ["pad", [["i8", [2]]], { low: [1], high: [0], interior: [0], value: 300 }, "E205"],
    ["dynamic_slice", [x, start], { sizes: [1, 1] }, "E205 dynamic_slice: the list of starts has 1 entries, 2 are needed"],
    ["dynamic_slice", [x, start, ["f32", []]], { sizes: [1, 1] }, "E202 dynamic_slice: a start is an i32 scalar, not f32[]"],
    ["dynamic_slice", [x, start, start], { sizes: [1, 4] }, "E208 dynamic_slice: a block of 4 does not fit axis 1 of size 3"],
    ["dynamic_update_slice", [x], {}, "E201 dynamic_update_slice"],
    ["dynamic_update_slice", [x, ["f32", [1]], start, start], {}, "E203 dynamic_update_slice: the update has shape [1], its rank must be 2"],
    ["gather", [x], { axes: [], bounds: "check" }, "E201 gather: got no index array"],
    ["gather", [x, ["f32", [4]]], { axes: [0], bounds: "check" }, "E202 gather: an index array is i32, not f32[4]"],
    ["gather", [x, rows, ["i32", [5]]], { axes: [0, 1], bounds: "check" }, "E203 gather: index arrays have shapes [4] and [5]"],
    ["gather", [x, rows], { axes: [0], bounds: "drop" }, "E205 gather"],
    ["scatter", [x], { axes: [0], mode: "add", bounds: "check" }, "E201 scatter"],
    ["scatter", [x, ["f32", [4, 2]], rows], { axes: [0], mode: "add", bounds: "check" }, "E203 scatter: updates have shape [4,2], the places [4,3]"],
    ["scatter", [["bool", [2]], ["bool", [4]], rows], { axes: [0], mode: "add", bounds: "check" }, "E202 scatter: combines numbers, not bool"],
    ["reduce_sum", [["bool", [2]]], { axes: [0] }, "E202 reduce_sum: takes numbers, not bool"],
    ["reduce_any", [x], { axes: [0] }, "E202 reduce_any: takes bool, not f32"],
    ["reduce_max", [x], { axes: [-1] }, "E204 reduce_max: axis -1 is out of range for rank 2"],
    ["argmax", [["f32", [2, 0]]], { axis: 1 }, "E208 argmax: axis 1 has no elements"],
    ["cumsum", [["bool", [2]]], { axis: 0, reverse: false }, "E202 cumsum: takes numbers, not bool"],
    ["dot_general", [x, x], matrix, "E207 dot_general: [2,3] and [2,3]: sizes 3 and 2 differ"],
    ["dot_general", [["f32", [n, n]], x], matrix, "E207 dot_general: [n,n] and [2,3]: sizes n and 2 differ"],
    ["dot_general", [x, x], { ...matrix, rhs_contract: [] }, "E205 dot_general: axes [1] and [] do not pair up"],
    ["dot_general", [x, x], { ...matrix, lhs_batch: [1], rhs_batch: [1] }, "E204 dot_general: axis 1 is named twice"],
    ["windows", [["f32", [4]]], { ...window, window: [0], value: 0 }, "E205 windows: window holds 0, the least is 1"],
    ["overlap_add", [["f32", [4, 2]]], { ...window, shape: [4] }, "E203 overlap_add: the windows of [4] have shape [3,2], the operand [4,2]"],
    ["conv_general", [x, x], line, "E203 conv_general: the operand has shape [2,3]"],
    ["conv_general", [["f32", [1, 4, 2]], ["f32", [2, 3, 1]]], line, "E207 conv_general: [1,4,2] has 2 channels"],
    ["conv_general", [["f32", [1, 4, 2]], ["f32", [2, 1, 3]]], { ...line, groups: 2 }, "E205 conv_general: the output channels, 3, cannot be split into 2 groups"],
    ["conv_general", [["f32", [1, 4, 2]], ["f32", [n, 2, 3]]], line, "E203 conv_general: the kernel's spatial sizes [n] must be positive numbers"],
  ] as const)("%s (case %#)", (op, operands, attributes, message) => {
    expect(inferred(op, operands, attributes as Attributes)).toContain(message);
  });

  it("says which index is out of range", () => {
    const b = createBuilder();
    const parameters = [b.parameter(0, "x", { dtype: "f32", shape: [3] }), b.parameter(1, "i", { dtype: "i32", shape: [2] })];
    const graph = { name: "f", parameters, results: [b.make("gather", parameters, { axes: [0], bounds: "check" })] };
    const inputs = [{ dtype: "f32" as const, shape: [3], data: new Float32Array(3) }, { dtype: "i32" as const, shape: [2], data: Int32Array.of(2, -4) }];
    expect(() => evaluateGraph(graph, inputs)).toThrow("E601 gather: index -4 is out of range for axis 0 of size 3");
  });
});
