// A layer of one's own, of any size: scaled dot-product attention. test/examples/attention.test.ts is its property-based
// suite, made with damo/testing.

import { pathToFileURL } from "node:url";
import { compile, type Dim, fn, input, type Tensor } from "damo";

/** How much each query attends to each key: rows that sum to 1 (Vaswani et al., "Attention is all you need", 2017). */
export function attentionWeights<Queries extends Dim, Keys extends Dim, const Width extends number>(
  queries: Tensor<"f32", [Queries, Width]>, keys: Tensor<"f32", [Keys, Width]>): Tensor<"f32", [Queries, Keys]> {
  return queries.dot(keys.transpose()).div(Math.sqrt(queries.shape[1])).softmax(-1);
}

/** For each query the mean of the values, weighted by attention. */
export function attend<Queries extends Dim, Keys extends Dim, const Width extends number, Out extends Dim>(
  queries: Tensor<"f32", [Queries, Width]>, keys: Tensor<"f32", [Keys, Width]>, values: Tensor<"f32", [Keys, Out]>): Tensor<"f32", [Queries, Out]> {
  return attentionWeights(queries, keys).dot(values);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const queries = input("queries", ["n", 2]);
  const keys = input("keys", ["m", 2]);
  const values = input("values", ["m", 1]);
  const f = await compile(fn({
    inputs: { queries, keys, values },
    outputs: { weights: attentionWeights(queries, keys), out: attend(queries, keys, values) },
  }));
  // Four keys at the corners of a square; the query looks to the upper right.
  const { weights, out } = f({ queries: [[3, 3]], keys: [[1, 1], [1, -1], [-1, 1], [-1, -1]], values: [[4], [3], [2], [1]] });
  console.log(`weights ${weights.toArray()[0]!.map((weight) => weight.toFixed(3)).join(", ")}; result ${out.item().toFixed(3)}`);
}
