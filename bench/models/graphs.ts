// Graphs of any size, of several kinds: what compilation takes is measured, and held to be linear, on them. `nodes` is about
// the number of nodes after differentiation.

import { fn, glorotUniform, input, sgd, type Shared, shared, type Tensor, zeros } from "damo";

/** One elementwise operation after the other, as deep as there are nodes. */
function defineChain(nodes: number) {
  const x = input("x", [64]);
  let y: Tensor = x;
  for (let i = 0; i < nodes; i += 4) y = y.sin().add(x).mul(1.0001).tanh();
  return fn({ inputs: { x }, outputs: { y } });
}

/** A deep net of small layers and its gradients. */
function defineDeep(nodes: number) {
  const x = input("x", [8, 8]);
  const parameters: Shared<"f32">[] = [];
  let y: Tensor = x;
  for (let i = 0; i < nodes; i += 18) {
    const [w, b] = [shared(`w${i}`, glorotUniform([8, 8], { seed: i })), shared(`b${i}`, zeros([8]))];
    parameters.push(w, b);
    y = y.dot(w).add(b).relu();
  }
  const cost: Tensor<"f32", []> = y.square().mean() as Tensor<"f32", []>;
  return fn({ inputs: { x }, outputs: { cost }, updates: sgd(cost, parameters, { learningRate: 0.1 }) });
}

/** A sum of many terms, pair by pair: wide rather than deep. */
function defineSum(nodes: number) {
  const x = input("x", [16]);
  let terms: Tensor[] = Array.from({ length: Math.ceil(nodes / 4) }, (_, i) => x.mul(i + 1.5).exp());
  while (terms.length > 1) {
    terms = Array.from({ length: Math.ceil(terms.length / 2) }, (_, i): Tensor => {
      const [a, b] = [terms[2 * i]!, terms[2 * i + 1]];
      return b === undefined ? a : a.add(b);
    });
  }
  return fn({ inputs: { x }, outputs: { y: terms[0]! } });
}

/** Many small functions of one model. */
function defineFunctions(nodes: number) {
  const total = shared("total", zeros([16]));
  return Object.fromEntries(Array.from({ length: Math.ceil(nodes / 10) }, (_, i) => {
    const x = input("x", [16]);
    const f = fn({ inputs: { x }, outputs: { y: x.mul(total).add(i).tanh().sum() }, updates: [[total, total.add(x.mul(0.1 + i))]] });
    return [`f${i}`, f];
  }));
}

/** A recurrent net, every step written out, and its gradients. */
function defineRecurrent(nodes: number) {
  const steps = Math.ceil(nodes / 17);
  const x = input("x", [steps, 4, 8]);
  const [w, u, b] = [shared("w", glorotUniform([8, 8], { seed: 1 })), shared("u", glorotUniform([8, 8], { seed: 2 })), shared("b", zeros([8]))];
  let h: Tensor = x.at(0).dot(u).add(b).tanh();
  for (let t = 1; t < steps; t++) h = x.at(t).dot(u).add(b).add(h.dot(w)).tanh();
  const cost: Tensor<"f32", []> = h.square().mean() as Tensor<"f32", []>;
  return fn({ inputs: { x }, outputs: { cost }, updates: sgd(cost, [w, u, b], { learningRate: 0.1 }) });
}

export const graphs = {
  chain: defineChain, deep: defineDeep, sum: defineSum, functions: defineFunctions, recurrent: defineRecurrent,
} satisfies { readonly [kind: string]: (nodes: number) => object };
