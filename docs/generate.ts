// Writes the pages that are made from the code: ops.md, errors.md, passes.md. `--check` fails when one is stale.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { strict } from "../codegen/wasm/code-variant.ts";
import { describeTarget } from "../codegen/wasm/target.ts";
import { describeWebgpu, leastLimits } from "../codegen/wgsl/target.ts";
import { errorTable } from "../ir/errors.ts";
import "../ir/every-op.ts";
import type { Gradient, Lower, OpDefinition } from "../ir/op.ts";
import { elementwiseDocs } from "../ir/ops/elementwise.samples.ts";
import { controlDocs } from "../ir/ops/control.samples.ts";
import { effectDocs } from "../ir/ops/effect.samples.ts";
import { leafDocs } from "../ir/ops/leaf.samples.ts";
import { structuralDocs } from "../ir/ops/structural.samples.ts";
import { linalgDocs } from "../ir/routines/linalg/linalg.samples.ts";
import { fftDocs } from "../ir/routines/fft/fft.docs.ts";
import { sortingDocs } from "../ir/routines/sorting/sorting.docs.ts";
import { sparseDocs } from "../ir/routines/sparse/sparse.samples.ts";
import { opTable } from "../ir/table.ts";
import "../ir/routines/fft/index.ts";
import "../ir/routines/sorting/index.ts";
import { allTensorPasses } from "../passes/lower-module.ts";
import { linearAlgebraRules } from "../passes/rules/linear-algebra.ts";
import { strengthRules } from "../passes/rules/strength.ts";
import { simplifyingRules } from "../passes/simplify.ts";
import { stabilizingRules } from "../passes/stabilize.ts";
import type { Rule } from "../ir/rewrite.ts";

const made = "<!-- Made by `npm run docs` from the code; edit the code instead. -->";

const opDocs: Readonly<Record<string, string>> = { ...leafDocs, ...elementwiseDocs, ...structuralDocs, ...controlDocs, ...effectDocs, ...linalgDocs, ...sortingDocs, ...fftDocs, ...sparseDocs };

const gradients: { readonly [K in Gradient["kind"]]: string } = {
  partials: "by partials", linear: "linear", multilinear: "linear in each operand", both: "own rules", several: "own rules", region: "through its regions", zero: "zero", none: "none", refused: "refused",
};
const lowerings: { readonly [K in Lower["kind"]]: string } = {
  elementwise: "elementwise, fused", movement: "index map, fused", reduction: "reduction, fused", cumulative: "running loop", scatter: "ordered writes",
  contraction: "matrix kernel or fused loops", convolution: "implicit product, or by other ops", expand: "by other ops", control: "nested statements",
  effect: "its operand, fused, and statements beside it", routine: "calls of a routine", inline: "its region, in its place", leaf: "placed",
};

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
  return [line(header), `|${header.map(() => "---").join("|")}|`, ...rows.map(line)].join("\n");
}

const targets = [describeTarget(strict), describeWebgpu(leastLimits)];
/** Ops that no target sees: passes put others in their place. */
const expanded: ReadonlySet<string> = new Set(["vjp", "jvp", "custom_gradient"]);

function targetsOf(op: OpDefinition): string {
  if (expanded.has(op.name)) return "–";
  return targets.filter(({ lacks }) => !lacks?.(op)).map(({ name }) => `\`${name}\``).join(" ");
}

function opsPage(): string {
  const row = (op: OpDefinition) => [
    `\`${op.name}\``, targetsOf(op), String(op.arity), Object.keys(op.attributes).map((name) => `\`${name}\``).join(" ") || "–", gradients[op.gradient.kind],
    lowerings[op.lower.kind], opDocs[op.name] ?? "",
  ];
  return `${made}

# Operations

The ${opTable.size} primitive operations of the tensor IR. Everything else in the language (softmax, losses, normalisations, optimizers) is written in
terms of these. Every op runs on \`reference\`, and on the targets that its row names; \`vjp\`, \`jvp\` and
\`custom_gradient\` are gone before a target sees them. Dtypes are ${targets[0]!.dtypes.join(", ")} on \`wasm\`, and
${targets[1]!.dtypes.join(", ")} on \`webgpu\` (f16, too, where the device has it): other ops and
dtypes are refused there when a model is compiled, by name and line.

${table(["op", "targets", "operands", "attributes", "gradient", "becomes", "meaning"], [...opTable.values()].map(row))}
`;
}

function errorsPage(): string {
  const areas: readonly (readonly [string, string])[] = [
    ["E1", "Types, sizes and constants"], ["E2", "Building expressions"], ["E3", "Gradients"], ["E4", "Functions and models"], ["E5", "Calls"],
    ["E6", "While a function runs"], ["E7", "Files and artifacts"], ["E8", "Text of the IR"], ["E9", "The command line"],
  ];
  const sections = areas.map(([prefix, title]) => {
    const rows = Object.entries(errorTable).filter(([code]) => code.startsWith(prefix)).map(([code, text]) => [`\`${code}\``, text]);
    return `## ${title}\n\n${table(["code", "what is wrong"], rows)}\n`;
  });
  return `${made}

# Errors

A mistake in what you wrote or passed throws a \`DamoError\`. Its \`code\` is stable; its message names the operation, the tensors with their
shapes, often what to do, and the line of your code: \`E203 add: shapes x [2,3] and [4] do not broadcast (axis 1: 3 and 4), model.ts:12\`.
\`where\`, \`op\` and \`hint\` hold the parts. After a failed call the state of a model is what it was. An \`InternalError\` is a bug of Damo's.

${sections.join("\n")}`;
}

function passesPage(): string {
  const rules = (list: readonly Rule[]) => table(["rule", "claim", "NaN, infinities, zeros"],
    list.map(({ name, claim, edges }) => [`\`${name}\``, claim.kind === "bits" ? "equal bits" : "equal reals", edges]));
  const folds = simplifyingRules.filter(({ name }) => name.startsWith("fold-"));
  return `${made}

# Passes and rules

The passes over the tensor IR, in order. After them the graph is scheduled: values to store are chosen, grouped into fused kernels, given memory.

${table(["pass", "what it does", "after"], allTensorPasses.map(({ name, summary, after }) => [`\`${name}\``, summary, after.map(({ pass, why }) => `\`${pass}\`: ${why}`).join("; ") || "–"]))}

## Stabilising rules

${rules(stabilizingRules)}

## Simplifying rules

${rules(simplifyingRules.filter((rule) => !folds.includes(rule)))}

and ${folds.length} rules that fold an elementwise op of constants.

## Rules that make operations cheaper

${rules(strengthRules)}

## Rules that join with \`damo/linalg\`

They apply where expressions are stabilised.

${rules(linearAlgebraRules)}
`;
}

const pages = { "ops.md": opsPage(), "errors.md": errorsPage(), "passes.md": passesPage() };
const check = process.argv.includes("--check");
const stale: string[] = [];
for (const [name, text] of Object.entries(pages)) {
  const file = new URL(name, import.meta.url);
  if (existsSync(file) && readFileSync(file, "utf8") === text) continue;
  if (check) stale.push(name);
  else writeFileSync(file, text);
}
if (stale.length > 0) {
  console.error(`stale: ${stale.join(", ")}; run npm run docs`);
  process.exitCode = 1;
}
