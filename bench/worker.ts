// One engine in a process of its own: `worker.ts MODULE EXPORT`. Answers one request at a time, so that engines take turns.
import { cases } from "./cases.ts";
import type { Engine, Prepared } from "./engine.ts";

export type Request = { readonly prepare: string } | { readonly sample: number };

/** `unable`: the engine cannot do this case. `estimate` and `time` are milliseconds per run. */
export type Answer =
  | { readonly kind: "unable" }
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "ready"; readonly check: readonly number[]; readonly estimate: number }
  | { readonly kind: "sampled"; readonly time: number };

const warmUpMs = 400;

let prepared: Prepared | undefined;

/** Mean time of `count` runs. An engine that answers at once is not made to wait for the event loop. */
async function time(count: number): Promise<number> {
  const runner = prepared!;
  const start = performance.now();
  const first = runner.run();
  if (first) {
    await first;
    for (let i = 1; i < count; i++) await runner.run();
  } else {
    for (let i = 1; i < count; i++) runner.run();
  }
  return (performance.now() - start) / count;
}

async function warmUp(): Promise<number> {
  const end = performance.now() + warmUpMs;
  let estimate = await time(2);
  while (performance.now() < end) estimate = await time(Math.max(2, Math.min(1000, Math.round(50 / estimate))));
  return estimate;
}

async function answer(engine: Engine, request: Request): Promise<Answer> {
  if ("sample" in request) return { kind: "sampled", time: await time(request.sample) };
  prepared?.dispose?.();
  prepared = await engine.prepare(cases.get(request.prepare)!);
  if (!prepared) return { kind: "unable" };
  const check = await prepared.check();
  return { kind: "ready", check, estimate: await warmUp() };
}

const [module, name] = process.argv.slice(2);
const engine = ((await import(module!)) as Record<string, Engine>)[name!]!;
process.on("message", async (request: Request) => {
  const reply = await answer(engine, request).catch(
    (error: unknown): Answer => ({ kind: "failed", reason: error instanceof Error ? error.message : String(error) }),
  );
  process.send!(reply);
});
