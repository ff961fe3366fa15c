// `npm run test:mutation`: breaks gradients and rewrite rules one at a time and lists those that nothing notices.
import { mutateGradients } from "./gradients.ts";
import type { MutationResult } from "./gradients.ts";
import { mutateRules } from "./rules.ts";

function report(what: string, mutate: (progress: (name: string) => void) => MutationResult): number {
  const { mutants, survivors } = mutate((name) => {
    if (process.stdout.isTTY) process.stdout.write(`\r${name.padEnd(40)}`);
  });
  process.stdout.write(`${process.stdout.isTTY ? "\r" : ""}${mutants} broken ${what}, ${survivors.length} unnoticed\n`);
  for (const survivor of survivors) process.stdout.write(`  ${survivor}\n`);
  return survivors.length;
}

const unnoticed = report("gradients", mutateGradients) + report("rules", mutateRules);
process.exitCode = unnoticed === 0 ? 0 : 1;
