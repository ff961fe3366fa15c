// The ops on sparse matrices that call routines: what they mean against dense matrices, routines against that meaning to the bit, their form in other ops, and how threads share them.
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { wasmTarget } from "../../codegen/wasm/whole-target.ts";
import { describeWebgpu, leastLimits } from "../../codegen/wgsl/target.ts";
import { createBuilder } from "../../ir/build.ts";
import type { TensorData } from "../../ir/data.ts";
import { evaluateGraph } from "../../ir/evaluate.ts";
import { topologicalOrder } from "../../ir/graph.ts";
import type { Graph } from "../../ir/node.ts";
import { tensor } from "../../ir/ops/sample.ts";
import { interpretProgram } from "../../ir/program/interpret.ts";
import "../../ir/routines/sparse/index.ts";
import { addDims, type Dim, namedSize } from "../../ir/size.ts";
import { opOf } from "../../ir/table.ts";
import { parseGraph } from "../../ir/parse.ts";
import { findFault } from "../../ir/verify.ts";
import { hoistInvariants } from "../../passes/control/hoist-invariants.ts";
import { expandRoutines } from "../../passes/fit/expand-routines.ts";
import { lowerModule } from "../../passes/lower-module.ts";
import { planMemory } from "../../passes/plan-memory.ts";
import { placeBarriers } from "../../passes/threads/place-barriers.ts";
import { splitStatements } from "../../passes/threads/split-statements.ts";
import { runOnWasm, traceGraph } from "../../src/testing/run-graph.ts";
import { codeOf, messageOf } from "../error-of.ts";
import { shareAll } from "../modes/share-all.ts";
import { type Case, cases, plainly } from "./random-rows.ts";

/** Sums of products of these are exact in any order. */
const quarters = fc.integer({ min: -16, max: 16 }).map((value) => value / 4);
const floats = fc.oneof({ arbitrary: fc.float({ min: -100, max: 100, noNaN: true }), weight: 20 }, { arbitrary: fc.constantFrom(-0, Infinity, Number.NaN), weight: 1 });

interface Sizes { readonly n: Dim; readonly r: Dim; readonly c: Dim; readonly k: Dim }
const named: Sizes = { n: namedSize("n"), r: namedSize("r"), c: namedSize("c"), k: namedSize("k") };

const sizesOf = ({ op, inputs, rows, columns, width }: Case) => ({ n: inputs[op === "csr_sampled_matmul" ? 0 : 1]!.shape[0]!, r: rows, c: columns, k: width });

function graphOf(given: Case, { n, r, c, k }: Sizes = sizesOf(given)): Graph {
  const { op, inputs } = given;
  const b = createBuilder();
  const pattern = [[n], [addDims(r, 1)]];
  const shapes = op === "coo_matvec" ? [[n], [n], [n], [c]] : op === "csr_sampled_matmul" ? [...pattern, [r, k], [c, k]] : [[n], ...pattern, [op === "csr_matmul" ? c : r, k]];
  const parameters = inputs.map(({ dtype }, i) => b.parameter(i, `p${i}`, { dtype, shape: shapes[i]! }));
  return { name: op, parameters, results: [b.make(op, parameters, op === "csr_matmul_transposed" ? { size: [c] } : op === "coo_matvec" ? { size: [r] } : {})] };
}

