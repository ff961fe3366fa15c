// The evaluator against exact values (mpmath, NumPy; test/fixtures/elementwise.py), edges included.

import { describe, expect, it } from "vitest";
import type { TensorData } from "../../ir/data.ts";
import type { OpDefinition } from "../../ir/op.ts";
import { elementwiseOps } from "../../ir/ops/elementwise.ts";
import { fixtureTensor, readFixture, ulpDistance } from "./fixture-values.ts";

/** Allowed error in f64; f32 is the f64 result rounded, so 1. Gamma functions also by an absolute bound near their zeros. */
const ulps: Readonly<Record<string, number>> = {
  logistic: 2, erf: 2, erfc: 4, erfinv: 4, lgamma: 8, digamma: 8, rsqrt: 1, cbrt: 1, exp: 1, exp2: 1, expm1: 1, log: 1,
  log2: 1, log1p: 1, sin: 1, cos: 1, tan: 1, asin: 1, acos: 1, atan: 1, sinh: 2, cosh: 2, tanh: 2, asinh: 2, acosh: 2,
  atanh: 2, pow: 1, atan2: 1,
};
const nearZero = 4e-15;
const definitions: ReadonlyMap<string, OpDefinition> = new Map(elementwiseOps.map((definition) => [definition.name, definition]));

describe("elementwise ops have the values of an independent source", () => {
  for (const { op, dtype, inputs, expected } of readFixture("elementwise.json")) {
    it(`${op} ${dtype}`, () => {
      const operands = inputs.map((values) => fixtureTensor(dtype, values));
      const wanted = fixtureTensor(dtype, expected).data;
      const shape = [expected.length];
      const got = (definitions.get(op)!.evaluate(operands, { type: { dtype, shape }, attributes: {} }) as TensorData).data;
      const limit = ulps[op] === undefined ? 0 : dtype === "f32" ? 1 : ulps[op];
      const wrong = [...expected.keys()].filter((i) => {
        const [value, exact] = [got[i]!, wanted[i]!];
        if (typeof value === "bigint" || typeof exact === "bigint") return value !== exact;
        if ((op === "lgamma" || op === "digamma") && Math.abs(value - exact) <= nearZero) return false;
        return ulpDistance(dtype, value, exact) > limit;
      });
      const shown = wrong.slice(0, 6).map((i) =>
        `${op}(${operands.map((operand) => operand.data[i]).join(", ")}) = ${got[i]}, not ${wanted[i]}`);
      expect(shown).toEqual([]);
    });
  }
});
