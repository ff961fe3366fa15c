// From `fn` to callable, in milliseconds: an MLP's training step cold and warm, and deep nets with their gradients of
// 10,000 and 100,000 nodes. `npm run bench:compile` has the stages and other graphs.

import { compile } from "damo";
import type { Finding } from "../figure-worker.ts";
import { graphs } from "../models/graphs.ts";
import { defineMlp, digits } from "../models/mlp.ts";
import { median } from "../judge.ts";

async function timeOf(define: () => Parameters<typeof compile>[0]): Promise<number> {
  const used = process.cpuUsage();
  const start = performance.now();
  const model = await compile(define());
  const elapsed = performance.now() - start;
  const { user, system } = process.cpuUsage(used);
  model.dispose();
  // Time in which the process was not running does not count.
  return Math.min(elapsed, (user + system) / 1000);
}

const mlpStep = () => ({ train: defineMlp({ ...digits, optimizer: "adam" }).train });

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
const deepNet = (nodes: number): Parameters<typeof compile>[0] => graphs.deep(nodes);

export async function small(): Promise<readonly Finding[]> {
  const times: number[] = [];
  for (let i = 0; i < 4; i++) times.push(await timeOf(() => deepNet(smallGraph)));
  return [{ what: "10,000 nodes, warm", value: median(times.slice(1)), unit: "ms", atMost: 1000 }];
}

export async function large(): Promise<readonly Finding[]> {
  await timeOf(() => deepNet(smallGraph));
  const before = await timeOf(() => deepNet(smallGraph));
  const time = await timeOf(() => deepNet(10 * smallGraph));
  return [
    { what: "100,000 nodes, warm", value: time, unit: "ms", atMost: 12_000 },
    { what: "100,000 nodes over 10,000", value: time / before, unit: "times" },
  ];
}
