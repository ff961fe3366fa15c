// compile(..., { relaxed }) and { engine: { wide } } in processes of their own, on this Node and, where it is installed, on
// Node 24: what they print, and the bits of a training step and of products in f32 and f64.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const major = Number.parseInt(process.versions.node, 10);
const node24 = [process.env["DAMO_NODE24"] ?? "", `${root}bench/node_modules/node/bin/node`, ...(major >= 24 ? [process.execPath] : [])].find((path) => existsSync(path));
const relaxedFlag = major >= 22 ? [] : ["--experimental-wasm-relaxed-simd"];

interface Results {
  readonly costs: readonly number[];
  readonly weights: readonly number[];
  /** An f32 and an f64 product. */
  readonly results: readonly (readonly number[])[];
}

function run(node: string, options: object, ...flags: string[]) {
  const { stdout, stderr, status } = spawnSync(
    node, [...flags, "--import", "./.ci/ts.mjs", "test/lang/fixtures/code-variants.ts", JSON.stringify(options)],
    { cwd: root, encoding: "utf8", maxBuffer: 2 ** 28 });
  const result = /^result (.*)$/m.exec(stdout)?.[1];
  return { status, stderr, stdout, result: result === undefined ? undefined : JSON.parse(result) as Results };
}

const wide = { engine: { wide: true } };
const strict = run(process.execPath, {});

describe("engine: { wide: true }", () => {
  test.runIf(major < 24)("warns once where it is not available, and compiles strict code", () => {
    const { stderr, result } = run(process.execPath, wide);
    expect(stderr.trim()).toMatch(/^E410 compile: engine\.wide is not available here; it needs Node 24[^\n]*$/);
    expect(result).toEqual(strict.result);
  });

  test.runIf(node24 !== undefined && process.arch === "x64")("joins vectors on Node 24, with the same bits (needs Node 24 in bench/ or DAMO_NODE24)", () => {
    const trace = "--trace-wasm-revectorize";
    const joined = run(node24!, wide, trace);
    expect(joined.stderr).toBe("");
    expect(joined.stdout).toContain("Revec:");
    expect(run(node24!, {}, trace).stdout).not.toContain("Revec:");
    expect(joined.result).toEqual(strict.result);
  });
});

describe("relaxed: true", () => {
  test.runIf(major < 22)("is refused where the engine has no relaxed SIMD", () => {
    const { status, stderr } = run(process.execPath, { relaxed: true });
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/E410 compile: relaxed code needs relaxed SIMD, which this engine has not; .*code-variants\.ts:\d+/);
  });

  test.each([["", {}], [" with wide", wide]] as const)("stays close to strict code%s", (_name, engine) => {
    const { result, status } = run(process.execPath, { relaxed: true, ...engine }, ...relaxedFlag);
    expect(status).toBe(0);
    // Sums of at most 129 products of numbers up to 1, in order: each path is within 129 units in the last place of 129.
    const bounds = [2 * 129 * 129 * 2 ** -24, 2 * 129 * 129 * 2 ** -53];
    result!.results.forEach((values, i) => values.forEach((value, j) => {
      expect(Math.abs(value - strict.result!.results[i]![j]!)).toBeLessThanOrEqual(bounds[i]!);
    }));
    result!.costs.forEach((cost, i) => expect(cost).toBeCloseTo(strict.result!.costs[i]!, 4));
  });
});
