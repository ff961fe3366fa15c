// Runs in the browser: a bundle with its loader alone; nothing here imports the compiler.
import { load } from "damo/load-webgpu";
import { show } from "./show.ts";

show(async () => {
  const model = await load(fetch("model.webgpu.safetensors"));
  const batch = { x: [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]], y: [[1], [2], [3], [6]] };
  const queued = [];
  for (let step = 0; step < 10; step++) queued.push(await model.functions["train"]!.gpu(batch));
  const costs = await Promise.all(queued.map(async ({ cost }) => (await cost!.read()).item()));
  const weights = (await model.state["w"]!.get()).toArray();
  model.dispose();
  return { adapter: model.adapter, costs, weights };
});
