// A bound run allocates nothing on the JavaScript heap and calls no function of the host.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("a million bound runs of a training step", () => {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const output = execFileSync(process.execPath, [
    "--expose-gc", "--min-semi-space-size=128", "--max-semi-space-size=128", "--import", "./.ci/ts.mjs", "test/lang/bound-run-child.ts",
  ], { cwd: root, encoding: "utf8" });
  const { modules, imports, bound, calls } = JSON.parse(output) as { modules: number; imports: object[]; bound: number; calls: number };
  expect(modules).toBe(1);
  expect(imports).toEqual([]);
  // The smallest object is 8 bytes; what is left is the engine's own bookkeeping, which does not grow with the runs.
  expect(bound).toBeLessThan(0.5);
  // The same measure sees the results of everyday calls.
  expect(calls).toBeGreaterThan(100);
});
