// Elementwise ops on the WebAssembly target over all fixtures that have one result: integers of every width and the
// exact float operations, edges included, to the bit.

import { describe, expect, it } from "vitest";
import { createBuilder } from "../../ir/build.ts";
import { mathOps } from "../../ir/kernel/scalar.ts";
import { runOnWasm } from "../../src/testing/run-graph.ts";
import { fixtureTensor, readFixture } from "./fixture-values.ts";

const inexact: ReadonlySet<string> = new Set(mathOps);

describe("elementwise ops on WebAssembly have the values of an independent source", () => {
  for (const { op, dtype, inputs, expected } of readFixture("elementwise.json")) {
    if (inexact.has(op) && (dtype === "f32" || dtype === "f64")) continue;
    it(`${op} ${dtype}`, () => {
      const operands = inputs.map((values) => fixtureTensor(dtype, values));
      const b = createBuilder();
      const parameters = operands.map(({ shape }, i) => b.parameter(i, `p${i}`, { dtype, shape }));
      const [result] = runOnWasm({ name: op, parameters, results: [b.make(op, parameters)] }, operands, new Map());
      const wanted = fixtureTensor(dtype, expected).data;
      const wrong = [...expected.keys()].filter((i) => !Object.is(result!.data[i], wanted[i]));
      const shown = wrong.slice(0, 6).map((i) =>
        `${op}(${operands.map((operand) => operand.data[i]).join(", ")}) = ${result!.data[i]}, not ${wanted[i]}`);
      expect(shown).toEqual([]);
    });
  }
});
