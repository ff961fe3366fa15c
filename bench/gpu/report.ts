// What was measured on an adapter, as a row: times, what is done in a second, and what of the time the device spent in shaders.

import type { EngineName } from "../engines.ts";
import { median } from "../judge.ts";
import type { RaceResult } from "../race.ts";
import { formatTime, type Row } from "../report.ts";
import { bytesOf, flopsOf } from "../task.ts";
import type { GpuCase } from "./cases.ts";
import { judgeGpu } from "./judge.ts";

/** Thousands of billions of operations a second, or billions of bytes. */
function rateOf({ task, clock }: GpuCase, ms: number): string | undefined {
  const [flops, bytes] = [flopsOf(task), bytesOf(task)];
  if (clock === "device" && bytes !== undefined) return `${(bytes / ms / 1e6).toPrecision(3)} GB/s`;
  return flops === undefined ? undefined : `${(flops / ms / 1e9).toPrecision(3)} TF/s`;
}

function describe(one: GpuCase, engine: EngineName, ms: number, shaders: number | undefined): string {
  const notes = [rateOf(one, ms), one.clock === "device" || shaders === undefined ? undefined : `${formatTime(shaders)} in shaders`].filter((note) => note !== undefined);
  return `${engine} ${formatTime(ms)}${notes.length > 0 ? ` (${notes.join("; ")})` : ""}`;
}

/** `result`: undefined where the case was too large for the adapter. */
export function gpuRow(one: GpuCase, adapter: string, result: RaceResult | undefined): Row {
  const measured = [...result?.samples ?? []].map(([engine, { times }]) => describe(one, engine, median(times), result!.shaders.get(engine)));
  const absent = [...result?.absent ?? []].map(([engine, { reason, failed }]) => ({ text: `${engine}: ${reason.split("\n")[0]}`, failed }));
  const textsOf = (failed: boolean): string[] => absent.filter((one) => one.failed === failed).map(({ text }) => text);
  return { name: one.name, measured: [...measured, ...textsOf(false)].join(", "), verdicts: judgeGpu(one, adapter, result?.samples), faults: textsOf(true) };
}

/** What the times of a row are. */
export function clockOf(one: GpuCase, hasTimestamps: boolean): string {
  return one.clock === "device" && hasTimestamps ? "shaders" : "elapsed";
}
