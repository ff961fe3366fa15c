// One engine in a process of its own: `worker.ts MODULE EXPORT CLOCK`. Answers one request at a time, so that engines take turns.

import { type Accuracy, accuracyOf } from "./accuracy.ts";
import { type Engine, NotAvailable, type Prepared } from "./engine.ts";
import type { Task } from "./task.ts";

/** `sample`: so many runs, timed together; `device`: by the device's own clock if there is one, what it spent in shaders. */
export type Request = { readonly prepare: Task } | { readonly sample: number; readonly device?: boolean };

/** `unable`: the engine cannot do this. `estimate` and `time` are milliseconds per run, `shaders` what the device spent of it in shaders;
 *  `fingerprint` is of the result. */
export type Answer =
  | { readonly kind: "unable"; readonly reason: string }
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "ready"; readonly fingerprint: readonly number[]; readonly estimate: number; readonly accuracy: Accuracy | undefined; readonly shaders: number | undefined }
  | { readonly kind: "sampled"; readonly time: number };

const warmUpMs = 250;

/** `own`: time in which the process was not running does not count, so that one thread is measured on a busy machine, too; the
 *  processor time of helpers (collecting, compiling) does not count either where it went beside. `elapsed`: of engines with several threads. */
export type Clock = "own" | "elapsed";
const [module, name, clock] = process.argv.slice(2) as [string, string, Clock];

let prepared: Prepared | undefined;

/** Mean time of `count` runs. An engine that answers at once is not made to wait for the event loop. */
async function time(count: number): Promise<number> {
  const runner = prepared!;
  const used = process.cpuUsage();
  const start = performance.now();
  const first = runner.run();
  if (first) {
    await first;
    for (let i = 1; i < count; i++) await runner.run();
  } else {
    for (let i = 1; i < count; i++) runner.run();
  }
  await runner.finish?.();
  const elapsed = performance.now() - start;
  const { user, system } = process.cpuUsage(used);
  return (clock === "elapsed" ? elapsed : Math.min(elapsed, (user + system) / 1000)) / count;
}

async function warmUp(): Promise<number> {
  const end = performance.now() + warmUpMs;
  let estimate = await time(1);
  while (performance.now() < end) estimate = await time(Math.max(2, Math.min(1000, Math.round(30 / estimate))));
  return estimate;
}

/** Up to sixteen elements spread over a result. */
function fingerprintOf(values: ArrayLike<number>): number[] {
  const count = Math.min(16, values.length);
  return Array.from({ length: count }, (_, i) => Number(values[Math.floor(((i + 0.5) * values.length) / count)]!));
}

async function answer(engine: Engine, request: Request): Promise<Answer> {
  if ("sample" in request) {
    // Other engines ran in between: short runs first bring the caches back.
    if (request.sample > 1) await time(1);
    return { kind: "sampled", time: (request.device === true ? await prepared!.shaderTime?.() : undefined) ?? await time(request.sample) };
  }
  prepared?.dispose?.();
  prepared = undefined;
  const task = request.prepare;
  prepared = await engine[task.kind]?.(task as never);
  if (prepared === undefined) return { kind: "unable", reason: "cannot do this" };
  const result = await prepared.result();
  return { kind: "ready", fingerprint: fingerprintOf(result), accuracy: accuracyOf(task, result), estimate: await warmUp(), shaders: await prepared.shaderTime?.() };
}

// Whoever measures is gone: threads of an engine must not keep this process alive.
process.on("disconnect", () => process.exit());
let engine: Promise<Engine> | undefined;
process.on("message", async (request: Request) => {
  // A peer that is not installed is an answer, too.
  engine ??= import(module).then((exports: Record<string, Engine>) => exports[name]!, (error: unknown) => {
    throw error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND" ? new NotAvailable("not installed") : error;
  });
  const reply = await engine.then((loaded) => answer(loaded, request)).catch((error: unknown): Answer => {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: error instanceof NotAvailable ? "unable" : "failed", reason };
  });
  process.send!(reply);
});
