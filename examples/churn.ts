// Which of a bank's customers leave: a net 11-6-6-1 for a table, trained in batches of ten. So small a step is all
// overhead elsewhere; here it is one call without an allocation.

import { pathToFileURL } from "node:url";
import { adam, binaryCrossEntropyWithLogits, compile, type CompileOptions, fn, glorotUniform, input, shared, zeros } from "damo";
import { type Customers, features, readCustomers } from "./churn/customers.ts";
import { seededRandom, shuffle } from "./random.ts";

export function defineChurn() {
  const x = input("x", ["batch", features]);
  const y = input("y", ["batch"]);
  const w1 = shared("w1", glorotUniform([features, 6], { seed: 1 }));
  const b1 = shared("b1", zeros([6]));
  const w2 = shared("w2", glorotUniform([6, 6], { seed: 2 }));
  const b2 = shared("b2", zeros([6]));
  const w3 = shared("w3", glorotUniform([6, 1], { seed: 3 }));
  const b3 = shared("b3", zeros([1]));
  const logit = x.dot(w1).add(b1).relu().dot(w2).add(b2).relu().dot(w3).add(b3).squeeze(1);
  const cost = binaryCrossEntropyWithLogits(logit, y).mean();
  return {
    train: fn({ inputs: { x, y }, outputs: { cost }, updates: adam(cost, [w1, b1, w2, b2, w3, b3], { learningRate: 2e-3 }) }),
    predict: fn({ inputs: { x }, outputs: { probability: logit.sigmoid() } }),
  };
}

export interface Outcome {
  /** The mean over each epoch. */
  readonly costs: readonly number[];
  readonly steps: number;
  /** In microseconds. */
  readonly stepTime: number;
  /** Of the customers held back. */
  readonly accuracy: number;
  /** What guessing that all stay would reach. */
  readonly baseline: number;
}

/** Trains on four fifths of the customers, in an order of its own each epoch, and tests on the others. */
export async function learnChurn({ count, x, left }: Customers, epochs: number, options: CompileOptions = {}): Promise<Outcome> {
  const batch = 10;
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  const random = seededRandom(3);
  shuffle(order, random);
  const border = Math.floor(0.8 * count / batch) * batch;
  const [training, held] = [order.subarray(0, border), order.subarray(border)];
  const row = (customer: number): Float32Array => x.subarray(customer * features, (customer + 1) * features);

  const model = await compile(defineChurn(), options);
  const step = model.train.bindBuffers({ batch });
  const costs: number[] = [];
  const start = performance.now();
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(training, random);
    let sum = 0;
    for (let from = 0; from < border; from += batch) {
      for (let i = 0; i < batch; i++) {
        const customer = training[from + i]!;
        step.inputs.x.set(row(customer), i * features);
        step.inputs.y[i] = left[customer]!;
      }
      step.run();
      sum += step.outputs.cost[0]!;
    }
    costs.push(sum / (border / batch));
  }
  const steps = epochs * border / batch;
  const stepTime = (performance.now() - start) * 1000 / steps;

  const { probability } = model.predict({ x: Array.from(held, row) });
  const right = held.reduce((sum, customer, i) => sum + Number(Number(probability.data[i]! > 0.5) === left[customer]), 0);
  const stayed = held.reduce((sum, customer) => sum + 1 - left[customer]!, 0);
  model.dispose();
  return { costs, steps, stepTime, accuracy: right / held.length, baseline: stayed / held.length };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const customers = readCustomers();
  console.log(`${customers.count} customers from ${customers.place}${customers.gaps > 0 ? `, ${customers.gaps} empty cells filled with means` : ""}`);
  const { costs, steps, stepTime, accuracy, baseline } = await learnChurn(customers, 20);
  console.log(`cost ${costs[0]!.toFixed(4)} in the first epoch, ${costs.at(-1)!.toFixed(4)} in the last`);
  console.log(`${steps} steps of ${stepTime.toFixed(1)} us each, the copying of their batches included`);
  console.log(`${(100 * accuracy).toFixed(1)} % of the customers held back are right; ${(100 * baseline).toFixed(1)} % if all were said to stay`);
}
