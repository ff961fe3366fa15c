// What is known of matrices by the way they are made, and that it is so: of random ones, symmetry and the smallest eigenvalue.
import { type AnyTensor, eye, expandDims, input, matmul, ones, onesLike, sigmoid, softplus } from "damo";
import * as linalg from "damo/linalg";
import { describe, expect, test } from "vitest";
import { topologicalOrder } from "../../ir/graph.ts";
import { evaluateGraph } from "../../ir/evaluate.ts";
import { eigenByJacobi } from "../../ir/routines/linalg/jacobi.ts";
import { cse } from "../../passes/cse.ts";
import { stabilize } from "../../passes/stabilize.ts";
import { type Definiteness, definitenessOf } from "../../passes/rules/definite.ts";
import { toNode } from "../../src/ops/operand.ts";
import { randomMatrix } from "./random-matrix.ts";

const f64 = { dtype: "f64" } as const;
const [b, c, s] = [input("b", [4, 3], f64), input("c", [4, 3], f64), input("s", [], f64)];
const [x, y, points, w] = [input("x", [4], f64), input("y", [4], f64), input("points", [4, 2], f64), input("w", [2], f64)];
const stack = input("stack", [2, 4, 3], f64);
const square = input("square", [4, 4], f64);
const one = eye(4, 4, f64);
const gram = b.dot(b.transpose([1, 0]));
const away = expandDims(x, 1).sub(expandDims(x, 0));
const apart = expandDims(points, 1).sub(expandDims(points, 0));
const bell = away.div(s.exp()).square().mul(-0.5).exp();

const cases: readonly (readonly [name: string, matrix: AnyTensor, known: Definiteness | undefined])[] = [
  ["B B^T", gram, "semidefinite"],
  ["B^T B / n", b.transpose([1, 0]).dot(b).div(4), "semidefinite"],
  ["B B^T + I", gram.add(one), "definite"],
  ["c I + B B^T", one.mul(1e-3).add(gram), "definite"],
  ["B B^T + exp(s) I", gram.add(one.mul(s.exp())), "definite"],
  ["B B^T + diag(softplus(x))", gram.add(linalg.diag(softplus(x)) as typeof gram), "definite"],
  ["B B^T + diag(x^2)", gram.add(linalg.diag(x.square()) as typeof gram), "semidefinite"],
  ["a sum of three", gram.add(c.dot(c.transpose([1, 0])).mul(2)).add(one), "definite"],
  ["in a batch", matmul(stack, stack.transpose([0, 2, 1])).add(one), "definite"],
  ["a kernel of differences", bell, "semidefinite"],
  ["a kernel with noise", bell.mul(s.square()).add(linalg.diag(s.square().add(0.1).mul(onesLike(x))) as typeof bell), "definite"],
  ["a kernel of points", apart.square().sum(-1).div(softplus(s)).neg().exp().add(one.mul(1e-2)), "definite"],
  ["a kernel of points, each axis with its own length", apart.square().mul(w.exp()).sum(-1).mul(-1).exp().add(one.mul(1e-2)), "definite"],
  ["Laplace's kernel", away.abs().mul(sigmoid(s)).neg().exp().add(one), "definite"],
  ["Matern's kernel of points", apart.square().sum(-1).sqrt().neg().exp(), "semidefinite"],
  ["a product of kernels", bell.mul(apart.square().sum(-1).neg().exp()).add(one), "definite"],
  ["exp of B B^T", gram.mul(0.01).exp().add(one), "definite"],
  ["a constant added", bell.add(ones([4, 4], f64)).add(one), "definite"],
  ["transposed", gram.add(one).transpose([1, 0]), "definite"],
  ["A + A^T", square.add(square.transpose([1, 0])), "symmetric"],
  ["diag(x)", linalg.diag(x), "symmetric"],
  ["B B^T - I", gram.sub(one), "symmetric"],
  ["B B^T s", gram.mul(s), "symmetric"],
  ["a square of a symmetric matrix by elements", square.add(square.transpose([1, 0])).square(), "symmetric"],
  ["a matrix", square, undefined],
  ["a matrix and the identity", square.add(one), undefined],
  ["B C^T", b.dot(c.transpose([1, 0])).add(one), undefined],
  ["A A", square.dot(square).add(one), undefined],
  ["differences of two lines", expandDims(x, 1).sub(expandDims(y, 0)).square().neg().exp().add(one), undefined],
  ["exp of squares", away.square().exp().add(one), undefined],
  ["cubes", away.abs().pow(3).neg().exp().add(one), undefined],
  ["scaled by rows", gram.mul(expandDims(x.exp(), 1)).add(one), undefined],
];

/** As the rules see it. */
function prepared(matrix: AnyTensor) {
  const node = toNode("f", matrix);
  const parameters = topologicalOrder({ name: "f", parameters: [], results: [node] }).filter(({ op }) => op === "parameter");
  return stabilize.run(cse.run({ name: "f", parameters, results: [node] }, {}), {});
}

describe("known of", () => {
  test.each(cases)("%s", (_, matrix, known) => {
    const graph = prepared(matrix);
    expect(definitenessOf(graph.results[0]!)).toBe(known);
    for (let seed = 0; seed < 10; seed++) {
      const inputs = graph.parameters.map(({ type: { shape } }, i) => randomMatrix({ shape: shape.map(Number), kind: "general" }, 100 * seed + i));
      const [{ data, shape }] = evaluateGraph(graph, inputs) as unknown as [{ data: Float64Array; shape: number[] }];
      const n = shape.at(-1)!;
      for (let from = 0; known !== undefined && from < data.length; from += n * n) {
        const element = data.slice(from, from + n * n);
        for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) expect(element[i * n + j]).toBe(element[j * n + i]);
        const values = new Float64Array(n);
        eigenByJacobi(Float64Array.from(element), values, new Float64Array(n * n), n);
        if (known === "definite") expect(values[0]).toBeGreaterThan(0);
        if (known === "semidefinite") expect(values[0]).toBeGreaterThan(-1e-12 * values[n - 1]!);
      }
    }
  });
});
