// The verdicts, rows and tables of the benchmark on WebGPU, on times that are made up.

import { describe, expect, test } from "vitest";
import type { EngineName } from "../../bench/engines.ts";
import { gpuCases, workOf } from "../../bench/gpu/cases.ts";
import { isManageable, judgeGpu, softwareOf } from "../../bench/gpu/judge.ts";
import { clockOf, gpuRow } from "../../bench/gpu/report.ts";
import { gpuTable, withRow } from "../../bench/page.ts";
import type { RaceResult } from "../../bench/race.ts";
import { toTableRow } from "../../bench/report.ts";

const [gpu, software] = ["nvidia hopper NVIDIA H100", "mesa software llvmpipe: Mesa 25.0.7"];
const caseOf = (name: string) => gpuCases.find((one) => one.name === name)!;

function resultOf(times: Readonly<Partial<Record<EngineName, number>>>, rest: Partial<RaceResult> = {}): RaceResult {
  return { samples: new Map(Object.entries(times).map(([name, ms]) => [name as EngineName, { times: [ms] }])), accuracies: new Map(), shaders: new Map(), absent: new Map(), ...rest };
}
const outcomesOf = (name: string, adapter: string, times: Readonly<Partial<Record<EngineName, number>>>): string[] =>
  judgeGpu(caseOf(name), adapter, resultOf(times).samples).map(({ outcome }) => outcome);

describe("verdicts", () => {
  test("hold the large product to 25 TFLOP/s and 1.5 times the best peer", () => {
    // 2 * 4096^3 operations at 25 TFLOP/s take 5.4976 ms.
    expect(outcomesOf("gemm 4096x4096x4096", gpu, { "damo-webgpu": 5.49, "tfjs-webgpu": 9, "jax-js-webgpu": 8.24 })).toEqual(["pass", "pass"]);
    expect(outcomesOf("gemm 4096x4096x4096", gpu, { "damo-webgpu": 5.51, "tfjs-webgpu": 9, "jax-js-webgpu": 8.2 })).toEqual(["short", "short"]);
  });

  test("hold what memory bounds to 0.75 of a copy's speed, and a step of 1024 to half a millisecond", () => {
    expect(outcomesOf("affine 8192x4096", gpu, { "damo-webgpu": 1, "copy-webgpu": 0.76, "tfjs-webgpu": 2 })).toEqual(["pass", "pass"]);
    expect(outcomesOf("affine 8192x4096", gpu, { "damo-webgpu": 1, "copy-webgpu": 0.74, "tfjs-webgpu": 0.9 })).toEqual(["short", "short"]);
    expect(outcomesOf("train mlp 784-512-512-10 b1024", gpu, { "damo-webgpu": 0.49, "jax-js-webgpu": 1 })).toEqual(["pass", "pass"]);
    expect(outcomesOf("train mlp 784-512-512-10 b1024", gpu, { "damo-webgpu": 0.51, "jax-js-webgpu": 1 })).toEqual(["pass", "short"]);
  });

  test("on a software adapter compare with peers, and leave open what only a GPU shows", () => {
    const verdicts = judgeGpu(caseOf("affine 1024x1024"), software, resultOf({ "damo-webgpu": 1, "copy-webgpu": 9, "tfjs-webgpu": 2 }).samples);
    expect(verdicts).toMatchObject([{ outcome: "pass" }, { outcome: "not judged", text: "not measured: software adapter (at least 0.75 of copy-webgpu)" }]);
    expect(judgeGpu(caseOf("gemm 4096x4096x4096"), software, undefined)).toEqual([{ outcome: "not judged", text: "not measured: software adapter" }]);
  });

  test("are none without a peer that can", () => {
    expect(outcomesOf("gemm f16 256x256x256", gpu, { "damo-webgpu": 1 })).toEqual(["not judged"]);
  });
});

