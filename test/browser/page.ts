// Runs in the browser: compiles a regression, trains ten steps, then loads an artifact with damo/load.
import { compile, type CompileOptions, conv2d, fn, grad, input, ones, shared, zeros } from "damo";
import { load } from "damo/load";
import { show } from "./show.ts";

async function run(): Promise<object> {
  const x = input("x", ["batch", 3]);
  const y = input("y", ["batch", 1]);
  const w = shared("w", zeros([3, 1]));
  const error = x.dot(w).sub(y);
  const cost = error.mul(error).mean();
  const train = fn({ inputs: { x, y }, outputs: { cost }, updates: [[w, w.sub(grad(cost, w).mul(0.1))]] });
  const model = await compile({ train });
  const batch = { x: [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]], y: [[1], [2], [3], [6]] };
  const costs = Array.from({ length: 10 }, () => model.train(batch).cost.item());

  let evalRefused = false;
  try {
    new Function("return 1");
  } catch {
    evalRefused = true;
  }

  const artifact = await load(fetch("model.wasm"));
  const { label } = artifact.functions["predict"]!({ x: [[1, 0], [0, 1], [2, 3]] });
  // Parts that a page loads when it first needs them: rare math functions, debug mode, the evaluator, convolutions.
  const z = input("z", []);
  const erf = fn({ inputs: { z }, outputs: { value: z.erf() } });
  const valueOf = async (options: CompileOptions): Promise<number> => Number((await compile(erf, options))({ z: 0.5 }).value.item());
  const [rare, checked, evaluated] = [await valueOf({}), await valueOf({ mode: "debug" }), await valueOf({ target: "reference" })];
  const image = input("image", [12 * 12 * 8]);
  const convolve = await compile(fn({ inputs: { image }, outputs: { value: conv2d(image.reshape([1, 12, 12, 8]), shared("filter", ones([3, 3, 8, 8]))) } }));
  const convolved = convolve({ image: new Float32Array(12 * 12 * 8).fill(1) }).value.toArray().flat(3);
  return { rare, checked, evaluated, convolved, costs, weights: model.state["w"]!.get().toArray(), evalRefused, labels: label!.toArray() };
}

show(run);
