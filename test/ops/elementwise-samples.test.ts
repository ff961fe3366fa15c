// Every elementwise op has a sentence and samples; the evaluator gives what the samples expect; types are checked.

import { describe, expect, it } from "vitest";
import type { TensorData } from "../../ir/data.ts";
import { DamoError } from "../../ir/errors.ts";
import type { OpDefinition } from "../../ir/op.ts";
import { elementwiseOps } from "../../ir/ops/elementwise.ts";
import { elementwiseDocs, elementwiseSamples } from "../../ir/ops/elementwise.samples.ts";
import type { DType, TensorType } from "../../ir/types.ts";
import { ulpDistance } from "./fixture-values.ts";

const definitions: ReadonlyMap<string, OpDefinition> = new Map(elementwiseOps.map((definition) => [definition.name, definition]));

function typeOf({ dtype, shape }: TensorData): TensorType & { readonly shape: readonly number[] } {
  return { dtype, shape };
}

describe("elementwise samples", () => {
  it("exist for every op, with a sentence, and for no other", () => {
    const names = elementwiseOps.map((definition) => definition.name).sort();
    expect(Object.keys(elementwiseDocs).sort()).toEqual(names);
    expect([...new Set(elementwiseSamples.map((sample) => sample.op))].sort()).toEqual(names);
    const titles = elementwiseSamples.map((sample) => `${sample.op}/${sample.name}`);
    expect(new Set(titles).size).toBe(titles.length);
  });

  for (const { op, name, inputs, attributes = {}, expected, ulp = 0 } of elementwiseSamples) {
    if (expected === undefined) continue;
    it(`${op}: ${name}`, () => {
      const definition = definitions.get(op)!;
      const type = definition.infer(inputs.map(typeOf), attributes) as TensorType & { readonly shape: readonly number[] };
      const result = definition.evaluate(inputs, { type, attributes }) as TensorData;
      expect(result.dtype).toBe(type.dtype);
      const values: readonly (number | bigint)[] = [...result.data];
      if (ulp === 0) expect(values).toEqual(expected);
      else values.forEach((value, i) => {
        expect(ulpDistance(type.dtype, Number(value), Number(expected[i]))).toBeLessThanOrEqual(ulp);
      });
    });
  }
});

describe("elementwise types", () => {
  const f32: TensorType = { dtype: "f32", shape: [2, 3] };
  const fails = (op: string, operands: readonly TensorType[], attributes = {}) => {
    try {
      definitions.get(op)!.infer(operands, attributes);
    } catch (error) {
      if (error instanceof DamoError) return error.message;
    }
    return "no error";
  };

  it("names what is wrong with dtypes and shapes", () => {
    expect(fails("add", [f32, { dtype: "i32", shape: [2, 3] }])).toContain("E202 add: operands have the dtypes f32 and i32");
    expect(fails("add", [f32, { dtype: "f32", shape: [3] }])).toContain("E203 add: shapes [2,3] and [3] differ");
    expect(fails("exp", [{ dtype: "i32", shape: [] }])).toContain("E202 exp: does not take i32");
    expect(fails("and", [f32, f32])).toContain("E202 and: does not take f32");
    expect(fails("add", [{ dtype: "bool", shape: [] }, { dtype: "bool", shape: [] }])).toContain("E202 add: does not take bool");
    expect(fails("select", [f32, f32, f32])).toContain("E202 select");
    expect(fails("select", [{ dtype: "bool", shape: [2] }, f32, f32])).toContain("E203 select");
    expect(fails("bitcast", [f32], { dtype: "f64" })).toContain("E202 bitcast: f32 and f64 differ in width");
  });

  it("keeps the operand's type, and comparisons are bool", () => {
    expect(definitions.get("exp")!.infer([f32], {})).toEqual(f32);
    expect(definitions.get("lt")!.infer([f32, f32], {})).toEqual({ dtype: "bool", shape: [2, 3] });
    expect(definitions.get("convert")!.infer([f32], { dtype: "i8" as DType })).toEqual({ dtype: "i8", shape: [2, 3] });
  });
});
