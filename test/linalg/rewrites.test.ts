// What is computed otherwise than it is written: an inverse that is only multiplied, diagonal matrices, factors that are shared.
import { type AnyTensor, constant, eye, grad, input, jvp, matmul, type Tensor } from "damo";
import * as linalg from "damo/linalg";
import { describe, expect, it } from "vitest";
import { topologicalOrder } from "../../ir/graph.ts";
import type { Graph } from "../../ir/node.ts";
import { cse } from "../../passes/cse.ts";
import { control } from "../../passes/control/index.ts";
import { differentiate } from "../../passes/differentiate.ts";
import { stabilize } from "../../passes/stabilize.ts";
import { toNode } from "../../src/ops/operand.ts";
import { evaluate } from "./evaluate.ts";

const a = input("a", [3, 3], { dtype: "f64" });
const b = input("b", [3, 2], { dtype: "f64" });
const v = input("v", [3], { dtype: "f64" });

/** How often ops stand in the graph that derivatives are taken in. */
function countOps(outputs: readonly AnyTensor[], inputs: readonly AnyTensor[], ...ops: readonly string[]): readonly number[] {
  const before: Graph = { name: "f", parameters: inputs.map((tensor) => toNode("f", tensor)), results: outputs.map((tensor) => toNode("f", tensor)) };
  const graph = cse.run(differentiate.run(stabilize.run(cse.run(before, {}), {}), {}), {});
  const names = topologicalOrder(graph).map((node) => node.op);
  return ops.map((op) => names.filter((name) => name === op).length);
}

describe("inverses", () => {
  it.each([["columns", b], ["a vector", v]] as const)("times %s are solutions", (_, right) => {
    expect(countOps([linalg.inv(a).dot(right as typeof b)], [a, right], "dot_general", "triangular_solve")).toEqual([0, 2]);
    expect(countOps([linalg.inv(a).dot(right as typeof b)], [a, right], "lu")).toEqual(countOps([linalg.solve(a, right as typeof b)], [a, right], "lu"));
  });

  it("that are read otherwise, too, stay inverses", () => {
    const inverse = linalg.inv(a);
    expect(countOps([inverse, inverse.dot(b)], [a, b], "dot_general")).toEqual([1]);
  });

  it("give the same values and gradients", async () => {
    const values = [{ shape: [3, 3], data: Float64Array.of(4, 1, 0, 1, 3, -1, 2, 0, 5) }, { shape: [3, 2], data: Float64Array.of(1, 2, 3, 4, 5, 6) }];
    type Matrix = typeof a;
    const costs = (x: Matrix, y: typeof b) => [linalg.inv(x).dot(y).square().sum(), linalg.solve(x, y).square().sum()] as const;
    const result = await evaluate((x: Matrix, y: typeof b) => {
      const [byInverse, bySolution] = costs(x, y);
      return { p: byInverse, q: bySolution, dp: grad(byInverse, x), dq: grad(bySolution, x) };
    }, values);
    expect([...Array.from(result["p"]!.data), ...Array.from(result["dp"]!.data)]).toEqual([...Array.from(result["q"]!.data), ...Array.from(result["dq"]!.data)]);
  });
});

it("products with diagonal matrices are scalings", async () => {
  expect(countOps([linalg.diag(v).dot(b as never), a.dot(linalg.diag(v) as never)], [a, b, v], "dot_general")).toEqual([0]);
  const values = [{ shape: [3, 2], data: Float64Array.of(1, 2, 3, 4, 5, 6) }, { shape: [3], data: Float64Array.of(2, -1, 0.5) }];
  const { y } = await evaluate((x: typeof b, d: typeof v) => ({ y: linalg.diag(d).dot(x as never) }), values);
  expect(Array.from(y!.data)).toEqual([2, 4, -3, -4, 2.5, 3]);
});

it.each([["tall", 200, 3], ["wide", 3, 200], ["of late rows", "n", 3]] as const)("least squares and their derivatives have no product as wide as a matrix is long: %s", (_, m, n) => {
  const [x, y] = [input("x", [m, n], { dtype: "f64" }), input("y", [m], { dtype: "f64" })];
  const fit = linalg.lstsq(x, y) as typeof y;
  const results = [grad(fit.square().sum() as never, x as never), jvp(fit as never, [x] as never, [x] as never)].map((tensor) => toNode("f", tensor as AnyTensor));
  const graph = differentiate.run({ name: "f", parameters: [x, y].map((tensor) => toNode("f", tensor)), results }, { control });
  const products = topologicalOrder(graph).filter(({ op }) => op === "dot_general");
  expect(products.length).toBeGreaterThan(10);
  for (const { type: { shape } } of products) expect(shape.filter((size) => typeof size !== "number" || size > 3).length).toBeLessThan(2);
});

