// 1,000 models on WebGPU come and go: no buffer is left, and the heap reaches a plateau.

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { findTestAdapter, isMissing, reportMissing } from "../webgpu/adapter.ts";

const found = await findTestAdapter();
if (isMissing(found)) reportMissing(found, "models do not come and go");

it.skipIf(isMissing(found))("1,000 rounds leave nothing behind", async () => {
  const script = fileURLToPath(new URL("../webgpu/rounds.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", "--import", "./.ci/ts.mjs", script, "1000"]);
  const { buffers, models, made, quarter, end } = JSON.parse(stdout) as { [name in "buffers" | "models" | "made" | "quarter" | "end"]: number };
  expect(made).toBeGreaterThan(1000);
  expect(buffers).toBe(0);
  expect(models, "models that are still held").toBeLessThanOrEqual(1);
  expect(end - quarter).toBeLessThan(8);
});
