// A training step of an LSTM (128 hidden, 64 inputs, batch 32, 100 steps): loss, all gradients, SGD, in one call. Run by
// `node --import ./.ci/ts.mjs bench/lstm.ts`. The measure beside it is the time that the step's multiplications alone would take
// in one large product of this module, so that a ratio says how far the loop is from the matrix kernel.

import { compile, constant, fn, grad, input, normal, scan, sgd, shared, zeros } from "damo";

const [hidden, inputs, batch, steps] = [128, 64, 32, 100] as const;

const xs = input("xs", [steps, batch, inputs]);
const target = input("target", [batch, hidden]);
const wx = shared("wx", normal([inputs, 4 * hidden], { seed: 1, std: 0.1 }));
const wh = shared("wh", normal([hidden, 4 * hidden], { seed: 2, std: 0.1 }));
const b = shared("b", zeros([4 * hidden]));

const [last] = scan(({ h, c }, x) => {
  const gates = x.dot(wx).add(h.dot(wh)).add(b);
  const gate = (i: number) => gates.slice(1, i * hidden, (i + 1) * hidden);
  const next = gate(0).sigmoid().mul(gate(1).tanh()).add(gate(2).sigmoid().mul(c));
  return [{ h: gate(3).sigmoid().mul(next.tanh()), c: next }, null];
}, { h: constant({ data: new Float32Array(batch * hidden), shape: [batch, hidden] }), c: constant({ data: new Float32Array(batch * hidden), shape: [batch, hidden] }) }, xs);
const cost = last.h.sub(target).square().mean();
const variables = [wx, wh, b];
const train = fn({ inputs: { xs, target }, outputs: { cost }, updates: sgd(cost, variables, { learningRate: 0.01 }) });
const forward = fn({ inputs: { xs }, outputs: { h: last.h } });
const gradients = fn({ inputs: { xs, target }, outputs: { g: grad(cost, wh) } });

const a = input("a", [512, 512]);
const product = fn({ inputs: { a }, outputs: { c: a.dot(a) } });

const start = performance.now();
const model = await compile({ train, forward, gradients, product });
const compiled = performance.now() - start;

const random = (count: number): Float32Array => Float32Array.from({ length: count }, (_, i) => Math.sin(i * 1.7));
const feeds: { readonly [name: string]: { readonly bound: { inputs: { readonly [name: string]: Float32Array }; run(): void } } } = {
  train: { bound: model.train.bindBuffers() as never }, forward: { bound: model.forward.bindBuffers() as never }, product: { bound: model.product.bindBuffers() as never },
};
for (const { bound } of Object.values(feeds)) for (const view of Object.values(bound.inputs)) view.set(random(view.length));

const rounds = 15;
const times: { [name: string]: number[] } = { train: [], forward: [], product: [] };
for (let round = 0; round < rounds; round++) {
  for (const [name, { bound }] of Object.entries(feeds)) {
    const before = performance.now();
    bound.run();
    times[name]!.push(performance.now() - before);
  }
}
const median = (list: readonly number[]): number => [...list].sort((p, q) => p - q)[list.length >> 1]!;

const forwardProducts = 2 * steps * batch * (inputs + hidden) * 4 * hidden;
// Backwards: the cotangent of h, and the gradients of both weights.
const trainProducts = forwardProducts + 2 * steps * batch * hidden * 4 * hidden + forwardProducts;
const rate = (2 * 512 ** 3) / median(times["product"]!);
console.log(`compiled in ${compiled.toFixed(0)} ms`);
for (const [name, flops] of [["forward", forwardProducts], ["train", trainProducts]] as const) {
  const time = median(times[name]!);
  console.log(`${name}: ${time.toFixed(2)} ms; its products at the rate of 512^3: ${(flops / rate).toFixed(2)} ms; ratio ${(time / (flops / rate)).toFixed(2)}`);
}
