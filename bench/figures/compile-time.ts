// From `fn` to callable, in milliseconds: an MLP's training step cold and warm, and deep nets with their gradients of
// 10,000 and 100,000 nodes. `npm run bench:compile` has the stages and other graphs.

import { build, compile } from "damo";
import type { Finding } from "../figure-worker.ts";
import { defineLstm } from "../models/lstm.ts";
import { graphs } from "../models/graphs.ts";
import { defineMlp, digits, mlpParameters } from "../models/mlp.ts";
import { toVariables } from "../models/parameter.ts";
import { median } from "../judge.ts";

type Definitions = Parameters<typeof build>[0];

const start = async (definitions: Definitions): Promise<void> => (await compile(definitions)).dispose();

async function timeOf(define: () => Definitions, make: (definitions: Definitions) => Promise<unknown> = start): Promise<number> {
  const used = process.cpuUsage();
  const begun = performance.now();
  await make(define());
  const elapsed = performance.now() - begun;
  const { user, system } = process.cpuUsage(used);
  // Time in which the process was not running does not count.
  return Math.min(elapsed, (user + system) / 1000);
}

export async function mlp(): Promise<readonly Finding[]> {
  // The weights are there before a step is defined on them.
  const { all } = toVariables(mlpParameters(digits));
  const step = () => ({ train: defineMlp({ ...digits, optimizer: "adam" }, all).train });
  const cold = await timeOf(step);
  const times: number[] = [];
  for (let i = 0; i < 90; i++) times.push(await timeOf(step));
  return [
    { what: "training step, cold", value: cold, unit: "ms" },
    { what: "training step, after five", value: median(times.slice(5, 15)), unit: "ms" },
    // Node 20 goes on optimizing the compiler's own functions for some 75 rounds, Node 24 for 20.
    { what: "training step, warm", value: median(times.slice(75)), unit: "ms", atMost: 25 },
  ];
}

/** A loop is compiled once, however many steps it takes; how much memory they take is a matter of starting the module. */
export async function loop(): Promise<readonly Finding[]> {
  const step = (steps: number) => ({ train: defineLstm({ steps }).train });
  const cold = await timeOf(() => step(100));
  const [whole, short, long]: [number[], number[], number[]] = [[], [], []];
  for (let i = 0; i < 15; i++) {
    whole.push(await timeOf(() => step(100)));
    short.push(await timeOf(() => step(100), build));
    long.push(await timeOf(() => step(10_000), build));
  }
  return [
    { what: "training step, cold", value: cold, unit: "ms" },
    { what: "training step, warm", value: median(whole.slice(5)), unit: "ms", atMost: 100 },
    // For the eye: these times scatter by a factor of two. That the modules are the same but for a few digits is held by test/loops/scan.test.ts.
    { what: "the module of 10,000 steps over that of 100", value: median(long.slice(5)) / median(short.slice(5)), unit: "times" },
  ];
}

const smallGraph = 10_000;
const deepNet = (nodes: number): Definitions => graphs.deep(nodes);

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
