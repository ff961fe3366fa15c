// `npm run bench:compile`: what it takes from `fn` to a callable, stage by stage, on graphs that grow. The exponent of the fit
// tells whether time is linear in nodes (1) or worse.
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { emitModule, wasmTarget } from "../codegen/wasm/index.ts";
import { lowerModule } from "../passes/lower-module.ts";
import { readDefinitions } from "../src/compile.ts";
import { traceModel } from "../src/trace.ts";
import { graphs } from "./models/graphs.ts";
import { defineMlp, digits } from "./models/mlp.ts";

type Stages = { readonly [stage: string]: number };

interface Compiled {
  readonly nodes: number;
  readonly bytes: number;
  readonly stages: Stages;
  /** What this thread computed, on Node from 23.9 on: other processes do not count. */
  readonly cpu: number | undefined;
}

const { threadCpuUsage } = process as { threadCpuUsage?: () => { user: number; system: number } };

function cpuTime(): number {
  const usage = threadCpuUsage?.call(process);
  return usage === undefined ? NaN : (usage.user + usage.system) / 1000;
}

/** Milliseconds of each stage; `engine` is WebAssembly's own compiler. */
async function compileOnce(definitions: object): Promise<Compiled> {
  const stages: { [stage: string]: number } = {};
  const before = cpuTime();
  let last = performance.now();
  const mark = (stage: string): void => {
    const now = performance.now();
    stages[stage] = (stages[stage] ?? 0) + now - last;
    last = now;
  };
  const traced = traceModel(readDefinitions(definitions));
  mark("trace");
  const { module, plans, reports } = lowerModule(traced.functions, traced.state, wasmTarget);
  for (const { pass, milliseconds } of reports.flat()) {
    const stage = ["schedule", "kernels", "commit-state", "plan-memory"].includes(pass) ? pass : "passes";
    stages[stage] = (stages[stage] ?? 0) + milliseconds;
  }
  last = performance.now();
  const bytes = emitModule(module, plans, { weights: "external" });
  mark("emit");
  await WebAssembly.instantiate(bytes, {});
  mark("engine");
  const nodes = reports.reduce((sum, report) => sum + report.find(({ pass }) => pass === "schedule")!.countBefore, 0);
  const cpu = cpuTime() - before;
  return { nodes, bytes: bytes.length, stages, cpu: Number.isNaN(cpu) ? undefined : cpu };
}

const total = (stages: Stages): number => Object.values(stages).reduce((sum, ms) => sum + ms, 0);

/** The run whose total is the median. */
async function median(runs: number, define: () => object): Promise<Compiled> {
  const results: Compiled[] = [];
  for (let i = 0; i < runs; i++) results.push(await compileOnce(define()));
  return results.sort((a, b) => total(a.stages) - total(b.stages))[runs >> 1]!;
}

/** The slope of log(ms) over log(nodes), by least squares. */
function exponentOf(points: readonly (readonly [nodes: number, ms: number])[]): number {
  const logs = points.map(([nodes, ms]) => [Math.log(nodes), Math.log(ms)] as const);
  const mean = (axis: 0 | 1): number => logs.reduce((sum, point) => sum + point[axis], 0) / logs.length;
  const [x, y] = [mean(0), mean(1)];
  return logs.reduce((sum, [a, b]) => sum + (a - x) * (b - y), 0) / logs.reduce((sum, [a]) => sum + (a - x) ** 2, 0);
}

function show(title: string, { nodes, bytes, stages, cpu }: Compiled): void {
  const parts = Object.entries(stages).map(([stage, ms]) => `${stage} ${ms.toFixed(ms < 10 ? 1 : 0)}`);
  console.log(`${title.padEnd(11)}${String(nodes).padStart(8)} nodes${String(bytes >> 10).padStart(8)} KB${total(stages).toFixed(1).padStart(10)} ms${cpu === undefined ? "" : `, cpu ${cpu.toFixed(1)}`}  (${parts.join(", ")})`);
}

const { values: { nodes, runs }, positionals: words } = parseArgs({
  allowPositionals: true,
  options: { nodes: { type: "string", default: "1000,3000,10000" }, runs: { type: "string", default: "3" } },
});
const chosen = (name: string): boolean => words.length === 0 || words.some((word) => name.includes(word));

console.log(`Node ${process.version}, ${cpus()[0]?.model ?? "unknown processor"}`);
if (chosen("mlp")) {
  const step = (): object => defineMlp({ ...digits, optimizer: "adam" }).train;
  show("mlp (cold)", await compileOnce(step()));
  await median(30, step);
  show("mlp (warm)", await median(15, step));
}
for (const [kind, define] of Object.entries(graphs)) {
  if (!chosen(kind)) continue;
  const points: [number, number][] = [];
  for (const size of nodes.split(",").map(Number)) {
    const compiled = await median(size > 20_000 ? 1 : Number(runs), () => define(size));
    points.push([compiled.nodes, total(compiled.stages)]);
    show(kind, compiled);
  }
  if (points.length > 1) console.log(`${" ".repeat(11)}time ~ nodes ^ ${exponentOf(points).toFixed(2)}`);
}
