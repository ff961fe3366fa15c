// That a mode is in force: what a model shows of it, by what its tests compile through.

import { expect, it } from "vitest";
import { compile, fn, input } from "damo";
import { createBuilder } from "../../ir/build.ts";
import { readOptions } from "../../src/compile-options.ts";
import { runOnWasm } from "../../src/testing/run-graph.ts";
import { mode } from "./mode.ts";

const [rows, depth] = [64, 64];
/** (1 + e)(1 + e) - (1 + 2e) with e = 2^-12: 0 where the product is rounded before the sum, e^2 where it is not. */
const left = Float32Array.from({ length: rows * depth }, (_, i) => [-1, 1 + 2 ** -12][i % depth] ?? 0);
const right = Float32Array.from({ length: depth * rows }, (_, i) => [1 + 2 ** -11, 1 + 2 ** -12][Math.floor(i / rows)] ?? 0);
const result = new Float32Array(rows * rows).fill(mode === "relaxed" ? 2 ** -24 : 0);

it("options that are not given are those of the mode, and what is given stays", () => {
  expect(readOptions({})).toMatchObject({ relaxed: mode === "relaxed", wide: mode === "wide", threads: mode === "threads" ? 2 : 1 });
  expect(readOptions({ threads: 3 })).toMatchObject({ threads: 3 });
  expect(readOptions({ target: "reference" })).toMatchObject({ relaxed: false, wide: false, threads: 1 });
});

it("a compiled product has the mode's rounding, and its memory is shared among threads only", async () => {
  const [a, b] = [input("a", [rows, depth]), input("b", [depth, rows])];
  const model = await compile({ f: fn({ inputs: { a, b }, outputs: { y: a.dot(b) } }) });
  expect(model.f({ a: { data: left, shape: [rows, depth] }, b: { data: right, shape: [depth, rows] } }).y.data).toEqual(result);
  expect(model.f.bindBuffers().inputs.a.buffer).toBeInstanceOf(mode === "threads" ? SharedArrayBuffer : ArrayBuffer);
  model.dispose();
});

it("so has a graph that the kit runs", () => {
  const b = createBuilder();
  const parameters = [b.parameter(0, "a", { dtype: "f32", shape: [rows, depth] }), b.parameter(1, "b", { dtype: "f32", shape: [depth, rows] })] as const;
  const graph = { name: "f", parameters, results: [b.make("dot_general", parameters, { lhs_contract: [1], rhs_contract: [0], lhs_batch: [], rhs_batch: [] })] };
  expect(runOnWasm(graph, [{ dtype: "f32", shape: [rows, depth], data: left }, { dtype: "f32", shape: [depth, rows], data: right }], new Map())[0]!.data).toEqual(result);
});
