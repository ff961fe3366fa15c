// damo explain: what each pass did to a function, and the program that came out.

import { userError } from "../../ir/errors.ts";
import type { Graph } from "../../ir/node.ts";
import { printGraph } from "../../ir/print.ts";
import { printProgram } from "../../ir/program/print.ts";
import type { PassReport } from "../../passes/pass.ts";
import { lowerModule, tensorPasses } from "../../passes/pipeline.ts";
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
  readonly json?: boolean;
}

export async function explainCommand(target: string, flags: ExplainFlags): Promise<void> {
  const known = ["all", ...tensorPasses.map((pass) => pass.name)];
  if (flags.printAfter !== undefined && !known.includes(flags.printAfter)) {
    throw userError("E901", { message: `there is no pass ${flags.printAfter}`, hint: `the passes are ${known.slice(1).join(", ")}` });
  }
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
      statements: module.programs[i]!.body.length, arenaBytes: plans[i]!.placement?.bytes ?? null,
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
    for (const line of productsOf(module.programs[i]!, code)) console.log(line);
  });
}

/** How each matrix product is computed, and why so. */
function productsOf({ body }: Program, code: CodeVariant): readonly string[] {
  const products = body.filter((statement): statement is Contract => statement.kind === "contract");
  return products.length === 0 ? [] : ["matrix products:", ...products.map((product) => `  b${product.c}: ${explainProduct(product, code)}`)];
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
