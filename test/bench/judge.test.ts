// The benchmark's verdicts, on times that are made up.

import { describe, expect, test } from "vitest";
import { type Demand, enginesOf } from "../../bench/cases.ts";
import type { EngineName } from "../../bench/engines.ts";
import { judge, type Samples, speedRatio } from "../../bench/judge.ts";

const samplesOf = (times: Readonly<Partial<Record<EngineName, readonly number[]>>>): ReadonlyMap<EngineName, Samples> =>
  new Map(Object.entries(times).map(([name, list]) => [name as EngineName, { times: list }]));

describe("ratios", () => {
  test("are taken round by round: a machine that slows down in between changes nothing", () => {
    expect(speedRatio({ times: [1, 10, 100] }, { times: [2, 20, 200] })).toBe(2);
    // Medians of each would be 10 and 2: a fifth.
    expect(speedRatio({ times: [1, 10, 10] }, { times: [2, 20, 2] })).toBe(2);
  });

  test("use the rounds that both took part in", () => {
    expect(speedRatio({ times: [1, 1, 50, 50] }, { times: [3, 3] })).toBe(3);
    expect(speedRatio({ times: [1, 1] }, { times: [3, 3, 50, 50] })).toBe(3);
  });
});

describe("verdicts", () => {
  const faster = (speed: number, ...of: EngineName[]): Demand => ({ engine: "damo", of, speed });

  test("hold Damo against the fastest of its rivals", () => {
    const samples = samplesOf({ damo: [1], "tfjs-wasm": [1.5], "jax-js": [9] });
    expect(judge([faster(1.4, "tfjs-wasm", "jax-js")], samples)).toMatchObject({ outcome: "pass", text: expect.stringContaining("1.50 of the speed of tfjs-wasm") as string });
    expect(judge([faster(1.6, "tfjs-wasm", "jax-js")], samples).outcome).toBe("short");
    expect(judge([faster(8, "jax-js")], samples).outcome).toBe("pass");
  });

  test("hold a time from above", () => {
    const samples = samplesOf({ damo: [6], "jax-js": [10] });
    expect(judge([{ engine: "damo", of: ["jax-js"], time: 0.65 }], samples)).toMatchObject({ outcome: "pass", text: expect.stringContaining("0.60 of the time") as string });
    expect(judge([{ engine: "damo", of: ["jax-js"], time: 0.55 }], samples).outcome).toBe("short");
  });

  test("need one of the alternatives", () => {
    const samples = samplesOf({ damo: [1], "tfjs-wasm": [1], copy: [0.8] });
    expect(judge([faster(1.5, "tfjs-wasm"), faster(0.7, "copy")], samples).outcome).toBe("pass");
    expect(judge([faster(1.5, "tfjs-wasm"), faster(0.9, "copy")], samples)).toMatchObject({ outcome: "short", text: expect.stringContaining(" or ") as string });
  });

  test("never show what is short as what was asked", () => {
    const samples = samplesOf({ damo: [1], "tfjs-wasm": [1.699] });
    expect(judge([faster(1.7, "tfjs-wasm")], samples)).toMatchObject({ outcome: "short", text: expect.stringContaining("1.69 of the speed") as string });
    expect(judge([{ engine: "damo", of: ["tfjs-wasm"], time: 0.58 }], samples)).toMatchObject({ outcome: "short", text: expect.stringContaining("0.59 of the time") as string });
  });

  test("are none where an engine is not there", () => {
    const samples = samplesOf({ damo: [1] });
    expect(judge([faster(1.5, "tfjs-wasm")], samples).outcome).toBe("not judged");
    expect(judge([{ engine: "damo-wide", of: ["damo"], speed: 1.5 }], samples).outcome).toBe("not judged");
    // What can be judged, is.
    expect(judge([faster(1.5, "tfjs-wasm"), faster(2, "damo")], samples).outcome).toBe("short");
  });
});

test("a race runs Damo first, then all that is asked about", () => {
  const race = { name: "", task: { kind: "chain", length: 1 }, asks: [[{ engine: "damo-wide", of: ["peak"], speed: 1 }]], also: ["numpy", "peak"] } as const;
  expect(enginesOf(race)).toEqual(["damo", "damo-wide", "peak", "numpy"]);
});