describe.each(["f32", "f64"] as const)("%s", (dtype) => {
  test("as sums over dense matrices have it", () => {
    fc.assert(fc.property(cases(dtype, quarters), (given) => {
      expect(Array.from(evaluateGraph(graphOf(given), given.inputs)[0]!.data as Float64Array, (value) => value + 0)).toEqual(plainly(given).map((value) => value + 0));
    }), { numRuns: 150 });
  });

  test("routines give the bits of the naive loops", () => {
    fc.assert(fc.property(cases(dtype, floats), (given) => {
      const graph = graphOf(given);
      expect(runOnWasm(graph, given.inputs, new Map())).toEqual(evaluateGraph(graph, given.inputs));
    }), { numRuns: 200 });
  });

  test("with sizes that are known late", () => {
    fc.assert(fc.property(cases(dtype, floats), (given) => {
      // Every name stands in some input.
      const graph = graphOf(given, given.op === "csr_matmul_transposed" ? { ...named, c: given.columns } : given.op === "coo_matvec" ? { ...named, r: given.rows } : named);
      expect(runOnWasm(graph, given.inputs, new Map(Object.entries(sizesOf(given))))).toEqual(evaluateGraph(graphOf(given), given.inputs));
    }), { numRuns: 60 });
  });

  test("threads share rows, but those of products that add anywhere, without a race", () => {
    const target = shareAll(wasmTarget);
    const axes = new Set<string | undefined>();
    fc.assert(fc.property(cases(dtype, floats), (given) => {
      const { module } = lowerModule([traceGraph(graphOf(given))], [], target);
      const run = (threads: number): readonly unknown[] => {
        const split = splitStatements(module.programs[0]!, target, threads);
        const plan = planMemory(split, target);
        const program = placeBarriers(split, plan);
        for (const statement of program.body) if (statement.kind === "call" && given.op !== "csr_matmul_transposed" && given.op !== "coo_matvec") axes.add(statement.split?.axis);
        const outcome = interpretProgram(program, { inputs: given.inputs, state: [], sizes: new Map(), plan, threads, options: { races: true } });
        return outcome.kind === "done" ? outcome.outputs : [outcome];
      };
      const [expected] = evaluateGraph(graphOf(given), given.inputs);
      for (const threads of [1, 2, 5]) expect(run(threads)).toEqual([expected!.data]);
    }), { numRuns: 60 });
    // What is too short stays whole.
    expect(axes).toEqual(new Set(["rows", undefined]));
  });

  test("on targets without routines they are other ops of the same meaning", () => {
    fc.assert(fc.property(cases(dtype === "f64" ? "f32" : dtype, quarters, fc.nat(9)), (given) => {
      const graph = graphOf(given);
      const expanded = expandRoutines(describeWebgpu(leastLimits)).run(graph, {});
      expect(findFault(expanded)).toBeUndefined();
      expect(topologicalOrder(expanded).some(({ op }) => opOf(op).lower.kind === "routine")).toBe(false);
      const read = (of: Graph): number[] => Array.from(evaluateGraph(of, given.inputs)[0]!.data as Float32Array, (value) => value + 0);
      expect(read(expanded)).toEqual(read(graph));
    }), { numRuns: 150 });
  });
});

describe("what is refused", () => {
  const b = createBuilder();
  const vector = (dtype: "f32" | "f64" | "i32", size: Dim) => b.parameter(0, "p", { dtype, shape: [size] });
  const dense = (dtype: "f32" | "f64" | "i32", rows: Dim) => b.parameter(0, "p", { dtype, shape: [rows, 2] });
  it.each<readonly [string, () => unknown]>([
    ["E203 csr_matmul: values and their columns: sizes [3] and [4] differ", () => b.make("csr_matmul", [vector("f32", 3), vector("i32", 4), vector("i32", 3), dense("f32", 5)])],
    ["E202 csr_matmul: rows, columns and row borders are i32, not f32[3]", () => b.make("csr_matmul", [vector("f32", 3), vector("i32", 3), vector("f32", 3), dense("f32", 5)])],
    ["E202 csr_matmul: dtypes f32 and f64 differ", () => b.make("csr_matmul", [vector("f32", 3), vector("i32", 3), vector("i32", 3), dense("f64", 5)])],
    ["E202 csr_sampled_matmul: i32[5,2] must be f32 or f64", () => b.make("csr_sampled_matmul", [vector("i32", 3), vector("i32", 6), dense("i32", 5), dense("i32", 4)])],
    ["E203 csr_matmul_transposed: rows of the matrix and of the dense one: sizes [2] and [5] differ", () => b.make("csr_matmul_transposed", [vector("f32", 3), vector("i32", 3), vector("i32", 3), dense("f32", 5)], { size: [4] })],
    ["E205 csr_matmul_transposed: size has 0 entries, 1 is needed", () => b.make("csr_matmul_transposed", [vector("f32", 3), vector("i32", 3), vector("i32", 3), dense("f32", 2)], { size: [] })],
    ["E203 coo_matvec: values and their rows: sizes [3] and [4] differ", () => b.make("coo_matvec", [vector("f32", 3), vector("i32", 4), vector("i32", 3), vector("f32", 5)], { size: [2] })],
    ["E205 coo_matvec: size has 2 entries, 1 is needed", () => b.make("coo_matvec", [vector("f32", 3), vector("i32", 3), vector("i32", 3), vector("f32", 2)], { size: [1, 2] })],
  ])("%s", (message, build) => expect(messageOf(build)).toBe(message));
});

