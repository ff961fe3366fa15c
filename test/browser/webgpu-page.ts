// Runs in the browser: a regression trained by ten steps on WebGPU, the costs left on the device until all are queued.
import { compile, fn, grad, input, shared, zeros } from "damo";
import { show } from "./show.ts";

show(async () => {
  const x = input("x", ["batch", 3]);
  const y = input("y", ["batch", 1]);
  const w = shared("w", zeros([3, 1]));
  const error = x.dot(w).sub(y);
  const cost = error.mul(error).mean();
  const model = await compile({ train: fn({ inputs: { x, y }, outputs: { cost }, updates: [[w, w.sub(grad(cost, w).mul(0.1))]] }) }, { target: "webgpu" });
  const batch = { x: [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]], y: [[1], [2], [3], [6]] };
  const queued = [];
  for (let step = 0; step < 10; step++) queued.push((await model.train.gpu(batch)).cost);
  const costs = await Promise.all(queued.map(async (value) => (await value.read()).item()));
  const weights = (await model.state["w"]!.get()).toArray();
  model.dispose();
  return { adapter: model.adapter, costs, weights };
});
