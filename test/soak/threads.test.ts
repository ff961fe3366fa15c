// 10,000 steps on 1, 2, 3 and 4 threads learn the same bits; 1,000 models for threads come and go with a plateau of memory.

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { bitsAfter, compileStep } from "../threads/models.ts";

it("10,000 steps give the same bits on 1 to 4 threads", async () => {
  const bits = new Set<string>();
  for (const threads of [1, 2, 3, 4]) {
    const model = await compileStep({ threads });
    bits.add(bitsAfter(model, 10_000));
    model.dispose();
  }
  expect(bits.size).toBe(1);
});

it("1,000 models reach a plateau", async () => {
  const script = fileURLToPath(new URL("../threads/rounds.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", "--import", "./.ci/ts.mjs", script, "1000"]);
  const { quarter, end } = JSON.parse(stdout) as { quarter: { heap: number; resident: number }; end: { heap: number; resident: number } };
  expect(end.heap - quarter.heap).toBeLessThan(8);
  expect(end.resident - quarter.resident).toBeLessThan(80);
});
