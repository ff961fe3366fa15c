// damo explain: what each pass did to a function, and the program that came out.

import { userError } from "../../ir/errors.ts";
import type { Graph } from "../../ir/node.ts";
import { printGraph } from "../../ir/print.ts";
import type { MemoryPlan } from "../../ir/program/plan.ts";
import { printProgram } from "../../ir/program/print.ts";
import { memoryUse, type MemoryUse } from "../../passes/memory-use.ts";
import type { PassReport } from "../../passes/pass.ts";
import { allTensorPasses, lowerModule } from "../../passes/lower-module.ts";
import { type CodeVariant, explainProduct, wasmTargetFor } from "../../codegen/wasm/index.ts";
import type { Contract, Program } from "../../ir/program/program.ts";
import { traceModel } from "../trace.ts";
import { loadFunctions } from "./load-model.ts";

export interface ExplainFlags {
  readonly printAfter?: string;
  readonly rules?: boolean;
  /** The variant of the code. */
  readonly relaxed?: boolean;
  readonly wide?: boolean;
  readonly size: readonly string[];
  readonly json?: boolean;
}

export async function explainCommand(target: string, flags: ExplainFlags): Promise<void> {
  const known = ["all", ...allTensorPasses.map((pass) => pass.name)];
  if (flags.printAfter !== undefined && !known.includes(flags.printAfter)) {
    throw userError("E901", { message: `there is no pass ${flags.printAfter}`, hint: `the passes are ${known.slice(1).join(", ")}` });
  }
  const sizes = readSizes(flags.size);
  const { functions } = await loadFunctions(target);
  const traced = traceModel(functions);
  const printed: string[] = [];
  const observe = (_: unknown, { name }: { readonly name: string }, before: Graph, after: Graph) => {
    if (flags.printAfter === name || (flags.printAfter === "all" && before !== after)) printed.push(`after ${name}:\n${print(after)}`);
  };
  const code = { relaxed: flags.relaxed ?? false, wide: flags.wide ?? false };
  const { module, plans, reports } = lowerModule(traced.functions, traced.state, wasmTargetFor(code), { observe });
  if (flags.json) {
    console.log(JSON.stringify(traced.functions.map(({ name }, i) => ({
      function: name, passes: reports[i]!.map((report) => ({ ...report, rules: Object.fromEntries(report.rules) })),
      statements: module.programs[i]!.body.length, memory: memoryOf(module.programs[i]!, plans[i]!, sizes) ?? null,
    })), null, 2));
    return;
  }
  if (flags.printAfter !== undefined) {
    console.log(printed.join("\n"));
    return;
  }
  traced.functions.forEach(({ graph }, i) => {
    console.log(`as written:\n${print(graph)}\n${table(reports[i]!)}`);
    if (flags.rules) console.log(rulesOf(reports[i]!));
    console.log(printProgram(module.programs[i]!, plans[i]));
    console.log(showMemory(module.programs[i]!, plans[i]!, sizes));
    for (const line of productsOf(module.programs[i]!, code)) console.log(line);
  });
}

/** How each matrix product is computed, and why so. */
function productsOf({ body }: Program, code: CodeVariant): readonly string[] {
  const products = body.filter((statement): statement is Contract => statement.kind === "contract");
  return products.length === 0 ? [] : ["matrix products:", ...products.map((product) => `  b${product.c}: ${explainProduct(product, code)}`)];
}

function readSizes(given: readonly string[]): ReadonlyMap<string, number> {
  return new Map(given.map((text) => {
    const match = /^([A-Za-z_][A-Za-z0-9_]*)=(\d+)$/.exec(text);
    if (match === null) throw userError("E901", { message: `--size ${text} is not a name and a number`, hint: "write --size batch=128" });
    return [match[1]!, Number(match[2])] as const;
  }));
}

/** Undefined while a size is not given. */
function memoryOf(program: Program, plan: MemoryPlan, sizes: ReadonlyMap<string, number>): MemoryUse | undefined {
  return program.sizes.every((name) => sizes.has(name)) ? memoryUse(program, plan, sizes) : undefined;
}

function showMemory(program: Program, plan: MemoryPlan, sizes: ReadonlyMap<string, number>): string {
  const use = memoryOf(program, plan, sizes);
  if (use === undefined) return `memory: depends on sizes; give ${program.sizes.map((name) => `--size ${name}=...`).join(" ")}\n`;
  const { resident, bound, at, planned } = use;
  return `memory: ${planned} bytes planned, ${resident} of them resident; ${bound} live at statement ${at}, the most: ${(planned / bound).toFixed(3)} times that\n`;
}

function print(graph: Graph): string {
  return printGraph(graph, { locations: true, maxElements: 8 });
}

function table(reports: readonly PassReport[]): string {
  const width = Math.max(...reports.map(({ pass }) => pass.length));
  const rows = reports.map(({ pass, countBefore, countAfter, milliseconds, rules }) => {
    const fired = [...rules.values()].reduce((sum, count) => sum + count, 0);
    return `  ${pass.padEnd(width)}  ${String(countBefore).padStart(6)} -> ${String(countAfter).padEnd(6)} ${milliseconds.toFixed(2).padStart(8)} ms${fired === 0 ? "" : `  ${fired} rules`}`;
  });
  return ["passes (nodes before and after; from schedule on, statements):", ...rows, ""].join("\n");
}

function rulesOf(reports: readonly PassReport[]): string {
  const rows = reports.flatMap(({ pass, rules }) => [...rules].map(([rule, count]) => `  ${pass}: ${rule} x${count}`));
  return ["rules that fired:", ...(rows.length === 0 ? ["  none"] : rows), ""].join("\n");
}
