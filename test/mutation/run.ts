// `npm run test:mutation`: breaks gradients one at a time and lists the mutants that nothing notices.
import { mutateGradients } from "./gradients.ts";

const { mutants, survivors } = mutateGradients((op) => {
  if (process.stdout.isTTY) process.stdout.write(`\r${op.padEnd(40)}`);
});
process.stdout.write(`${process.stdout.isTTY ? "\r" : ""}${mutants} broken gradients, ${survivors.length} unnoticed\n`);
for (const survivor of survivors) process.stdout.write(`  ${survivor}\n`);
process.exitCode = survivors.length === 0 ? 0 : 1;
