// Logistic regression by gradient descent, with the gradients and the updates written out. The data are drawn from known
// coefficients, and the fit finds them again.

import { pathToFileURL } from "node:url";
import { binaryCrossEntropyWithLogits, compile, type CompileOptions, fn, grad, input, shared, zeros } from "damo";
import { seededRandom } from "./random.ts";

export interface Table {
  readonly count: number;
  /** count x features, row by row. */
  readonly x: Float64Array;
  /** 0 or 1. */
  readonly y: Float64Array;
}

export interface Coefficients {
  readonly weights: readonly number[];
  readonly bias: number;
}

const truth: Coefficients = { weights: [1.5, -2, 0.5], bias: 0.75 };

/** Rows whose answer is 1 with the probability that the coefficients give. */
export function drawTable(count: number, { weights, bias }: Coefficients = truth, random = seededRandom(7)): Table {
  const x = Float64Array.from({ length: count * weights.length }, () => 4 * random() - 2);
  const y = Float64Array.from({ length: count }, (_, row) => {
    const logit = weights.reduce((sum, weight, i) => sum + weight * x[row * weights.length + i]!, bias);
    return random() < 1 / (1 + Math.exp(-logit)) ? 1 : 0;
  });
  return { count, x, y };
}

export function defineRegression(features: number, { rate, decay }: { readonly rate: number; readonly decay: number }) {
  const x = input("x", ["rows", features], { dtype: "f64" });
  const y = input("y", ["rows"], { dtype: "f64" });
  const w = shared("w", zeros([features], { dtype: "f64" }));
  const b = shared("b", 0, { dtype: "f64" });
  const logit = x.dot(w).add(b);
  const cost = binaryCrossEntropyWithLogits(logit, y).mean().add(w.square().sum().mul(decay));
  const [dw, db] = grad(cost, [w, b]);
  return {
    train: fn({ inputs: { x, y }, outputs: { cost }, updates: [[w, w.sub(dw.mul(rate))], [b, b.sub(db.mul(rate))]] }),
    predict: fn({ inputs: { x }, outputs: logit.sigmoid() }),
  };
}

/** The fit after `steps` steps over the whole table. */
export async function fit(table: Table, steps: number, options: CompileOptions = {}, decay = 1e-4): Promise<Coefficients & { readonly cost: number }> {
  const features = table.x.length / table.count;
  const model = await compile(defineRegression(features, { rate: 1, decay }), options);
  const feeds = { x: { data: table.x, shape: [table.count, features] }, y: table.y };
  let cost = Number.NaN;
  for (let step = 0; step < steps; step++) cost = model.train(feeds).cost.item();
  const weights = model.state["w"]!.get().toArray() as number[];
  const bias = model.state["b"]!.get().item() as number;
  model.dispose();
  return { weights, bias, cost };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const table = drawTable(5000);
  const start = performance.now();
  const found = await fit(table, 500);
  const show = ({ weights, bias }: Coefficients): string => `${weights.map((weight) => weight.toFixed(3)).join(", ")} and ${bias.toFixed(3)}`;
  console.log(`drawn with   ${show(truth)}`);
  console.log(`found        ${show(found)}`);
  console.log(`500 steps over ${table.count} rows in ${(performance.now() - start).toFixed(0)} ms, cross-entropy ${found.cost.toFixed(4)}`);
}
