// Gradients at the edges: ties, borders, zeros, values that are not taken; and trigamma, which digamma's gradient is
// composed of, against exact values. Smooth points are held against finite differences with the samples.

import { describe, expect, it } from "vitest";
import { createBuilder } from "../../ir/build.ts";
import { evaluateGraph } from "../../ir/evaluate.ts";
import { tensor } from "../../ir/ops/sample.ts";
import { vjpOf } from "./linearize.ts";

/** The cotangent of one operand, for a cotangent of ones, in f64. */
function gradient(op: string, input: number, ...operands: readonly (readonly number[])[]): readonly number[] {
  const b = createBuilder();
  const shape = [operands[0]!.length];
  const parameters = operands.map((_, i) => b.parameter(i, `p${i}`, { dtype: "f64", shape }));
  const node = b.make(op, parameters);
  const result = vjpOf(b, node, b.fullLike(node, 1))[input]!;
  const inputs = operands.map((values) => tensor("f64", shape, values));
  // -0 and 0 are one value here.
  return [...evaluateGraph({ name: op, parameters, results: [result] }, inputs)[0]!.data].map((value) => Number(value) + 0);
}

describe("gradients at edges", () => {
  it("max and min give half to each operand at a tie, nothing with NaN", () => {
    expect(gradient("max", 0, [1, 2, 3, Number.NaN], [2, 2, 2, 1])).toEqual([0, 0.5, 1, 0]);
    expect(gradient("max", 1, [1, 2, 3, Number.NaN], [2, 2, 2, 1])).toEqual([1, 0.5, 0, 0]);
    expect(gradient("min", 0, [1, 2, 3], [2, 2, 2])).toEqual([1, 0.5, 0]);
  });

  it("clamp passes to x between the borders and on them, else to the border", () => {
    const operands = [[-2, -1, 0, 1, 2], [-1, -1, -1, -1, -1], [1, 1, 1, 1, 1]] as const;
    expect(gradient("clamp", 0, ...operands)).toEqual([0, 1, 1, 1, 0]);
    expect(gradient("clamp", 1, ...operands)).toEqual([1, 0, 0, 0, 0]);
    expect(gradient("clamp", 2, ...operands)).toEqual([0, 0, 0, 0, 1]);
    // low above high: the result is high
    expect(gradient("clamp", 0, [0], [2], [1])).toEqual([0]);
    expect(gradient("clamp", 1, [0], [2], [1])).toEqual([0]);
    expect(gradient("clamp", 2, [0], [2], [1])).toEqual([1]);
  });

  it("abs is flat at 0, roots are steep", () => {
    expect(gradient("abs", 0, [-2, 0, 3])).toEqual([-1, 0, 1]);
    expect(gradient("sqrt", 0, [0, 4])).toEqual([Infinity, 0.25]);
    expect(gradient("cbrt", 0, [0, -8])).toEqual([Infinity, 1 / 12]);
  });

  it("pow: exponent 0 by the base, base 0 by the exponent", () => {
    expect(gradient("pow", 0, [0, 2, 0, 3], [0, 0, 2, 2])).toEqual([0, 0, 0, 6]);
    expect(gradient("pow", 1, [0, 1], [2, 5])).toEqual([0, 0]);
  });

  it("rem has slope 1 by the dividend and -floor_div by the divisor", () => {
    expect(gradient("rem", 0, [5.5, -5.5], [3, 3])).toEqual([1, 1]);
    expect(gradient("rem", 1, [5.5, -5.5], [3, 3])).toEqual([-1, 2]);
  });

  it("select gives nothing, not NaN, to the side that is not taken", () => {
    const b = createBuilder();
    const shape = [2];
    const parameters = [
      b.parameter(0, "condition", { dtype: "bool", shape }), b.parameter(1, "x", { dtype: "f64", shape }),
      b.parameter(2, "y", { dtype: "f64", shape }), b.parameter(3, "cotangent", { dtype: "f64", shape }),
    ];
    const node = b.make("select", parameters.slice(0, 3));
    const results = vjpOf(b, node, parameters[3]!).slice(1).map((cotangent) => cotangent!);
    const nan = Number.NaN;
    const inputs = [tensor("bool", shape, [1, 0]), tensor("f64", shape, [1, nan]), tensor("f64", shape, [nan, 2]), tensor("f64", shape, [Infinity, nan])];
    const values = evaluateGraph({ name: "select", parameters, results }, inputs).map((result) => [...result.data]);
    expect(values).toEqual([[Infinity, 0], [0, nan]]);
  });

  it("convert passes between floats, and nothing from or to integers", () => {
    const b = createBuilder();
    const float = b.parameter(0, "x", { dtype: "f64", shape: [2] });
    const int = b.parameter(1, "n", { dtype: "i32", shape: [2] });
    const narrow = b.convert(float, "f32");
    expect(vjpOf(b, narrow, b.fullLike(narrow, 1))[0]!.type.dtype).toBe("f64");
    const widened = b.convert(int, "f32");
    expect(vjpOf(b, widened, b.fullLike(widened, 1))[0]).toBeUndefined();
    expect(vjpOf(b, b.make("floor", [float]), float)[0]).toBeUndefined();
  });

  it("digamma: exact values of trigamma", () => {
    // pi^2/6, pi^2/2, pi^2/6 - 1, pi^2/2 + 4 (DLMF 5.15), and mpmath at 10.25 and -2.3
    const exact = [Math.PI ** 2 / 6, Math.PI ** 2 / 2, Math.PI ** 2 / 6 - 1, Math.PI ** 2 / 2 + 4, 0.10247452151799187, 14.725912160961292];
    gradient("digamma", 0, [1, 0.5, 2, -0.5, 10.25, -2.3]).forEach((value, i) => {
      expect(Math.abs(value / exact[i]! - 1)).toBeLessThan(2e-14);
    });
  });

  it("precise where the naive form cancels: expm1, tanh, asin, atanh near their ends", () => {
    const relative = (value: number, exact: number) => expect(Math.abs(value / exact - 1)).toBeLessThan(1e-14);
    relative(gradient("expm1", 0, [-40])[0]!, Math.exp(-40));
    relative(gradient("asin", 0, [1 - 2 ** -40])[0]!, 1 / Math.sqrt(2 ** -40 * (2 - 2 ** -40)));
    relative(gradient("atanh", 0, [1 - 2 ** -40])[0]!, 1 / (2 ** -40 * (2 - 2 ** -40)));
    relative(gradient("acosh", 0, [1 + 2 ** -40])[0]!, 1 / Math.sqrt(2 ** -40 * (2 + 2 ** -40)));
  });
});
