// Golden counts of whole models on WebGPU: the dispatches of one call, in test/golden/counts/webgpu-*.txt. `UPDATE=1` rewrites them; the diff is then part of the review.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { defineLenet, lenet } from "../../bench/models/lenet.ts";
import { defineMlp, digits } from "../../bench/models/mlp.ts";
import { defineTransformer, transformer } from "../../bench/models/transformer.ts";
import { emitPlan } from "../../codegen/wgsl/module/emit-plan.ts";
import { describeWebgpu, leastLimits } from "../../codegen/wgsl/target.ts";
import { lowerModule } from "../../passes/lower-module.ts";
import { readDefinitions } from "../../src/compile.ts";
import { evaluateSize } from "../../src/load-size.ts";
import { unroll, type UnrolledDispatch } from "../../src/runtime/webgpu/unroll.ts";
import { traceModel } from "../../src/trace.ts";

const models: { readonly [name: string]: { readonly define: () => object; readonly sizes: { readonly [name: string]: number } } } = {
  "mlp-predict": { define: () => defineMlp({ ...digits, optimizer: "sgd" }).predict, sizes: { batch: digits.batch } },
  "mlp-train-sgd": { define: () => defineMlp({ ...digits, optimizer: "sgd" }).train, sizes: { batch: digits.batch } },
  "mlp-train-adam": { define: () => defineMlp({ ...digits, optimizer: "adam" }).train, sizes: { batch: digits.batch } },
  "lenet-train": { define: () => defineLenet().train, sizes: { batch: lenet.batch } },
  "transformer-train": { define: () => defineTransformer().train, sizes: { batch: transformer.batch } },
};

interface Traffic { readonly loaded: number; readonly stored: number }

/** What is bound counts once, as a whole. */
function trafficOf({ shader, bindings }: UnrolledDispatch): Traffic {
  const sum = (access: "read" | "write"): number =>
    bindings.reduce((bytes, binding, i) => bytes + ([access, "readwrite"].includes(shader.buffers[i]!.access) ? binding.bytes : 0), 0);
  return { loaded: sum("read"), stored: sum("write") };
}

const columns = (values: readonly (number | string)[]): string => values.map((value) => String(value).padStart(14)).join("");

function describeDispatches(define: () => object, sizes: { readonly [name: string]: number }): string {
  const { functions, state } = traceModel(readDefinitions(define()));
  const { module, plans } = lowerModule(functions, state, describeWebgpu(leastLimits));
  const plan = emitPlan(module, plans, leastLimits);
  const dispatches = unroll(plan.shaders, plan.functions[0]!, (size) => evaluateSize(size, sizes), 65535).items.map((item) => {
    if ("until" in item) throw new Error("a loop that the host looks at");
    return { name: item.shader.name, counts: item.counts, ...trafficOf(item) };
  });
  const total = (of: keyof Traffic): number => dispatches.reduce((sum, dispatch) => sum + dispatch[of], 0);
  return [
    `sizes: ${Object.entries(sizes).map(([name, value]) => `${name} = ${value}`).join(", ")}`,
    `dispatches ${dispatches.length}, shaders ${plan.shaders.length}, bytes loaded ${total("loaded")}, bytes stored ${total("stored")}`,
    "",
    columns(["loaded", "stored", "workgroups"]),
    ...dispatches.map(({ name, counts, loaded, stored }) => `${columns([loaded, stored, counts.join("x")])}  ${name}`),
    "",
  ].join("\n");
}

describe("golden dispatches", () => {
  test.each(Object.keys(models))("%s", (name) => {
    const path = new URL(`../golden/counts/webgpu-${name}.txt`, import.meta.url);
    const { define, sizes } = models[name]!;
    const text = describeDispatches(define, sizes);
    if (process.env["UPDATE"] === "1") writeFileSync(path, text);
    expect(text).toBe(existsSync(path) ? readFileSync(path, "utf8") : "");
  });
});
