// From a compiled step's first call to its steady pace: how soon the engine's optimising compiler has taken over, by itself and
// with `warmUp`.

import { compile } from "damo";
import type { Finding } from "../figure-worker.ts";
import { median } from "../judge.ts";
import { defineMlp, digits, mlpBatch, tiny } from "../models/mlp.ts";

/** Of bound runs. `until`: the first call after which ten in a row stay within a quarter of the steady time. */
async function watch(model: typeof digits | typeof tiny, calls: number, warm: boolean): Promise<{ first: number; steady: number; until: number; untilMs: number }> {
  const { train } = await compile({ train: defineMlp({ ...model, optimizer: "adam" }).train }, { warmUp: warm && { batch: model.batch } });
  const { x, labels, targets } = mlpBatch(model);
  const bound = (train as unknown as { bindBuffers(sizes: object): { inputs: { x: Float32Array; y: Float32Array | Int32Array }; run(): void } }).bindBuffers({ batch: model.batch });
  bound.inputs.x.set(x);
  bound.inputs.y.set(model.loss === "softmax" ? labels : targets);
  const times = new Float64Array(calls);
  for (let i = 0; i < calls; i++) {
    const start = performance.now();
    bound.run();
    times[i] = performance.now() - start;
    // The engine compiles on another thread and hands over between tasks, too.
    if (i % 64 === 63) await new Promise(setImmediate);
  }
  const steady = median([...times.slice(calls >> 1)]);
  let until = 0;
  while (until + 10 < calls && median([...times.slice(until, until + 10)]) > 1.25 * steady) until++;
  return { first: times[0]!, steady, until, untilMs: times.slice(0, until).reduce((sum, time) => sum + time, 0) };
}

export async function measure(): Promise<readonly Finding[]> {
  const describe = (name: string, { first, steady, until, untilMs }: Awaited<ReturnType<typeof watch>>): Finding[] => [
    { what: `${name}, first call`, value: first, unit: "ms" },
    { what: `${name}, steady`, value: steady, unit: "ms" },
    { what: `${name}, calls until steady`, value: until, unit: "calls" },
    { what: `${name}, time until steady`, value: untilMs, unit: "ms" },
  ];
  const findings: Finding[] = [];
  for (const [suffix, warm] of [["", false], [", warmed up", true]] as const) {
    findings.push(...describe(`mlp adam b128${suffix}`, await watch(digits, 200, warm)), ...describe(`tiny adam b10${suffix}`, await watch(tiny, 20_000, warm)));
  }
  return findings;
}
