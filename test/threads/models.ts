// The models of the thread tests: as small as a model can be and still have something to share, and the bits of what it learns.

import { compile, type CompileOptions, fn, input, type Model, sgd, shared } from "damo";
import { glorotUniform } from "../../src/initializers.ts";

export const batch = 64;
const [features, hidden] = [64, 160];

export const feeds = {
  x: { data: Float32Array.from({ length: batch * features }, (_, i) => Math.sin(i * 0.37)), shape: [batch, features] as const },
  y: { data: Int32Array.from({ length: batch }, (_, i) => (i * 7) % 10), shape: [batch] as const },
};

/** A step of gradient descent on two layers; labels out of range fail it. */
export function defineStep() {
  const x = input("x", ["batch", features]);
  const y = input("y", ["batch"], { dtype: "i32" });
  const w = shared("w", glorotUniform([features, hidden], { seed: 1 }));
  const v = shared("v", glorotUniform([hidden, 10], { seed: 2 }));
  const logits = x.dot(w).tanh().dot(v);
  const cost = logits.logSoftmax().takeAlongAxis(y.reshape([-1, 1]), 1).mean().neg();
  return { train: fn({ inputs: { x, y }, outputs: { cost }, updates: sgd(cost, [w, v], { learningRate: 0.05 }) }), predict: fn({ inputs: { x }, outputs: { logits } }) };
}

export type StepModel = Model<ReturnType<typeof defineStep>>;

export async function compileStep(options: CompileOptions): Promise<StepModel> {
  return await compile(defineStep(), options) as StepModel;
}

/** Runs so many steps; the bits of the costs' last and of the weights. */
export function bitsAfter(model: StepModel, steps: number): string {
  const bound = model.train.bindBuffers({ batch });
  bound.inputs.x.set(feeds.x.data);
  bound.inputs.y.set(feeds.y.data);
  for (let step = 0; step < steps; step++) bound.run();
  return [bound.outputs.cost, ...stateOf(model)].map((data) => Buffer.from(data.slice().buffer).toString("base64")).join();
}

export function stateOf(model: StepModel): Float32Array[] {
  return ["w", "v"].map((name) => model.state[name]!.get().data as Float32Array);
}
