// The unit tests in another mode: what a test compiles, or hands to the kit, is compiled in it, unless the test itself asks for
// something else. With threads everything is worth sharing, so that models as small as those of the tests are shared out.

import { beforeEach, vi } from "vitest";
import type { TargetDescription } from "../../ir/target.ts";
import { hasMode, mode } from "./mode.ts";

const code = { relaxed: mode === "relaxed", wide: mode === "wide" };
const shareAll = (target: TargetDescription): TargetDescription => ({ ...target, cost: { ...target.cost, worthSharing: 0.01 } });

if (!hasMode) beforeEach(({ skip }) => skip(`${mode} code is not to be had on Node ${process.versions.node}`));

vi.mock(import("../../src/compile-options.ts"), async (original) => {
  const actual = await original();
  return {
    ...actual,
    readOptions(options) {
      const read = actual.readOptions(options);
      if (read.target === "reference") return read;
      return { ...read, relaxed: read.relaxed || code.relaxed, wide: read.wide || code.wide, threads: mode === "threads" ? Math.max(2, read.threads) : read.threads };
    },
  };
});

vi.mock(import("../../passes/threads/load-sharing.ts"), async (original) => {
  const { loadSharing } = await original();
  return { loadSharing: (threads, target) => loadSharing(threads, shareAll(target)) };
});

vi.mock(import("../../src/testing/run-graph.ts"), async (original) => {
  const actual = await original();
  if (mode !== "threads") return { ...actual, runOnWasm: (graph, inputs, sizes, options) => actual.runOnWasm(graph, inputs, sizes, { ...options, code }) };
  const { runOnThreads } = await import("./run-on-threads.ts");
  return { ...actual, runOnWasm: (graph, inputs, sizes, options) => runOnThreads(actual, graph, inputs, sizes, options) };
});
