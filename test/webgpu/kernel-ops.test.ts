// Kernels that reductions, running combinations and scatters of graphs become, on the adapter against the interpreter: launch after launch, each from what the
// interpreter has left, with the sizes known and not known.
import { argmax, cumprod, cumsum, fn, grad, input, layerNorm, logSumExp, softmax, take, type Tensor, variance } from "damo";
import { afterAll, describe, expect, test } from "vitest";
import { wasmTarget } from "../../codegen/wasm/index.ts";
import { emitKernel } from "../../codegen/wgsl/kernel/emit-kernel.ts";
import { allocateArray, type TypedArray } from "../../ir/data.ts";
import { expandKernelMath } from "../../ir/kernel/math/expand.ts";
import { mathTable } from "../../ir/kernel/math/table.ts";
import type { Launch, Program } from "../../ir/program/program.ts";
import { evaluateDim } from "../../ir/size.ts";
import type { TargetDescription } from "../../ir/target.ts";
import { hoistSizes } from "../../passes/kernel/hoist-sizes.ts";
import { vectorizeLoops } from "../../passes/kernel/vectorize.ts";
import { scheduleModule } from "../../passes/pipeline.ts";
import { readDefinitions } from "../../src/compile.ts";
import { traceModel } from "../../src/trace.ts";
import { isMissing, reportMissing, requestTestDevice } from "./adapter.ts";
import { bitsOf, runBoth } from "./run-kernel.ts";

const found = await requestTestDevice();
if (isMissing(found)) reportMissing(found, "kernels of graphs are not tried");
const device = isMissing(found) ? undefined : found.device;
afterAll(() => device?.destroy());

function programOf(definition: Parameters<typeof readDefinitions>[0]): Program {
  return scheduleModule(traceModel(readDefinitions(definition)).functions, wasmTarget).programs[0]!;
}

/** Kernels as the target gets them: with one lane, and math expanded. */
function launchesOf({ body }: Program): Launch[] {
  return body.filter((statement) => statement.kind === "launch").map((launch) => hoistSizes({ ...launch, kernel: expandKernelMath(launch.kernel, mathTable) }, 0));
}

/** What the interpreter runs: long sums in one lane would be far from the reals, and further than what the adapter makes of them. */
const manyLanes: TargetDescription = { ...wasmTarget, lanes: 16, lightLanes: 16 };

/** Of the largest element: sums of up to 2,000 terms a lane, of values within some units in the last place. */
const tolerance = 2 ** -19;

function expectNear(actual: TypedArray, expected: TypedArray, what: string): void {
  if (!(expected instanceof Float32Array)) { expect(Array.from(actual, Number), what).toEqual(Array.from(expected, Number)); return; }
  const allowed = tolerance * expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const wrong = expected.findIndex((value, i) => !(Math.abs(Number(actual[i]) - value) <= allowed));
  expect(wrong < 0 ? undefined : `element ${wrong} is ${actual[wrong]}, not ${expected[wrong]}`, what).toBeUndefined();
}

async function runLaunches(program: Program, sizes: { readonly [name: string]: number }, isExact: boolean): Promise<void> {
  const values = new Map(Object.entries(sizes));
  let seed = 7;
  const data = program.buffers.map(({ dtype, elements, role }) => {
    if (role.kind === "constant") return role.data.data;
    const array = allocateArray(dtype, evaluateDim(elements, values));
    // Indices are i32: some meet.
    if (role.kind === "input") array.forEach((_, i) => { seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0; array[i] = dtype === "i32" ? (seed >>> 16) % 5 : isExact ? (seed >>> 16) % 9 - 4 : (seed >>> 8) / 2 ** 23 - 1; });
    return array;
  });
  const launches = launchesOf(program);
  let at = 0;
  for (const statement of program.body) {
    if (statement.kind === "copy") { data[statement.to]!.set(data[statement.from]! as never); continue; }
    if (statement.kind !== "launch") continue;
    const launch = launches[at++]!;
    const words = launch.sizes.map((dim) => evaluateDim(dim, values));
    const inputs = launch.buffers.map((id) => Array.from(data[id]!, Number));
    for (const known of [words, launch.sizes.map((dim) => (typeof dim === "number" ? dim : undefined))]) {
      const [actual, expected] = await runBoth(device!, launch.kernel, inputs, words, { known, meaning: vectorizeLoops(launch.kernel, manyLanes) });
      expected.forEach((array, i) => {
        if (isExact) expect(bitsOf(actual[i]!), launch.kernel.name).toEqual(bitsOf(array));
        else expectNear(actual[i]!, array, launch.kernel.name);
        data[launch.buffers[i]!]!.set(array as never);
      });
    }
  }
}

