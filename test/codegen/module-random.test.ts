// Random graphs as modules: run through their exports with symbolic sizes, they give the bits of the evaluator (exact
// values) and of the program interpreter (any values, NaN payloads aside), and write nothing outside their buffers.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emitModule, wasmTarget } from "../../codegen/wasm/index.ts";
import { type TypedArray, arrayViews } from "../../ir/data.ts";
import { evaluateGraph } from "../../ir/evaluate.ts";
import { printGraph } from "../../ir/print.ts";
import { interpretProgram } from "../../ir/program/interpret.ts";
import type { MemoryPlan } from "../../ir/program/plan.ts";
import type { Program } from "../../ir/program/program.ts";
import { type Dim, evaluateDim, productOfDims } from "../../ir/size.ts";
import { allKernelParts } from "../../passes/all-parts.ts";
import { commitState } from "../../passes/commit-state.ts";
import { mergeEqualNodes } from "../../passes/cse.ts";
import { expand } from "../../passes/expand.ts";
import { coalesceLoops } from "../../passes/kernel/coalesce.ts";
import { orderContractionAxes } from "../../passes/order-contraction-axes.ts";
import { optimizeKernel } from "../../passes/pipeline.ts";
import { planMemory } from "../../passes/plan-memory.ts";
import { schedule } from "../../passes/schedule/schedule.ts";
import * as overlaps from "../../passes/windows/lower-overlap.ts";
import { type RandomGraph, randomGraph } from "../../src/testing/random-graph.ts";
import { traceGraph } from "../passes/run-program.ts";
import { canonicalBytes } from "./run-kernel.ts";

const target = { ...wasmTarget, smallContraction: 64 };

function lower({ graph }: RandomGraph): { program: Program; plan: MemoryPlan } {
  const optimized = mergeEqualNodes(orderContractionAxes.run(expand.run(graph, {}), {}));
  const program = commitState(schedule(traceGraph(optimized), {
    target, overlaps, message: () => 16, print: () => 0, optimize: (kernel) => optimizeKernel(coalesceLoops(kernel), target, allKernelParts),
  }));
  return { program: { ...program, name: "f" }, plan: planMemory(program, target) };
}

function runModule(program: Program, plan: MemoryPlan, inputs: RandomGraph["inputs"], sizes: ReadonlyMap<string, number>): TypedArray[] {
  const bytes = emitModule({ programs: [program], state: [], messages: [] }, [plan]);
  const exports = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as unknown as { [name: string]: (...args: number[]) => number };
  const memory = exports["memory"] as unknown as WebAssembly.Memory;
  expect(exports["f_prepare"]!(...program.sizes.map((name) => sizes.get(name)!))).toBe(0);
  inputs.forEach(({ data }, i) => {
    new Uint8Array(memory.buffer, exports["f_input"]!(i), data.byteLength).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  });
  expect(exports["f_run"]!()).toBe(0);
  return program.outputs.map(({ type }, i) => {
    const shape = type.shape.map((dim: Dim, axis) => {
      const size = exports["f_output_dim"]!(i, axis);
      expect(size).toBe(evaluateDim(dim, sizes));
      return size;
    });
    return new arrayViews[type.dtype](memory.buffer.slice(0), exports["f_output"]!(i), Number(productOfDims(shape)));
  });
}

const lists = fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 120 });
const numRuns = Number(process.env["DAMO_RUNS"] ?? 200);

describe("modules of random graphs", () => {
  it("equal the evaluator bit for bit on exact values", () => {
    fc.assert(fc.property(lists, (numbers) => {
      const random = randomGraph(numbers, { regime: "exact", steps: 25 });
      const expected = evaluateGraph(random.graph, random.inputs);
      const { program, plan } = lower(random);
      runModule(program, plan, random.inputs, random.sizes).forEach((data, i) => {
        expect(Array.from(data as Float32Array), printGraph(random.graph)).toEqual(Array.from(expected[i]!.data as Float32Array));
      });
    }), { numRuns });
  });

  it("equal the program interpreter bit for bit on real values", () => {
    fc.assert(fc.property(lists, (numbers) => {
      const random = randomGraph(numbers, { regime: "smooth", steps: 12 });
      const { program, plan } = lower(random);
      const outcome = interpretProgram(program, { inputs: random.inputs, state: [], sizes: random.sizes, plan });
      if (outcome.kind !== "done") throw new Error(`failed: ${JSON.stringify(outcome)}`);
      runModule(program, plan, random.inputs, random.sizes).forEach((data, i) => {
        expect(canonicalBytes(data), printGraph(random.graph)).toEqual(canonicalBytes(outcome.outputs[i] as TypedArray));
      });
    }), { numRuns: numRuns / 4 });
  });
});
