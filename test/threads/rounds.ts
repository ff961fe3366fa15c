// `rounds.ts COUNT`, with --expose-gc: compiles, runs and disposes models for threads; memory must reach a plateau. Prints what it
// was after a quarter of the rounds and at the end, in MB. Also shows that neither models in use nor disposed ones keep a process alive.

import { bitsAfter, compileStep } from "./models.ts";

const count = Number(process.argv[2]);
const collect = (globalThis as unknown as { gc: () => void }).gc;

async function measure(): Promise<{ heap: number; resident: number }> {
  for (let i = 0; i < 3; i++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { heapUsed, rss } = process.memoryUsage();
  return { heap: heapUsed / 2 ** 20, resident: rss / 2 ** 20 };
}

let quarter: { heap: number; resident: number } | undefined;
for (let round = 1; round <= count; round++) {
  const model = await compileStep({ threads: 2 });
  bitsAfter(model, 2);
  model.dispose();
  if (round === Math.ceil(count / 4)) quarter = await measure();
}
const left = await compileStep({ threads: 2 });
bitsAfter(left, 2);
console.log(JSON.stringify({ quarter, end: await measure() }));
