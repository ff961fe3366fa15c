// `rounds.ts COUNT THREADS`, with --expose-gc: compiles, runs and disposes models; memory must reach a plateau. Prints what it was
// after a quarter of the rounds and at the end, in MB, and how many memories of disposed models were alive at the end. Also shows that
// neither models in use nor disposed ones keep a process alive.

import { batch, bitsAfter, compileStep } from "./models.ts";

const [count, threads] = process.argv.slice(2).map(Number) as [number, number];
const collect = (globalThis as unknown as { gc: () => void }).gc;

async function measure(): Promise<{ heap: number; resident: number }> {
  for (let i = 0; i < 3; i++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { heapUsed, rss } = process.memoryUsage();
  return { heap: heapUsed / 2 ** 20, resident: rss / 2 ** 20 };
}

/** The buffer of each disposed model's memory. */
const memories: WeakRef<ArrayBufferLike>[] = [];

let quarter: { heap: number; resident: number } | undefined;
for (let round = 1; round <= count; round++) {
  const model = await compileStep({ threads });
  bitsAfter(model, 2);
  memories.push(new WeakRef(model.predict.bindBuffers({ batch }).inputs.x.buffer));
  model.dispose();
  if (round === Math.ceil(count / 4)) quarter = await measure();
}
const left = await compileStep({ threads });
bitsAfter(left, 2);
const end = await measure();
console.log(JSON.stringify({ quarter, end, alive: memories.filter((memory) => memory.deref() !== undefined).length }));