describe("places that are none", () => {
  /** A matrix of 2 rows and 3 columns, with 2 elements. */
  const graph = (): Graph => graphOf({ op: "csr_matmul", rows: 2, columns: 3, width: 1, attributes: {}, inputs: inputsOf([0, 1], [0, 1, 2]) });
  const inputsOf = (columns: readonly number[], borders: readonly number[]): readonly TensorData[] =>
    [tensor("f32", [2], [1, 2]), tensor("i32", [2], columns), tensor("i32", [borders.length], borders), tensor("f32", [3, 1], [1, 10, 100])];
  it.each<readonly [string, readonly number[], readonly number[]]>([
    ["E601", [0, 3], [0, 1, 2]], ["E601", [-4, 0], [0, 1, 2]], ["none", [-3, 2], [0, 1, 2]],
    ["E609", [0, 1], [0, 2, 1]], ["E609", [0, 1], [-1, 1, 2]], ["E609", [0, 1], [0, 1, 3]], ["E609", [0, 1], [0, 3, 3]],
    // The outer borders are where elements begin and end, whatever they say.
    ["none", [0, 1], [0, 0, 0]], ["none", [0, 1], [2, 2, 2]],
  ])("%s for columns %j and borders %j", (code, columns, borders) => {
    const inputs = inputsOf(columns, borders);
    expect(codeOf(() => evaluateGraph(graph(), inputs))).toBe(code);
    const { module, plans } = lowerModule([traceGraph(graph())], [], wasmTarget);
    const outcome = interpretProgram(module.programs[0]!, { inputs, state: [], sizes: new Map(), plan: plans[0]! });
    expect(outcome.kind === "done" ? "none" : module.messages[outcome.error - 16]!.slice(0, 4)).toBe(code);
    if (code === "none") expect(runOnWasm(graph(), inputs, new Map())).toEqual(evaluateGraph(graph(), inputs));
    else expect(() => runOnWasm(graph(), inputs, new Map())).toThrow("run returned");
  });

  it.each<readonly [string, readonly number[], readonly number[]]>([
    ["none", [-2, 1], [-3, 2]], ["E601", [2, 0], [0, 0]], ["E601", [0, -3], [0, 0]], ["E601", [0, 0], [3, 0]], ["E601", [0, 0], [0, -4]],
    // Far outside: no place to add to.
    ["E601", [2 ** 31 - 1, 0], [0, 0]], ["E601", [0, 0], [-(2 ** 31), 0]],
  ])("%s for rows %j and columns %j of coordinates", (code, rows, columns) => {
    const inputs = [tensor("f32", [2], [1, 2]), tensor("i32", [2], rows), tensor("i32", [2], columns), tensor("f32", [3], [1, 10, 100])];
    const graph = graphOf({ op: "coo_matvec", rows: 2, columns: 3, width: 1, attributes: { size: [2] }, inputs });
    expect(codeOf(() => evaluateGraph(graph, inputs))).toBe(code);
    if (code === "none") expect(runOnWasm(graph, inputs, new Map())).toEqual([tensor("f32", [2], [1, 200])]);
    else expect(() => runOnWasm(graph, inputs, new Map())).toThrow("run returned");
  });

  test("elements, and no row for them", () => {
    const inputs = [tensor("f32", [2], [1, 2]), tensor("i32", [2], [0, 1]), tensor("i32", [1], [0]), tensor("f32", [3, 1], [1, 10, 100])];
    const late = graphOf({ op: "csr_matmul", rows: 0, columns: 3, width: 1, attributes: {}, inputs }, named);
    for (const one of [graphOf({ op: "csr_matmul", rows: 0, columns: 3, width: 1, attributes: {}, inputs }), late]) {
      const sizes = new Map([["n", 2], ["r", 0], ["c", 3], ["k", 1]]);
      expect(codeOf(() => evaluateGraph(one, inputs, sizes))).toBe("E609");
      expect(() => runOnWasm(one, inputs, sizes)).toThrow("run returned");
    }
  });
});

test("what may be refused stays in its loop, which may take no step", () => {
  const graph = parseGraph(`func @f(%h: f64[2,1], %v: f64[3], %c: i32[3], %b: i32[3], %x: f64[4,1]) -> (f64[2,1]) {
  %0: f64[2,1] = scan(%h, %v, %c, %b, %x) {body=func @body(%carry0: f64[2,1], %capture0: f64[3], %capture1: i32[3], %capture2: i32[3], %capture3: f64[4,1]) -> (f64[2,1]) {
    %0: f64[2,1] = csr_matmul(%capture0, %capture1, %capture2, %capture3)
    %1: f64[2,1] = mul(%0, %carry0)
    return %1
  }, carried=1, sequences=0, length=[4], reverse=false, stops=false, counted=false, residuals=store}
  %1: f64[2,1] = result(%0) {index=0}
  return %1
}
`);
  expect(hoistInvariants.run(graph, {})).toBe(graph);
});
