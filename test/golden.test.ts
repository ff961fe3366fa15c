// Golden tests of passes. test/golden/<pass>/*.ir holds cases separated by `// ----`, each a function before the pass, a
// line `// becomes`, and the function after it. Before and after are also evaluated on generated inputs and must agree.
// `UPDATE=1` rewrites what stands after the marker.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { TensorData } from "../ir/data.ts";
import type { Graph } from "../ir/node.ts";
import { parseGraph } from "../ir/parse.ts";
import { printGraph } from "../ir/print.ts";
import type { DType } from "../ir/types.ts";
import { control } from "../passes/control/index.ts";
import type { Pass } from "../passes/pass.ts";
import { countNodes, runPasses } from "../passes/pass.ts";
import { watchGraph } from "../passes/watch-graph.ts";
import { evaluateNumerically } from "./ir/numeric-derivatives.ts";
import { generatedInputs } from "./ir/random-graph.ts";

const root = new URL("./golden/", import.meta.url);
const separator = "// ----\n";
const marker = "// becomes\n";

/** Passes that keep every bit. */
const exact: ReadonlySet<string> = new Set(["cse", "dce"]);

/** How far before and after may differ, relative to 1 + |value|. */
function toleranceOf(pass: string, dtype: DType): number {
  if (exact.has(pass)) return 0;
  // Before differentiation the value is that of central differences, nested ones for second derivatives.
  if (pass === "differentiate") return 1e-6;
  // Rules that are laws of real numbers: a few roundings of values of magnitude 1.
  return dtype === "f32" ? 1e-5 : 1e-13;
}

/** A pass stands in a file of its name, those over loops in their folder. */
const passFile = (name: string): URL => {
  const own = new URL(`../passes/${name}.ts`, import.meta.url);
  return existsSync(own) ? own : new URL(`../passes/control/${name}.ts`, import.meta.url);
};

async function loadPass(name: string): Promise<Pass<Graph>> {
  const module = (await import(passFile(name).href)) as { readonly [name: string]: unknown };
  const pass = Object.values(module).find((value) => (value as Pass<Graph> | undefined)?.name === name && typeof value === "object");
  if (pass === undefined) throw new Error(`${passFile(name).pathname} exports no pass of that name`);
  return pass as Pass<Graph>;
}

/** Lines of comment in front of the function, and the rest. */
function splitComment(text: string): [comment: string, rest: string] {
  const lines = text.split("\n");
  const count = lines.findIndex((line) => !line.startsWith("//") && line.trim() !== "");
  return [lines.slice(0, Math.max(0, count)).map((line) => `${line}\n`).join(""), lines.slice(Math.max(0, count)).join("\n")];
}

function expectEqual(before: TensorData, after: TensorData, tolerance: number): void {
  expect({ dtype: after.dtype, shape: after.shape }).toEqual({ dtype: before.dtype, shape: before.shape });
  before.data.forEach((value: number | bigint, i: number) => {
    const other = after.data[i]!;
    if (tolerance === 0 || typeof value === "bigint") expect(other).toBe(value);
    else expect(Math.abs(Number(other) - value) / (1 + Math.abs(value)), `element ${i}: ${value} and ${other}`).toBeLessThanOrEqual(tolerance);
  });
}

for (const name of readdirSync(root).filter((folder) => existsSync(passFile(folder)))) {
  describe(name, async () => {
    const pass = await loadPass(name);
    for (const file of readdirSync(new URL(`${name}/`, root)).filter((entry) => entry.endsWith(".ir"))) {
      const path = new URL(`${name}/${file}`, root);
      const cases = readFileSync(path, "utf8").split(separator);
      const updated: string[] = [];
      test.each(cases.map((text, i) => [i + 1, text] as const))(`${file}, case %i`, (_, text) => {
        const [input, expected] = text.split(marker);
        const [comment, source] = splitComment(input!);
        const before = parseGraph(source, file);
        const after = runPasses([pass], before, { count: countNodes, watch: watchGraph, control }).ir;
        const printed = printGraph(after, { locations: true });
        updated.push(`${comment}${printGraph(before, { locations: true })}${marker}${printed}`);
        if (process.env["UPDATE"] === "1") {
          if (updated.length === cases.length) writeFileSync(path, updated.join(separator));
        } else {
          expect(printed).toBe(expected);
        }
        const inputs = generatedInputs(before, 1);
        const [left, right] = [evaluateNumerically(before, inputs), evaluateNumerically(after, inputs)];
        left.forEach((value, i) => expectEqual(value, right[i]!, toleranceOf(name, value.dtype)));
      });
    }
  });
}
