// docs/semantics.md, row by row: every row of the page has its cases, and each holds on the evaluator and on WebAssembly.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createBuilder } from "../../ir/build.ts";
import type { TensorData } from "../../ir/data.ts";
import { evaluateGraph } from "../../ir/evaluate.ts";
import type { Graph } from "../../ir/node.ts";
import { tensor } from "../../ir/ops/sample.ts";
import type { DType } from "../../ir/types.ts";
import { gradientGraph } from "../../src/testing/check-graph.ts";
import { runOnWasm } from "../../src/testing/run-graph.ts";
import { contractions } from "./contractions.ts";
import { elementwise } from "./elementwise.ts";
import { gradients } from "./gradients.ts";
import { indexing } from "./indexing.ts";
import { loops } from "./loops.ts";
import { movement } from "./movement.ts";
import { reductions } from "./reductions.ts";
import { fourier } from "./fourier.ts";
import { sorting } from "./sorting.ts";
import type { Case, Element, Operand, Rows } from "./row.ts";

const sections: Readonly<Record<string, Rows>> = {
  "Elementwise operations": elementwise, Gradients: gradients, "Operations that move elements": movement, Indexing: indexing,
  "Reductions and running combinations": reductions, Sorting: sorting, "Fourier transforms": fourier, "Loops and branches": loops, "Contractions and windows": contractions,
};

/** The rows of each section: its first two columns without backquotes. */
function readPage(): Record<string, string[]> {
  const page: Record<string, string[]> = {};
  let section = "";
  for (const line of readFileSync(new URL("../../docs/semantics.md", import.meta.url), "utf8").split("\n")) {
    const heading = /^##+ (.*)/.exec(line)?.[1];
    if (heading !== undefined) section = heading;
    if (!line.startsWith("|") || /^\|(-+\|)+$/.test(line) || line.startsWith("| operation |")) continue;
    const [, operation, edge] = line.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("`", ""));
    (page[section] ??= []).push(`${operation} | ${edge}`);
  }
  return page;
}

it("the page and the cases have the same rows", () => {
  const page = readPage();
  expect(Object.keys(page)).toEqual(Object.keys(sections));
  for (const [section, rows] of Object.entries(page)) {
    expect([...rows].sort(), section).toEqual(Object.keys(sections[section]!).sort());
    expect(Object.entries(sections[section]!).filter(([, cases]) => cases.length === 0)).toEqual([]);
  }
});

const typed = (dtype: DType, value: Element): Element => (dtype === "i64" ? BigInt(value) : Number(value));

function toTensor(operand: Operand, dtype: DType): TensorData {
  const { shape, values, dtype: own = dtype } = "shape" in operand ? operand : { shape: [operand.length], values: operand };
  return tensor(own, shape, values.map((value) => typed(own, value)));
}

function graphOf({ op, attributes = {} }: Case, inputs: readonly TensorData[]): Graph {
  const b = createBuilder();
  const parameters = inputs.map(({ dtype, shape }, i) => b.parameter(i, `p${i}`, { dtype, shape }));
  return { name: "f", parameters, results: [typeof op === "string" ? b.make(op, parameters, attributes) : op(b, ...parameters)] };
}

// Vectors so long that both whole lanes and a tail compute each element.
const copies = 19;
const repeat = <T>(list: readonly T[]): T[] => Array.from({ length: copies }, () => list).flat();

function check(row: Case, dtype: DType): void {
  const inputs = row.operands.map((operand) => toTensor(operand, dtype));
  const graph = graphOf(row, inputs);
  const expected = row.gives === undefined ? row.gradient! : [row.gives];
  compare(row.gives === undefined ? gradientGraph(graph)! : graph, inputs, expected);
}

function checkRepeated(row: Case, dtype: DType): void {
  const operands = row.operands.map((operand): Operand => ("shape" in operand ? { ...operand, shape: [operand.values.length * copies], values: repeat(operand.values) } : repeat(operand)));
  check({ ...row, operands, ...(row.gives && { gives: repeat(row.gives) }), ...(row.gradient && { gradient: row.gradient.map(repeat) }) }, dtype);
}

function compare(graph: Graph, inputs: readonly TensorData[], expected: readonly (readonly Element[])[]): void {
  // WebAssembly has no f16.
  const isHalf = [...graph.parameters, ...graph.results].some(({ type }) => type.dtype === "f16");
  for (const [target, results] of [["reference", evaluateGraph(graph, inputs)], ...(isHalf ? [] : [["wasm", runOnWasm(graph, inputs, new Map())]] as const)] as const) {
    expected.forEach((elements, i) => {
      const { dtype, data } = results[i]!;
      const wanted = tensor(dtype, [elements.length], elements.map((element) => typed(dtype, element)));
      // Elements are told apart by Object.is: -0 from 0, and NaN is NaN.
      expect([...data], `${target}, result ${i}`).toEqual([...wanted.data]);
    });
  }
}

describe.each(Object.entries(sections))("%s", (section, rows) => {
  const isElementwise = section === "Elementwise operations" || section === "Gradients";
  it.each(Object.entries(rows))("%s", async (_, cases) => {
    for (const row of cases) {
      if (typeof row === "function") await row();
      else for (const dtype of row.dtypes) {
        check(row, dtype);
        if (isElementwise) checkRepeated(row, dtype);
      }
    }
  });
});
