// From `fn` to callable, in milliseconds: an MLP's training step cold and warm, and graphs of 10,000 and 100,000 nodes.

import { compile, fn, grad, input, type Tensor } from "damo";
import type { Finding } from "../figure-worker.ts";
import { defineMlp, digits } from "../models/mlp.ts";
import { median } from "../judge.ts";

async function timeOf(define: () => Parameters<typeof compile>[0]): Promise<number> {
  const start = performance.now();
  const model = await compile(define());
  const time = performance.now() - start;
  model.dispose();
  return time;
}

const mlpStep = () => ({ train: defineMlp({ ...digits, optimizer: "adam" }).train });

/** Rounds of multiplying, adding and tanh over a vector, with the gradient of the sum: about so many nodes once differentiated. */
function longGraph(nodes: number) {
  const x = input("x", [16]);
  const nodesPerRound = 8;
  let value: Tensor<"f32", [16]> = x;
  for (let i = 0; i < nodes / nodesPerRound; i++) value = value.mul(0.5 + (i % 7) / 16).add(x).tanh();
  const cost = value.sum();
  return fn({ inputs: { x }, outputs: { cost, slope: grad(cost, x) } });
}

export async function mlp(): Promise<readonly Finding[]> {
  const cold = await timeOf(mlpStep);
  const warm: number[] = [];
  for (let i = 0; i < 15; i++) warm.push(await timeOf(mlpStep));
  return [
    { what: "training step, cold", value: cold, unit: "ms" },
    { what: "training step, warm", value: median(warm.slice(5)), unit: "ms", atMost: 25 },
  ];
}

const smallGraph = 10_000;

export async function small(): Promise<readonly Finding[]> {
  const times: number[] = [];
  for (let i = 0; i < 4; i++) times.push(await timeOf(() => longGraph(smallGraph)));
  return [{ what: "10,000 nodes, warm", value: median(times.slice(1)), unit: "ms", atMost: 1000 }];
}

export async function large(): Promise<readonly Finding[]> {
  await timeOf(() => longGraph(smallGraph));
  const before = await timeOf(() => longGraph(smallGraph));
  const time = await timeOf(() => longGraph(10 * smallGraph));
  return [
    { what: "100,000 nodes, warm", value: time, unit: "ms", atMost: 12_000 },
    { what: "100,000 nodes over 10,000", value: time / before, unit: "times" },
  ];
}
