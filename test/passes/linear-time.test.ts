// Compile time is linear in nodes: on graphs three times as large, every function of the compiler is called, and every branch
// and loop body in it entered, about three times as often. V8 counts them exactly, so the load of the machine does not matter.

import { Session } from "node:inspector/promises";
import { setFlagsFromString } from "node:v8";
import { afterAll, expect, test } from "vitest";

// Counts are exact for code that is loaded after counting began, and never inlined.
setFlagsFromString("--no-opt");
const session = new Session();
session.connect();
await session.post("Profiler.enable");
await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
afterAll(() => session.disconnect());

const { graphs } = await import("../../bench/models/graphs.ts");
const { emitModule, wasmTarget } = await import("../../codegen/wasm/index.ts");
const { lowerModule } = await import("../../passes/lower-module.ts");
const { readDefinitions } = await import("../../src/compile.ts");
const { traceModel } = await import("../../src/trace.ts");

const nodes = 2500;
const growth = 3;
/** A step that is quadratic grows 9 times; what is paid once makes for less than 3. */
const allowed = growth * 1.25;
/** Fewer entries than this share of all are no cost yet, whatever their growth. */
const share = 1 / 200;

/** Since the last call. */
async function takeEntries(): Promise<Map<string, number>> {
  const { result } = await session.post("Profiler.takePreciseCoverage");
  const entries = new Map<string, number>();
  for (const { url, functions } of result) {
    const file = /\/((?:src|ir|passes|codegen)\/.*)$/.exec(url)?.[1];
    if (file === undefined) continue;
    for (const { functionName, ranges } of functions) {
      for (const { startOffset, count } of ranges) entries.set(`${file} ${functionName}@${startOffset}`, count);
    }
  }
  return entries;
}

/** From the definition, whose gradients are regions cut out of the graph, to the module's bytes. */
async function countEntries(define: () => object): Promise<Map<string, number>> {
  await takeEntries();
  const traced = traceModel(readDefinitions(define()));
  const { module, plans } = lowerModule(traced.functions, traced.state, wasmTarget);
  emitModule(module, plans, { weights: "external" });
  return takeEntries();
}

const sum = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((total, count) => total + count, 0);

/** What grows too fast, as `place: before -> after`. */
function findGrowth(small: ReadonlyMap<string, number>, large: ReadonlyMap<string, number>): string[] {
  const floor = sum(large) * share;
  return [...large].filter(([place, count]) => count > floor && count > allowed * (small.get(place) ?? 0))
    .map(([place, count]) => `${place}: ${small.get(place) ?? 0} -> ${count}`);
}

for (const [kind, define] of Object.entries(graphs)) {
  test(`${kind}: three times the nodes, three times the work`, async () => {
    const [small, large] = [await countEntries(() => define(nodes)), await countEntries(() => define(nodes * growth))];
    expect(sum(small)).toBeGreaterThan(100_000);
    expect(sum(large)).toBeLessThan(allowed * sum(small));
    expect(findGrowth(small, large)).toEqual([]);
  });
}
