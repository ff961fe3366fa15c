// Math functions, as emitted, against exact values (mpmath): both dtypes, edges, arguments that are hard to reduce.

import { describe, expect, it } from "vitest";
import { type MathOp, mathOps } from "../../ir/kernel/scalar.ts";
import { type FixtureCase, fixtureTensor, readFixture, ulpDistance } from "../ops/fixture-values.ts";
import { compileMathToWasm } from "./run-wasm.ts";

/** Units in the last place beyond which an error is one; gamma functions also by an absolute bound near their zeros. */
function limits(op: string, dtype: "f32" | "f64"): { readonly ulp: number; readonly absolute: number } {
  if (op === "lgamma" || op === "digamma") return { ulp: 4, absolute: dtype === "f32" ? 1e-12 : 4e-15 };
  return { ulp: op === "erfinv" ? 4 : 2, absolute: 0 };
}

function check({ op, dtype, inputs, expected }: FixtureCase & { readonly dtype: "f32" | "f64" }): readonly string[] {
  const count = expected.length;
  const { x, y, out, run } = compileMathToWasm(op as MathOp, dtype, Math.ceil(count / 8) * 8);
  const operands = inputs.map((values) => fixtureTensor(dtype, values).data as Float64Array);
  x.set(operands[0]!);
  y.set(operands[1] ?? operands[0]!);
  run();
  const wanted = fixtureTensor(dtype, expected).data as Float64Array;
  const { ulp, absolute } = limits(op, dtype);
  return [...wanted.keys()]
    .filter((i) => ulpDistance(dtype, out[i]!, wanted[i]!) > ulp && !(Math.abs(out[i]! - wanted[i]!) <= absolute))
    .map((i) => `${op}(${operands.map((operand) => operand[i]).join(", ")}) = ${out[i]}, not ${wanted[i]}`);
}

const isFloatCase = (fixture: FixtureCase): fixture is FixtureCase & { readonly dtype: "f32" | "f64" } =>
  (fixture.dtype === "f32" || fixture.dtype === "f64") && (mathOps as readonly string[]).includes(fixture.op);

describe("math functions have exact values", () => {
  for (const fixture of readFixture("elementwise.json").filter(isFloatCase)) {
    it(`${fixture.op} ${fixture.dtype}`, () => expect(check(fixture).slice(0, 5)).toEqual([]));
  }
});

describe("angles next to multiples of pi / 2 are reduced in full", () => {
  for (const fixture of readFixture("hard-angles.json").filter(isFloatCase)) {
    it(`${fixture.op} ${fixture.dtype}`, () => expect(check(fixture).slice(0, 5)).toEqual([]));
  }
});
