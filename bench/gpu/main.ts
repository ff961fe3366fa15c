// `npm run bench:gpu`: Damo on WebGPU beside its peers, in turns, on the GPU that the system has, or else on a software adapter with small sizes.

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { EngineName } from "../engines.ts";
import { gpuTable, writeRow } from "../page.ts";
import { EngineProcess } from "../process.ts";
import { type Pace, runRace } from "../race.ts";
import { toLines, toTableRow } from "../report.ts";
import { gpuCases } from "./cases.ts";
import { chooseDriver } from "./driver.ts";
import { isManageable } from "./judge.ts";
import { clockOf, gpuRow } from "./report.ts";

const { values: options, positionals: words } = parseArgs({
  allowPositionals: true,
  options: { write: { type: "boolean", default: false }, quick: { type: "boolean", default: false }, sizes: { type: "string", default: "fitting" } },
});
if (options.sizes !== "fitting" && options.sizes !== "all") throw new Error(`--sizes is fitting or all, not ${options.sizes}`);
const chosen = gpuCases.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
if (chosen.length === 0) throw new Error(`no case is meant by ${words.join(" ")}`);

const driver = chooseDriver();
if (typeof driver === "string") {
  console.error(`not measured: ${driver}`);
  process.exit(1);
}
const { name: adapter, features, environment } = driver;
Object.assign(process.env, environment);

const pace: Pace = options.quick ? { rounds: 3, sampleMs: 20, engineMs: 500 } : { rounds: 7, sampleMs: 100, engineMs: 2000 };
const { dependencies } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { readonly dependencies: Readonly<Record<string, string>> };
const { devDependencies } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { readonly devDependencies: Readonly<Record<string, string>> };
const versions = ["@tensorflow/tfjs-backend-webgpu", "onnxruntime-web", "@jax-js/jax"].map((name) => `${name} ${dependencies[name]}`).join(", ");
const setting = process.env["DAMO_WEBGPU"] === undefined ? "" : `DAMO_WEBGPU=${process.env["DAMO_WEBGPU"]} `;
const conditions = `**${adapter}**, ${new Date().toISOString().slice(0, 10)}, \`${setting}npm run bench:gpu -- --write\`; Dawn ${devDependencies["webgpu"]}, Node ${process.versions.node}; ${versions}; medians of ${pace.rounds} rounds, engines in turns.`;
console.log(conditions.replaceAll(/[*`]/g, ""));

const processes = new Map<EngineName, EngineProcess>();
const node = { path: process.execPath, version: process.versions.node };
const processOf = (engine: EngineName): EngineProcess => {
  let process = processes.get(engine);
  if (process === undefined) processes.set(engine, (process = new EngineProcess(node, engine)));
  return process;
};

const outcomes = { pass: 0, short: 0, "not judged": 0 };
for (const one of chosen) {
  const isMeasured = options.sizes === "all" || isManageable(one, adapter);
  const row = gpuRow(one, adapter, isMeasured ? await runRace(one, processOf, pace) : undefined);
  console.log(toLines(row));
  if (options.write) writeRow(conditions, toTableRow(row, clockOf(one, features.includes("timestamp-query"))), gpuCases.map(({ name }) => name), gpuTable(adapter));
  for (const { outcome } of row.verdicts) outcomes[outcome]++;
}
for (const process of processes.values()) process.stop();
console.log(`\n${outcomes.pass} pass, ${outcomes.short} fall short, ${outcomes["not judged"]} not judged`);
