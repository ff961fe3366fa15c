// `npm run bench`: every case on every Node, engines in processes of their own; what was measured, and whether it is what was asked.

import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { cases } from "./cases.ts";
import type { EngineName } from "./engines.ts";
import type { Finding } from "./figure-worker.ts";
import { writeRow } from "./page.ts";
import { EngineProcess, type NodeBinary, nodeBinaries, runFigure } from "./process.ts";
import { type Pace, runRace } from "./race.ts";
import { figureRow, raceRow, type Row, toLines, toTableRow } from "./report.ts";

const { values: options, positionals: words } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: "boolean", default: false }, write: { type: "boolean", default: false }, node: { type: "string" } },
});

const pace: Pace = options.quick ? { rounds: 5, sampleMs: 8, engineMs: 400 } : { rounds: 15, sampleMs: 12, engineMs: 2000 };
const chosen = cases.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
const binaries = nodeBinaries();
const nodes = binaries.filter(({ version }, i) => (options.node === undefined ? !options.quick || i === 0 : version.startsWith(`${options.node}.`)));

async function runOn(node: NodeBinary, report: (row: Row) => void): Promise<void> {
  const processes = new Map<EngineName, EngineProcess>();
  const processOf = (engine: EngineName): EngineProcess => {
    let process = processes.get(engine);
    if (process === undefined) processes.set(engine, (process = new EngineProcess(node, engine)));
    return process;
  };
  for (const one of chosen) {
    report("figure" in one ? figureRow(one.name, await runFigure<readonly Finding[]>(node, one.figure)) : raceRow(one, await runRace(one, processOf, pace)));
  }
  for (const process of processes.values()) process.stop();
}

const { dependencies } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8")) as { readonly dependencies: Readonly<Record<string, string>> };
const versions = ["@tensorflow/tfjs", "onnxruntime-web", "@jax-js/jax"].map((name) => `${name} ${dependencies[name]}`).join(", ");
const conditions = `${cpus()[0]?.model.trim() ?? "unknown CPU"}, ${cpus().length} cores; Node ${binaries.map(({ version }) => version).join(" and ")}; ${versions}; medians of ${pace.rounds} rounds, engines in turns.`;
if (chosen.length === 0 || nodes.length === 0) throw new Error(`no case or no Node is meant by ${[...words, options.node ?? ""].join(" ").trim()}`);
console.log(conditions);

const outcomes = { pass: 0, short: 0, "not judged": 0 };
for (const node of nodes) {
  console.log(`\nNode ${node.version}`);
  await runOn(node, (row) => {
    console.log(toLines(row));
    // Row by row, so that a run which is stopped keeps what it has.
    if (options.write) writeRow(conditions, toTableRow(row, node.version.split(".")[0]!), cases.map(({ name }) => name));
    for (const { outcome } of row.verdicts) outcomes[outcome]++;
  });
}
console.log(`\n${outcomes.pass} pass, ${outcomes.short} fall short, ${outcomes["not judged"]} not judged`);