it("what is asked of one matrix shares its factors", () => {
  const { sign, logdet } = linalg.slogdet(a);
  expect(countOps([linalg.solve(a, b), linalg.det(a), sign, logdet, linalg.inv(a)], [a, b], "lu")).toEqual([1]);
  expect(countOps([linalg.solve(a, b, { assume: "positive" }), linalg.logdet(a), grad(linalg.logdet(a), a)], [a, b], "cholesky")).toEqual([1]);
});

describe("matrices that are positive definite by the way they are made", () => {
  const c = input("c", [3, 5], { dtype: "f64" });
  const gram = c.dot(c.transpose([1, 0]));
  const kernel = gram.add(eye(3, 3, { dtype: "f64" }).mul(0.1));
  const counts = (...outputs: readonly AnyTensor[]) => countOps(outputs, [c, b, v], "lu", "cholesky", "dot_general");
  const { sign, logdet } = linalg.slogdet(kernel);

  it("are solved with by their Cholesky factor", () => {
    expect(counts(linalg.solve(kernel, b))).toEqual([0, 1, 1]);
    expect(counts(linalg.inv(kernel).dot(b))).toEqual([0, 1, 1]);
    expect(counts(linalg.inv(kernel).dot(v))).toEqual([0, 1, 1]);
    expect(counts(linalg.solve(kernel, v), linalg.logdet(kernel))).toEqual([0, 1, 1]);
    expect(counts(linalg.inv(kernel, { assume: "positive" }).dot(b))).toEqual([0, 1, 1]);
  });

  it("share it with their determinants", () => {
    expect(counts(linalg.solve(kernel, b), logdet, sign, linalg.det(kernel), linalg.logdet(kernel))).toEqual([0, 1, 1]);
    // Nothing else has the factor: a determinant alone is as it was, and cannot fail.
    expect(counts(logdet, linalg.det(kernel))).toEqual([1, 0, 1]);
  });

  it("that may be singular are so only where the graph has their factor", () => {
    expect(counts(linalg.solve(gram, b))).toEqual([1, 0, 1]);
    expect(counts(linalg.solve(gram, b), linalg.det(gram), linalg.logdet(gram))).toEqual([0, 1, 1]);
    // It must not fail, though, and of other matrices the factor reads one triangle.
    expect(counts(linalg.det(gram), linalg.cholesky(gram, { onError: "nan" }))).toEqual([1, 1, 1]);
    expect(countOps([linalg.solve(a, b), linalg.cholesky(a)], [a, b], "lu", "cholesky")).toEqual([1, 1]);
  });

  it("keep the LU factors that something else reads", () => {
    expect(counts(linalg.solve(kernel, b), linalg.luFactor(kernel).lu)).toEqual([1, 0, 1]);
    expect(counts(grad(linalg.solve(kernel, b).sum(), kernel)).slice(0, 2)).toEqual([1, 0]);
  });

  it("give the values and gradients of the LU factors", async () => {
    const values = [{ shape: [2, 3, 5], data: Float64Array.from({ length: 30 }, (_, i) => Math.sin(i * i + 1)) }, { shape: [3, 2], data: Float64Array.of(1, 2, 3, 4, 5, 6) }];
    const result = await evaluate((x: Tensor<"f64", [2, 3, 5]>, y: typeof b) => {
      const covariance = matmul(x, x.transpose([0, 2, 1])).add(eye(3, 3, { dtype: "f64" }));
      // The same, but that nothing is known of it.
      const plain = covariance.mul(constant([[[1]]], { dtype: "f64" }).add(x.sum().mul(0)) as never) as typeof covariance;
      const cost = (matrix: typeof covariance) => {
        const { sign, logdet } = linalg.slogdet(matrix);
        return linalg.solve(matrix, y).square().sum().add(logdet.sum()).add(linalg.det(matrix).add(sign).sum());
      };
      return { p: cost(covariance), q: cost(plain), dp: grad(cost(covariance), x), dq: grad(cost(plain), x) };
    }, values);
    const [own, other] = [["p", "dp"], ["q", "dq"]].map((names) => names.flatMap((name) => Array.from(result[name]!.data))) as [number[], number[]];
    own.forEach((value, i) => expect(Math.abs(value - other[i]!)).toBeLessThanOrEqual(1e-11 * Math.max(1, Math.abs(other[i]!))));
  });
});
