// Golden counts of whole models: what one call does and how large its module is, in test/golden/counts/*.txt. A machine's load
// changes none of them, so a change here is a change of the compiler. `UPDATE=1` rewrites them; the diff is then part of the review.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { defineLenet, lenet } from "../../bench/models/lenet.ts";
import { defineLstm } from "../../bench/models/lstm.ts";
import { defineMlp, digits, tiny } from "../../bench/models/mlp.ts";
import { defineResnet, resnet } from "../../bench/models/resnet.ts";
import { defineTransformer, transformer } from "../../bench/models/transformer.ts";
import { emitModule, wasmTarget } from "../../codegen/wasm/index.ts";
import { defineRegression } from "../../examples/logistic-regression.ts";
import { reachableNodes } from "../../ir/graph.ts";
import { KernelBuilder } from "../../ir/kernel/build.ts";
import { interpretKernel } from "../../ir/kernel/interpret.ts";
import { lowerModule } from "../../passes/lower-module.ts";
import { readDefinitions } from "../../src/compile.ts";
import { readSections } from "../../src/formats/wasm-sections.ts";
import { traceModel } from "../../src/trace.ts";
import { countKernel } from "./count-kernel.ts";
import { countProgram } from "./count-program.ts";

const regression = { rows: 5000, features: 3 };

/** Each function is a module of its own. */
const models: { readonly [name: string]: { readonly define: () => object; readonly sizes: { readonly [name: string]: number } } } = {
  "mlp-predict": { define: () => defineMlp({ ...digits, optimizer: "sgd" }).predict, sizes: { batch: digits.batch } },
  "mlp-train-sgd": { define: () => defineMlp({ ...digits, optimizer: "sgd" }).train, sizes: { batch: digits.batch } },
  "mlp-train-adam": { define: () => defineMlp({ ...digits, optimizer: "adam" }).train, sizes: { batch: digits.batch } },
  "tiny-train-adam": { define: () => defineMlp({ ...tiny, optimizer: "adam" }).train, sizes: { batch: tiny.batch } },
  "lenet-train": { define: () => defineLenet().train, sizes: { batch: lenet.batch } },
  "resnet-train": { define: () => defineResnet().train, sizes: { batch: resnet.batch } },
  "lstm-train": { define: () => defineLstm().train, sizes: {} },
  "transformer-train": { define: () => defineTransformer().train, sizes: { batch: transformer.batch } },
  "logistic-regression-train": { define: () => defineRegression(regression.features, { rate: 1, decay: 1e-4 }).train, sizes: { rows: regression.rows } },
};

/** Numbers line up, so that a diff shows digits that changed and nothing else. */
const row = (name: string, value: number): string => `${name.padEnd(28)}${String(value).padStart(14)}`;

function describeCounts(define: () => object, sizes: { readonly [name: string]: number }): string {
  const traced = traceModel(readDefinitions(define()));
  const { module, plans, graphs } = lowerModule(traced.functions, traced.state, wasmTarget);
  const sections = readSections(emitModule(module, plans, { weights: "external" }));
  const bytesOf = (which: (name: string) => boolean): number => sections.reduce((sum, { name, bytes }) => sum + (which(name) ? bytes.length : 0), 0);
  const standard = ["type", "import", "function", "table", "memory", "global", "export", "start", "element", "code", "data", "data count"];
  const counts = countProgram(module.programs[0]!, plans[0]!, new Map(Object.entries(sizes)));
  return [
    `sizes: ${Object.entries(sizes).map(([name, value]) => `${name} = ${value}`).join(", ") || "none"}`,
    row("nodes after optimisation", reachableNodes(graphs[0]!.results).length),
    row("statements", counts.statements.length),
    row("launches of kernels", counts.launches),
    row("different kernels", counts.kernels),
    row("bytes loaded", counts.loaded),
    row("bytes stored", counts.stored),
    row("operations of kernels", counts.operations),
    row("products of contractions", counts.products),
    row("scratch bytes live at once", counts.scratch),
    row("bytes of code", bytesOf((name) => name === "code")),
    row("bytes of all but custom", bytesOf((name) => standard.includes(name))),
    "",
    "        loaded        stored    operations",
    ...counts.statements.map(({ loaded, stored, operations, text }) => `${[loaded, stored, operations].map((value) => String(value).padStart(14)).join("")}  ${text}`),
    "",
  ].join("\n");
}

describe("golden counts", () => {
  test.each(Object.keys(models))("%s", (name) => {
    const path = new URL(`../golden/counts/${name}.txt`, import.meta.url);
    const { define, sizes } = models[name]!;
    const text = describeCounts(define, sizes);
    if (process.env["UPDATE"] === "1") writeFileSync(path, text);
    expect(text).toBe(existsSync(path) ? readFileSync(path, "utf8") : "");
  });
});

/** An array that counts how often its elements are read and written. */
function watch(data: Float32Array, count: { loads: number; stores: number }): Float32Array {
  const isElement = (key: string | symbol): boolean => typeof key === "string" && /^\d+$/.test(key);
  return new Proxy(data, {
    get: (target, key) => {
      if (isElement(key)) count.loads++;
      return Reflect.get(target, key, target) as unknown;
    },
    set: (target, key, value) => {
      if (isElement(key)) count.stores++;
      return Reflect.set(target, key, value, target);
    },
  });
}

describe("the counts of a kernel", () => {
  // out[i] = sum of x[i, j] over j < i + 1, then all of x doubled into y.
  const k = new KernelBuilder("triangle");
  const [x, out, y] = [k.buffer("f32", "read"), k.buffer("f32", "write"), k.buffer("f32", "write")];
  const n = k.sizeParameter();
  k.loop(n, { order: "parallel" }, (i) => {
    const row = k.mul(i, n);
    const [sum] = k.loop(k.add(i, k.i32(1)), { order: "serial", init: [k.constant(0, "f32")] }, (j, [current]) => [k.add(current!, k.load(x, k.add(row, j)))]);
    k.store(out, i, sum!);
    return [];
  });
  k.loop(k.mul(n, n), { order: "parallel", lanes: 4 }, (i) => {
    const value = k.load(x, i);
    k.store(y, i, k.add(value, value));
    return [];
  });
  const kernel = k.finish();

  test("are those of running it, where extents vary, too", () => {
    const counted = { loads: 0, stores: 0 };
    const buffer = (length: number): { data: Float32Array } => ({ data: watch(new Float32Array(length), counted) });
    interpretKernel(kernel, [buffer(100), buffer(10), buffer(100)], [10]);
    expect(countKernel(kernel, [10])).toMatchObject({ loaded: 4 * counted.loads, stored: 4 * counted.stores });
    expect(counted).toEqual({ loads: 55 + 100, stores: 10 + 100 });
  });

  test("name the loops with their lanes", () => {
    expect(countKernel(kernel, [10]).loops).toBe("10(1..10) 100/4");
  });

  test("refuse an extent that is data", () => {
    const b = new KernelBuilder("data");
    const length = b.buffer("i32", "read");
    b.loop(b.load(length, b.i32(0)), { order: "serial" }, () => []);
    expect(() => countKernel(b.finish(), [])).toThrow("data: an extent depends on data");
  });
});
