// A training step of the LSTM by itself: how far its loops are from the matrix kernel. Run by `node --import ./.ci/ts.mjs bench/lstm.ts`.
// The measure beside it is the time that the step's multiplications alone would take in one large product of this module.

import { compile, fn, input } from "damo";
import { median } from "./judge.ts";
import { defineLstm, lstm } from "./models/lstm.ts";
import { uniform } from "./models/parameter.ts";

const { hidden, inputs, batch, steps } = lstm;
const a = input("a", [512, 512]);

const start = performance.now();
const model = await compile({ ...defineLstm(), product: fn({ inputs: { a }, outputs: { c: a.dot(a) } }) });
console.log(`compiled in ${(performance.now() - start).toFixed(0)} ms`);

const bound = { train: model.train.bindBuffers(), predict: model.predict.bindBuffers(), product: model.product.bindBuffers() };
for (const { inputs: views } of Object.values(bound)) {
  for (const view of Object.values(views)) view.set(uniform(view.length, 1, 9));
}

const times: { readonly [name in keyof typeof bound]: number[] } = { train: [], predict: [], product: [] };
for (let round = 0; round < 15; round++) {
  for (const name of Object.keys(times) as (keyof typeof times)[]) {
    const before = performance.now();
    bound[name].run();
    times[name].push(performance.now() - before);
  }
}

const forward = 2 * steps * batch * (inputs + hidden) * 4 * hidden;
// Backwards: the cotangent of the state, and the gradients of both weights.
const flops = { predict: forward, train: forward + 2 * steps * batch * hidden * 4 * hidden + forward };
const rate = (2 * 512 ** 3) / median(times.product);
for (const name of ["predict", "train"] as const) {
  const [time, least] = [median(times[name]), flops[name] / rate];
  console.log(`${name}: ${time.toFixed(2)} ms; its products at the rate of 512^3: ${least.toFixed(2)} ms; ratio ${(time / least).toFixed(2)}`);
}
