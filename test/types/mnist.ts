// A classifier with every size written out, trained and called: a measure of what the types cost.

import {
  adam, compile, fn, glorotUniform, input, shared, softmaxCrossEntropy, zeros,
} from "damo";

const x = input("x", ["batch", 784]);
const y = input("y", ["batch"], { dtype: "i32" });
const w1 = shared("w1", glorotUniform([784, 512], { seed: 1 }));
const b1 = shared("b1", zeros([512]));
const w2 = shared("w2", glorotUniform([512, 512], { seed: 2 }));
const b2 = shared("b2", zeros([512]));
const w3 = shared("w3", glorotUniform([512, 10], { seed: 3 }));
const b3 = shared("b3", zeros([10]));

const hidden = x.dot(w1).add(b1).relu().dot(w2).add(b2).relu();
const logits = hidden.dot(w3).add(b3);
const cost = softmaxCrossEntropy(logits, y).mean();
const accuracy = logits.argmax(-1).eq(y).mean();

export const train = fn({
  inputs: { x, y },
  outputs: { cost, accuracy },
  updates: adam(cost, [w1, b1, w2, b2, w3, b3], { learningRate: 1e-3 }),
});
export const predict = fn({ inputs: { x }, outputs: { label: logits.argmax(-1), probabilities: logits.softmax() } });

const model = await compile({ train, predict });
const images = new Float32Array(128 * 784);
const labels = new Int32Array(128);
const step = model.train({ x: { data: images, shape: [128, 784] }, y: { data: labels, shape: [128] } });
export const loss: number = step.cost.item();
export const guesses: number[] = model.predict({ x: { data: images, shape: [128, 784] } }).label.toArray();
