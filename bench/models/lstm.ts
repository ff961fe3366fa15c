// An LSTM (Hochreiter and Schmidhuber, 1997) over sequences, trained to bring its last state to a target by squared error. The sums of a
// step stand side by side: input gate, candidate, forget gate, output gate.

import { fn, input, mse, scan, sgd, type Tensor, zeros } from "damo";
import { constantParameter, type Parameter, toVariables, uniformParameter } from "./parameter.ts";

export const lstm = { batch: 32, steps: 100, inputs: 64, hidden: 128, rate: 0.05 } as const;

/** Weights of the inputs and of the state, and the bias. */
export function lstmParameters(): Parameter[] {
  const { inputs, hidden } = lstm;
  return [
    uniformParameter("wInput", [inputs, 4 * hidden], 0.15, 1), uniformParameter("wState", [hidden, 4 * hidden], 0.1, 2), constantParameter("bias", [4 * hidden], 0),
  ];
}

export function defineLstm({ steps }: { readonly steps: number } = lstm) {
  const { batch, inputs, hidden } = lstm;
  const { all: parameters, get } = toVariables(lstmParameters());
  const x = input("x", [steps, batch, inputs]);
  const target = input("y", [batch, hidden]);
  type State = Tensor<"f32", [number, number]>;
  const nothing: State = zeros([batch, hidden]);
  const [{ h }] = scan(({ h: before, c }: { h: State; c: State }, now) => {
    const sums: Tensor = now.dot(get("wInput")).add(before.dot(get("wState"))).add(get("bias"));
    const gate = (i: number) => sums.slice(1, i * hidden, (i + 1) * hidden) as State;
    const next = gate(0).sigmoid().mul(gate(1).tanh()).add(gate(2).sigmoid().mul(c));
    return [{ h: gate(3).sigmoid().mul(next.tanh()), c: next }, null];
  }, { h: nothing, c: nothing }, x);
  const cost = mse(h, target);
  return {
    train: fn({ inputs: { x, y: target }, outputs: { cost }, updates: sgd(cost, parameters, { learningRate: lstm.rate }) }),
    predict: fn({ inputs: { x }, outputs: { h } }),
  };
}
