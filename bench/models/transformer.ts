// One block of a transformer (Vaswani et al., 2017; layer normalisation first, GELU by tanh), trained to a target by squared error.

import { fn, gelu, input, layerNorm, mse, sgd, type Tensor } from "damo";
import { constantParameter, type Parameter, toVariables, uniformParameter } from "./parameter.ts";

export const transformer = { batch: 8, tokens: 128, width: 256, heads: 4, hidden: 1024, rate: 0.05 } as const;

export function transformerParameters(): Parameter[] {
  const { width, hidden } = transformer;
  return [
    constantParameter("scale1", [width], 1), constantParameter("offset1", [width], 0),
    uniformParameter("wQkv", [width, 3 * width], 0.1, 1), constantParameter("bQkv", [3 * width], 0),
    uniformParameter("wOut", [width, width], 0.1, 2), constantParameter("bOut", [width], 0),
    constantParameter("scale2", [width], 1), constantParameter("offset2", [width], 0),
    uniformParameter("wUp", [width, hidden], 0.1, 3), constantParameter("bUp", [hidden], 0),
    uniformParameter("wDown", [hidden, width], 0.05, 4), constantParameter("bDown", [width], 0),
  ];
}

export function defineTransformer() {
  const { tokens, width, heads } = transformer;
  const { all: parameters, get } = toVariables(transformerParameters());
  const x = input("x", ["batch", tokens, width]);
  const target = input("y", ["batch", tokens, width]);
  // [batch, tokens, 3 * width] to three of [batch, heads, tokens, width / heads].
  const qkv: Tensor = layerNorm(x, get("scale1"), get("offset1")).dot(get("wQkv")).add(get("bQkv")).reshape([-1, tokens, 3, heads, width / heads]).transpose([2, 0, 3, 1, 4]);
  const [q, k, v] = [0, 1, 2].map((i): Tensor => qkv.at(i)) as [Tensor, Tensor, Tensor];
  const weights: Tensor = q.matmul(k.transpose([0, 1, 3, 2])).mul(1 / Math.sqrt(width / heads)).softmax(-1);
  const attended: Tensor = weights.matmul(v).transpose([0, 2, 1, 3]).reshape([-1, tokens, width]);
  const middle: Tensor = x.add(attended.dot(get("wOut")).add(get("bOut")));
  const up = gelu(layerNorm(middle, get("scale2"), get("offset2")).dot(get("wUp")).add(get("bUp")), { approximate: true });
  const out: Tensor = middle.add(up.dot(get("wDown")).add(get("bDown")));
  const cost = mse(out, target);
  return {
    train: fn({ inputs: { x, y: target }, outputs: { cost }, updates: sgd(cost, parameters, { learningRate: transformer.rate }) }),
    predict: fn({ inputs: { x }, outputs: { out } }),
  };
}
