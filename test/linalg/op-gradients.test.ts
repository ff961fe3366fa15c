// Derivatives of the ops that factorize, at ten random points for each form: reverse mode against central differences of the
// evaluator in f64, forward mode against reverse mode.
import { describe, expect, test } from "vitest";
import { createBuilder } from "../../ir/build.ts";
import type { TensorData } from "../../ir/data.ts";
import type { Attributes, Node } from "../../ir/node.ts";
import { linalgOps } from "../../ir/routines/linalg/index.ts";
import { gradientFault } from "../ir/gradient-check.ts";
import { randomMatrix, type RandomMatrix } from "./random-matrix.ts";

interface Form {
  readonly op: string;
  readonly name: string;
  readonly inputs: readonly RandomMatrix[];
  readonly attributes?: Attributes;
  /** Which result; that of an op with one result if it is not said. */
  readonly result?: number;
}

const nan = { on_error: "error" };
const factors = { on_singular: "error" };
const triangle = (upper: boolean, transposed: boolean, unit: boolean): Attributes => ({ upper, transposed, unit, ...nan });
const several = (op: string, results: readonly number[], forms: readonly (readonly [string, RandomMatrix, Attributes?])[]): readonly Form[] =>
  forms.flatMap(([name, input, attributes]) => results.map((result) => ({ op, name: `${name}, result ${result}`, inputs: [input], attributes: attributes ?? {}, result })));

const square: RandomMatrix = { shape: [4, 4], kind: "general" };
const symmetric: RandomMatrix = { shape: [4, 4], kind: "symmetric" };
const positive: RandomMatrix = { shape: [4, 4], kind: "positive" };
const forms: readonly Form[] = [
  { op: "cholesky", name: "one", inputs: [positive], attributes: nan },
  { op: "cholesky", name: "batch", inputs: [{ shape: [2, 3, 3], kind: "positive" }], attributes: nan },
  { op: "cholesky_update", name: "up", inputs: [{ shape: [3, 3], kind: "factor" }, { shape: [3], kind: "general" }], attributes: { downdate: false, ...nan } },
  { op: "cholesky_update", name: "down", inputs: [{ shape: [3, 3], kind: "factor" }, { shape: [3], kind: "small" }], attributes: { downdate: true, ...nan } },
  { op: "cholesky_update", name: "vectors of one factor", inputs: [{ shape: [3, 3], kind: "factor" }, { shape: [2, 3], kind: "general" }], attributes: { downdate: false, ...nan } },
  ...[false, true].flatMap((upper) => [false, true].flatMap((transposed) => [false, true].map((unit) => ({
    op: "triangular_solve", name: `upper ${upper}, transposed ${transposed}, unit ${unit}`,
    inputs: [{ shape: [3, 3], kind: "factor" }, { shape: [3, 2], kind: "general" }] as const, attributes: triangle(upper, transposed, unit),
  })))),
  { op: "triangular_solve", name: "batch", inputs: [{ shape: [2, 3, 3], kind: "factor" }, { shape: [2, 3, 2], kind: "general" }], attributes: triangle(false, false, false) },
  { op: "triangular_solve", name: "one matrix for all", inputs: [{ shape: [3, 3], kind: "factor" }, { shape: [2, 3, 2], kind: "general" }], attributes: triangle(false, true, false) },
  { op: "triangular_solve", name: "one right side for all", inputs: [{ shape: [2, 3, 3], kind: "factor" }, { shape: [3, 2], kind: "general" }], attributes: triangle(true, false, false) },
  ...several("lu", [0], [
    ["square", square, factors], ["tall", { shape: [5, 3], kind: "general" }, factors], ["wide", { shape: [3, 5], kind: "general" }, factors], ["batch", { shape: [2, 3, 3], kind: "general" }, factors],
    ["tall, a batch", { shape: [2, 4, 2], kind: "general" }, factors], ["wide, a batch", { shape: [2, 2, 4], kind: "general" }, factors], ["one column", { shape: [4, 1], kind: "general" }, factors], ["one row", { shape: [1, 4], kind: "general" }, factors],
  ]),
  ...several("qr", [0, 1], [
    ["square", square, { full: false, ...factors }], ["tall", { shape: [5, 3], kind: "general" }, { full: false, ...factors }], ["wide", { shape: [3, 5], kind: "general" }, { full: false, ...factors }],
    ["batch", { shape: [2, 4, 3], kind: "general" }, { full: false, ...factors }], ["full and square", square, { full: true, ...factors }],
    ["full and tall", { shape: [5, 3], kind: "general" }, { full: true, ...factors }], ["full, a batch", { shape: [2, 4, 3], kind: "general" }, { full: true, ...factors }], ["full, one column", { shape: [4, 1], kind: "general" }, { full: true, ...factors }],
  ]),
  ...several("eigh", [0, 1], [["one", symmetric, nan], ["batch", { shape: [2, 3, 3], kind: "symmetric" }, nan]]),
  ...several("svd", [0, 1, 2], [
    ["square", square, nan], ["tall", { shape: [5, 3], kind: "general" }, nan], ["wide", { shape: [3, 5], kind: "general" }, nan], ["batch", { shape: [2, 3, 3], kind: "general" }, nan],
  ]),
  ...several("eigvals", [0, 1], [["one", square, nan], ["batch", { shape: [2, 3, 3], kind: "general" }, nan], ["a conjugate pair", { shape: [3, 3], kind: "turning" }, nan]]),
  ...several("eig", [0, 1, 2, 3], [["one", square, nan], ["batch", { shape: [2, 3, 3], kind: "general" }, nan], ["a conjugate pair", { shape: [3, 3], kind: "turning" }, nan]]),
  { op: "expm", name: "one", inputs: [square], attributes: nan },
  { op: "expm", name: "batch", inputs: [{ shape: [2, 3, 3], kind: "general" }], attributes: nan },
];

function valueOf({ op, attributes, result }: Form, parameters: readonly Node[]): Node {
  const b = createBuilder();
  const node = b.make(op, parameters, attributes ?? {});
  return result === undefined ? node : b.result(node, result);
}

describe("derivatives at ten random points", () => {
  test.each(forms.map((form) => [`${form.op}: ${form.name}`, form] as const))("%s", (_, form) => {
    const b = createBuilder();
    const parameters = form.inputs.map(({ shape }, i) => b.parameter(i, `x${i}`, { dtype: "f64", shape }));
    const value = valueOf(form, parameters);
    for (let point = 0; point < 10; point++) {
      const inputs: TensorData[] = form.inputs.map((input, i) => randomMatrix(input, 100 * point + i));
      expect(gradientFault({ parameters, values: [value], inputs, wrt: parameters }), `point ${point}`).toBeUndefined();
    }
  });

  test("are tested of every op that has them", () => {
    expect(new Set(forms.map(({ op }) => op))).toEqual(new Set(linalgOps.filter(({ gradient }) => gradient.kind !== "none").map(({ name }) => name)));
  });
});