test("a software adapter is known by its name, and gets what it can manage", () => {
  expect([gpu, software, "google swiftshader SwiftShader driver 5.0.0", "intel xe Intel(R) Arc"].map(softwareOf)).toEqual([undefined, "llvmpipe", "swiftshader", undefined]);
  expect(workOf(caseOf("gemm 256x256x256"))).toBe(2 * 256 ** 3);
  // Forward, and two products backward, for each weight and image.
  expect(workOf(caseOf("train mlp 784-128-10 b32"))).toBe(6 * 32 * (784 * 128 + 128 * 10));
  const manageable = (adapter: string): string[] => gpuCases.filter((one) => isManageable(one, adapter)).map(({ name }) => name);
  expect(manageable(gpu)).toHaveLength(gpuCases.length);
  expect(manageable("google swiftshader")).toContain("gemm 256x256x256");
  expect(manageable("google swiftshader")).not.toContain("gemm 512x512x512");
  expect(manageable(software)).toContain("gemm 512x512x512");
  expect(manageable(software)).not.toContain("gemm 4096x4096x4096");
});

describe("a row", () => {
  test("has times, rates, what the device spent in shaders, and why a peer is not in it", () => {
    const row = gpuRow(caseOf("gemm f16 4096x4096x4096"), gpu, resultOf({ "damo-webgpu": 5, "jax-js-webgpu": 10 }, {
      shaders: new Map([["damo-webgpu", 4.5]]),
      absent: new Map([["tfjs-webgpu", { reason: "it has no f16", failed: false }], ["onnxruntime-webgpu", { reason: "its process ended\nat once", failed: true }]]),
    }));
    expect(row.measured).toBe("damo-webgpu 5.00 ms (27.5 TF/s; 4.50 ms in shaders), jax-js-webgpu 10.0 ms (13.7 TF/s), tfjs-webgpu: it has no f16");
    expect(row.faults).toEqual(["onnxruntime-webgpu: its process ended"]);
    expect(toTableRow(row, "elapsed")).toContain("| pass damo-webgpu 2.00 of the speed of jax-js-webgpu (at least 1.5) |");
  });

  test("that memory bounds shows bytes a second, by the device's clock if it has one", () => {
    const one = caseOf("affine 8192x4096");
    // 2^25 floats read and written, and two rows of 4096.
    expect(gpuRow(one, gpu, resultOf({ "damo-webgpu": 0.1 }, { shaders: new Map([["damo-webgpu", 0.1]]) })).measured).toBe("damo-webgpu 100 µs (2.68e+3 GB/s)");
    expect([clockOf(one, true), clockOf(one, false), clockOf(caseOf("train lenet b128"), true)]).toEqual(["shaders", "elapsed", "elapsed"]);
  });
});

describe("the page", () => {
  const order = ["a", "b", "c"];
  const text = "# Page\n\n<!-- npm run bench:gpu -- --write: one -->\nold\n\n| case | clock | measured | asked |\n|---|---|---|---|\n| a | elapsed | 1 | |\n| gone | elapsed | 1 | |\n| c | elapsed | 1 | |\n<!-- end -->\n";

  test("takes a row into the table of its adapter, in order, and leaves out what is no case any more", () => {
    expect(withRow(text, "new", "| b | elapsed | 2 | |", order, gpuTable("one"))).toBe(
      "# Page\n\n<!-- npm run bench:gpu -- --write: one -->\nnew\n\n| case | clock | measured | asked |\n|---|---|---|---|\n| a | elapsed | 1 | |\n| b | elapsed | 2 | |\n| c | elapsed | 1 | |\n<!-- end -->\n");
    expect(withRow(text, "new", "| a | elapsed | 2 | |", order, gpuTable("one"))).not.toContain("| a | elapsed | 1 | |");
  });

  test("gets a table for another adapter", () => {
    const both = withRow(text, "other", "| a | elapsed | 3 | |", order, gpuTable("two"));
    expect(both.startsWith(text.trimEnd())).toBe(true);
    expect(both).toContain("<!-- npm run bench:gpu -- --write: two -->\nother\n");
    expect(withRow(both, "other", "| a | elapsed | 4 | |", order, gpuTable("two"))).not.toContain("| a | elapsed | 3 | |");
  });
});
