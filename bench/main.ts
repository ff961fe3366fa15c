// `npm run bench`: every engine in its own process, one sample each per round, medians and ratios at the end.
import { fork, type ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { cases } from "./cases.ts";
import { formatRow, type Result } from "./report.ts";
import type { Answer, Request } from "./worker.ts";

const rounds = 15;
const sampleMs = 60;
/** Relative to the largest value of the fingerprint: engines sum in different orders, in f32. */
const tolerance = 2e-3;

/** Module and export of each engine. */
const engines = {
  damo: ["./damo.ts", "bound"],
  "damo-calls": ["./damo.ts", "calls"],
  "tfjs-wasm": ["./peers/tfjs-wasm.ts", "engine"],
  "onnxruntime-web": ["./peers/onnxruntime-web.ts", "engine"],
  "jax-js": ["./peers/jax-js.ts", "engine"],
};

const { values: options, positionals: words } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "string" }, engines: { type: "string", default: Object.keys(engines).join(",") } },
});

function ask(worker: ChildProcess, request: Request): Promise<Answer> {
  return new Promise((resolve) => {
    const settle = (answer: Answer): void => {
      worker.off("message", settle).off("exit", died);
      resolve(answer);
    };
    const died = (): void => settle({ kind: "failed", reason: "the process ended" });
    worker.on("message", settle).on("exit", died);
    if (worker.connected) worker.send(request);
    else died();
  });
}

/** How far two fingerprints are apart, relative to the larger values in them. */
function difference(a: readonly number[], b: readonly number[]): number {
  const scale = Math.max(...a.map(Math.abs), ...b.map(Math.abs));
  const distances = a.map((value, i) => Math.abs(value - b[i]!));
  return distances.some(Number.isNaN) ? Number.POSITIVE_INFINITY : Math.max(...distances) / scale;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

async function measure(name: string, workers: ReadonlyMap<string, ChildProcess>): Promise<Map<string, Result>> {
  const results = new Map<string, Result>();
  const running = new Map<string, { runs: number; samples: number[] }>();
  let reference: readonly number[] | undefined;
  for (const [engine, worker] of workers) {
    const answer = await ask(worker, { prepare: name });
    if (answer.kind !== "ready") {
      results.set(engine, { kind: "none", reason: answer.kind === "failed" ? answer.reason : "cannot do this" });
      continue;
    }
    reference ??= answer.check;
    if (!(difference(answer.check, reference) <= tolerance)) {
      results.set(engine, { kind: "none", reason: `another result: ${answer.check.slice(0, 3)} for ${reference.slice(0, 3)}` });
      continue;
    }
    running.set(engine, { runs: Math.max(1, Math.round(sampleMs / answer.estimate)), samples: [] });
  }
  for (let round = 0; round < rounds; round++) {
    for (const [engine, { runs, samples }] of running) {
      const answer = await ask(workers.get(engine)!, { sample: runs });
      if (answer.kind === "sampled") samples.push(answer.time);
    }
  }
  const base = running.get("damo")?.samples;
  for (const [engine, { samples }] of running) {
    if (samples.length < rounds) results.set(engine, { kind: "none", reason: "failed while measured" });
    else {
      // Ratios are taken round by round, where both saw the same machine.
      const ratio = base && base.length === rounds ? median(samples.map((time, i) => time / base[i]!)) : undefined;
      results.set(engine, { kind: "measured", ms: median(samples), ...(ratio === undefined ? {} : { ratio }) });
    }
  }
  return results;
}

const chosen = [...cases.keys()].filter((name) => words.length === 0 || words.some((word) => name.includes(word)));
const workers = new Map<string, ChildProcess>();
for (const [engine, where] of Object.entries(engines)) {
  if (!options.engines.split(",").includes(engine)) continue;
  workers.set(engine, fork(fileURLToPath(new URL("worker.ts", import.meta.url)), where, { stdio: ["ignore", "ignore", "inherit", "ipc"] }));
}

console.log(`Node ${process.versions.node}, ${cpus()[0]?.model.trim() ?? "unknown CPU"}, one thread each, median of ${rounds} rounds`);
console.log("time per run; in brackets: how many times Damo's time\n");
console.log(formatRow("", [...workers.keys()]));
const all: Record<string, Record<string, Result>> = {};
for (const name of chosen) {
  const results = await measure(name, workers);
  all[name] = Object.fromEntries(results);
  console.log(formatRow(name, [...workers.keys()].map((engine) => results.get(engine)!), cases.get(name)!));
}
for (const [name, results] of Object.entries(all)) {
  for (const [engine, result] of Object.entries(results)) {
    if (result.kind === "none" && result.reason !== "cannot do this") console.log(`${name}, ${engine}: ${result.reason}`);
  }
}
for (const worker of workers.values()) worker.disconnect();
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(all, null, 2)}\n`);
