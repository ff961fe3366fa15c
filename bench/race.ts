// Engines take turns at one task, one sample each per round, so that a busy machine slows all of them alike.

import { enginesOf, type Race } from "./cases.ts";
import type { Accuracy } from "./accuracy.ts";
import type { EngineName } from "./engines.ts";
import type { Samples } from "./judge.ts";
import type { EngineProcess } from "./process.ts";
import type { Task } from "./task.ts";

export interface Pace {
  readonly rounds: number;
  /** Of one sample; a faster run is repeated. */
  readonly sampleMs: number;
  /** Of all samples of one engine: a slow one takes part in fewer rounds, but in one. */
  readonly engineMs: number;
}

export interface RaceResult {
  readonly samples: ReadonlyMap<EngineName, Samples>;
  readonly accuracies: ReadonlyMap<EngineName, Accuracy>;
  /** Milliseconds per run in a device's shaders. */
  readonly shaders: ReadonlyMap<EngineName, number>;
  /** Why an engine has no samples. */
  readonly absent: ReadonlyMap<EngineName, { readonly reason: string; readonly failed: boolean }>;
}

/** Relative to the largest value of the fingerprint: engines sum in different orders, in f32; halves some sum in halves. */
const toleranceOf = (task: Task): number => (task.kind === "product" && task.dtype === "f16" ? 1e-2 : 2e-3);

/** How far two fingerprints are apart, relative to the larger values in them. Limits have none. */
function difference(a: readonly number[], b: readonly number[]): number {
  const scale = Math.max(...a.map(Math.abs), ...b.map(Math.abs));
  const distances = a.map((value, i) => Math.abs(value - b[i]!));
  return distances.some(Number.isNaN) ? Number.POSITIVE_INFINITY : Math.max(0, ...distances) / (scale || 1);
}

export async function runRace(race: Race, processOf: (engine: EngineName) => EngineProcess, pace: Pace): Promise<RaceResult> {
  const absent = new Map<EngineName, { reason: string; failed: boolean }>();
  const accuracies = new Map<EngineName, Accuracy>();
  const shaders = new Map<EngineName, number>();
  const running = new Map<EngineName, { readonly runs: number; readonly rounds: number; readonly times: number[] }>();
  let expected: readonly number[] | undefined;
  for (const engine of enginesOf(race)) {
    const answer = await processOf(engine).ask({ prepare: race.task });
    if (answer.kind !== "ready") {
      absent.set(engine, { reason: answer.kind === "sampled" ? "no answer" : answer.reason, failed: answer.kind !== "unable" });
      continue;
    }
    const { fingerprint, estimate, accuracy } = answer;
    if (fingerprint.length > 0) {
      expected ??= fingerprint;
      // A benchmark of a wrong answer is refused.
      if (!(difference(fingerprint, expected) <= toleranceOf(race.task))) {
        absent.set(engine, { reason: `another result: ${fingerprint.slice(0, 3).join(", ")} for ${expected.slice(0, 3).join(", ")}`, failed: true });
        continue;
      }
    }
    if (accuracy !== undefined) accuracies.set(engine, accuracy);
    if (answer.shaders !== undefined) shaders.set(engine, answer.shaders);
    const rounds = Math.max(1, Math.min(pace.rounds, Math.floor(pace.engineMs / estimate)));
    running.set(engine, { runs: Math.max(1, Math.round(pace.sampleMs / estimate)), rounds, times: [] });
  }
  for (let round = 0; round < pace.rounds; round++) {
    for (const [engine, { runs, rounds, times }] of running) {
      if (round >= rounds) continue;
      const answer = await processOf(engine).ask({ sample: runs, device: race.clock === "device" });
      if (answer.kind === "sampled") {
        times.push(answer.time);
        continue;
      }
      absent.set(engine, { reason: answer.kind === "ready" ? "no answer" : answer.reason, failed: true });
      running.delete(engine);
    }
  }
  return { samples: running, accuracies, shaders, absent };
}
