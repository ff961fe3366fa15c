// Runs in the browser: trains two layers on one thread and on two, with calls and with bound buffers.
import { compile, fn, glorotUniform, input, sgd, shared } from "damo";
import { show } from "./show.ts";

const batch = 64;
const [features, hidden] = [64, 160];

function defineStep() {
  const [x, y] = [input("x", [batch, features]), input("y", [batch, 10])];
  const w = shared("w", glorotUniform([features, hidden], { seed: 1 }));
  const v = shared("v", glorotUniform([hidden, 10], { seed: 2 }));
  const error = x.dot(w).tanh().dot(v).sub(y);
  const cost = error.mul(error).mean();
  return fn({ inputs: { x, y }, outputs: { cost }, updates: sgd(cost, [w, v], { learningRate: 0.05 }) });
}

const feeds = {
  x: { data: Float32Array.from({ length: batch * features }, (_, i) => Math.sin(i * 0.37)), shape: [batch, features] as const },
  y: { data: Float32Array.from({ length: batch * 10 }, (_, i) => Math.cos(i)), shape: [batch, 10] as const },
};

/** The costs of some calls and the weights after them and 50 more steps, as bits. */
async function train(threads: number): Promise<{ bits: number[]; cost: number; shares: boolean }> {
  const model = await compile(defineStep(), { threads, threadTimeout: 5000 });
  const costs = Array.from({ length: 5 }, () => model(feeds).cost.item());
  const bound = model.bindBuffers();
  bound.inputs.x.set(feeds.x.data);
  bound.inputs.y.set(feeds.y.data);
  for (let step = 0; step < 50; step++) bound.run();
  const shares = typeof SharedArrayBuffer !== "undefined" && bound.inputs.x.buffer instanceof SharedArrayBuffer;
  const weights = ["w", "v"].flatMap((name) => [...(model.state[name]!.get().data as Float32Array)]);
  const bits = [...new Int32Array(Float32Array.from([...costs, ...weights]).buffer)];
  model.dispose();
  return { bits, cost: costs[0]!, shares };
}

show(async () => {
  const [one, two] = [await train(1), await train(2)];
  return { isolated: crossOriginIsolated, equal: one.bits.every((word, i) => word === two.bits[i]), words: one.bits.length, cost: one.cost, shares: two.shares };
});
