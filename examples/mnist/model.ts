// The classifier: 784 pixels, two hidden layers of ReLUs, ten classes. A training step and its prediction share the weights.

import { adam, cosineDecay, fn, glorotUniform, input, shared, softmaxCrossEntropy, zeros } from "damo";

export interface ClassifierOptions {
  readonly hidden: number;
  /** Of Adam at the start; it falls to 0 along half a cosine. */
  readonly learningRate: number;
  /** Until the learning rate is 0. */
  readonly steps: number;
  readonly seed: number;
}

export function defineClassifier({ hidden, learningRate, steps, seed }: ClassifierOptions) {
  const x = input("x", ["batch", 784]);
  const y = input("y", ["batch"], { dtype: "i32" });

  const w1 = shared("w1", glorotUniform([784, hidden], { seed: 3 * seed }));
  const b1 = shared("b1", zeros([hidden]));
  const w2 = shared("w2", glorotUniform([hidden, hidden], { seed: 3 * seed + 1 }));
  const b2 = shared("b2", zeros([hidden]));
  const w3 = shared("w3", glorotUniform([hidden, 10], { seed: 3 * seed + 2 }));
  const b3 = shared("b3", zeros([10]));

  const features = x.dot(w1).add(b1).relu().dot(w2).add(b2).relu();
  const logits = features.dot(w3).add(b3);
  const cost = softmaxCrossEntropy(logits, y).mean();

  const updates = adam(cost, [w1, b1, w2, b2, w3, b3], { learningRate: cosineDecay(learningRate, { steps }) });
  return {
    train: fn({ inputs: { x, y }, outputs: { cost }, updates }),
    predict: fn({ inputs: { x }, outputs: { label: logits.argmax(-1), probabilities: logits.softmax() } }),
  };
}