const matrix = input("x", ["n", 300]);
const wide = input("x", ["n", "m"]);
const vector = input("x", ["n"]);
const table = input("table", [7, 40]);
const places = input("places", ["n"], { dtype: "i32" });
const of = (inputs: { readonly [name: string]: Tensor }, y: Tensor) => fn({ inputs, outputs: { y } } as never) as Parameters<typeof readDefinitions>[0];

describe.skipIf(device === undefined)("kernels of graphs", () => {
  test.each<[string, ReturnType<typeof of>, { readonly [name: string]: number }]>([
    ["softmax of rows", of({ x: matrix }, softmax(matrix, 1)), { n: 9 }],
    ["softmax of all", of({ x: vector }, softmax(vector, 0)), { n: 30000 }],
    ["softmax of columns", of({ x: wide }, softmax(wide, 0)), { n: 200, m: 12 }],
    ["log of the sum of exponentials", of({ x: wide }, logSumExp(wide, 1)), { n: 3, m: 5000 }],
    ["layerNorm", of({ x: matrix }, layerNorm(matrix)), { n: 5 }],
    ["gradient of layerNorm", of({ x: matrix }, grad(layerNorm(matrix).exp().sum(), matrix)), { n: 5 }],
    ["variance of all", of({ x: vector }, variance(vector)), { n: 20000 }],
    ["mean of columns", of({ x: wide }, wide.mean(0)), { n: 3000, m: 20 }],
    ["running product", of({ x: vector }, cumprod(vector.mul(0.01).add(1), 0)), { n: 1000 }],
  ])("%s", (_, definition, sizes) => runLaunches(programOf(definition), sizes, false));

  test.each<[string, ReturnType<typeof of>, { readonly [name: string]: number }]>([
    ["sums of columns", of({ x: wide }, wide.sum(0)), { n: 400, m: 33 }],
    ["argmax of rows", of({ x: matrix }, argmax(matrix, 1) as unknown as Tensor), { n: 5 }],
    ["running sums of rows", of({ x: matrix }, cumsum(matrix, 1)), { n: 5 }],
    ["running sums of columns", of({ x: wide }, cumsum(wide, 0)), { n: 700, m: 5 }],
    ["gradient of running sums", of({ x: vector }, grad(cumsum(vector, 0).square().sum(), vector)), { n: 1000 }],
    ["gradient of rows that are taken", of({ table, places: places as never }, grad(take(table, places, 0).square().sum(), table)), { n: 200 }],
    ["gradient of elements that are taken", of({ x: vector, places: places as never }, grad(take(vector, places, 0).square().sum(), vector)), { n: 300 }],
  ])("%s, to the bit", (_, definition, sizes) => runLaunches(programOf(definition), sizes, true));

  test("updates are shared out among owners", () => {
    const updates = launchesOf(programOf(of({ table, places: places as never }, grad(take(table, places, 0).square().sum(), table)))).map(({ kernel }) => emitKernel(kernel, { storageBuffers: 8 }).shaders[0]!.code);
    expect(updates.filter((code) => code.includes("== owner")).length).toBe(1);
  });
});
