// The counts that CI prints last are true: failures without a test, unloadable files and missing reports included.
import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { scratchFolder } from "../scratch-folder.ts";
import { root } from "./sources.ts";

interface Stage {
  readonly status: number;
  readonly counts?: readonly [passed: number, failed: number, skipped: number];
  readonly unloadable?: number;
}

const scratch = scratchFolder("counts");

function sumUp(stages: Record<string, Stage>): { line: string; status: number | null } {
  const folder = mkdtempSync(join(scratch, "case-"));
  for (const [name, { status, counts, unloadable = 0 }] of Object.entries(stages)) {
    writeFileSync(join(folder, `${name}.status`), `${status}\n`);
    if (!counts) continue;
    const [numPassedTests, numFailedTests, numPendingTests] = counts;
    const testResults = Array.from({ length: unloadable }, () => ({ status: "failed", assertionResults: [] }));
    writeFileSync(
      join(folder, `${name}.json`),
      JSON.stringify({ numPassedTests, numFailedTests, numPendingTests, numTodoTests: 0, testResults }),
    );
  }
  const { stdout, status } = spawnSync(process.execPath, [join(root, ".ci/sum-up.mjs"), folder], { encoding: "utf8" });
  return { line: stdout.trimEnd().split("\n").at(-1)!, status };
}

describe("the sum of all stages", () => {
  test("adds up and passes", () => {
    expect(sumUp({ tests: { status: 0, counts: [10, 0, 0] }, lint: { status: 0 }, interop: { status: 0, counts: [3, 0, 2] } })).toEqual({
      line: "tests: 13 passed, 0 failed, 2 skipped",
      status: 0,
    });
  });

  test("counts failed tests", () => {
    expect(sumUp({ tests: { status: 1, counts: [10, 2, 0] } })).toEqual({ line: "tests: 10 passed, 2 failed", status: 1 });
  });

  test("counts a failed stage without tests, and one that left no report", () => {
    expect(sumUp({ tests: { status: 0, counts: [10, 0, 0] }, lint: { status: 1 }, browser: { status: 134 } })).toEqual({
      line: "tests: 10 passed, 2 failed",
      status: 1,
    });
  });

  test("counts files that could not be loaded", () => {
    expect(sumUp({ tests: { status: 1, counts: [10, 1, 0], unloadable: 2 } }).line).toBe("tests: 10 passed, 3 failed");
  });

  test("does not pass when nothing ran", () => {
    expect(sumUp({ lint: { status: 0 } })).toEqual({ line: "tests: 0 passed, 0 failed", status: 1 });
  });
});
