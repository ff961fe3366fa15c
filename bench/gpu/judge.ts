// Whether what was measured on an adapter is what was asked.

import type { EngineName } from "../engines.ts";
import { judge, type Samples, type Verdict } from "../judge.ts";
import { type GpuCase, softwareWork, workOf } from "./cases.ts";

/** The word by which an adapter is known to be software. */
export function softwareOf(adapter: string): string | undefined {
  const name = adapter.toLowerCase();
  return Object.keys(softwareWork).find((word) => name.includes(word));
}

/** Whether a case is small enough for the adapter. */
export function isManageable(one: GpuCase, adapter: string): boolean {
  const software = softwareOf(adapter);
  return software === undefined || workOf(one) <= softwareWork[software]!;
}

const onlyOnGpu: Verdict = { outcome: "not judged", text: "not measured: software adapter" };

/** `samples`: none where the case was too large for the adapter. */
export function judgeGpu({ asks, gpuAsks }: GpuCase, adapter: string, samples: ReadonlyMap<EngineName, Samples> | undefined): readonly Verdict[] {
  if (samples === undefined) return [onlyOnGpu];
  return [...asks.map((ask) => judge(ask, samples)), ...gpuAsks.map((ask) => (softwareOf(adapter) === undefined ? judge(ask, samples) : { ...onlyOnGpu, text: `${onlyOnGpu.text} (${wish(ask[0]!)})` }))];
}

const wish = ({ of, speed, ms }: GpuCase["asks"][number][number]): string => (ms !== undefined ? `at most ${ms.toPrecision(3)} ms` : `at least ${speed} of ${of.join(", ")}`);
