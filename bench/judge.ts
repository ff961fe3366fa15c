// Whether what was measured is what was asked.

import type { Ask, Demand } from "./cases.ts";
import type { EngineName } from "./engines.ts";

export interface Samples {
  /** Milliseconds per run, one for each round. An engine that is slow sits out the last rounds. */
  readonly times: readonly number[];
}

export interface Verdict {
  readonly outcome: "pass" | "short" | "not judged";
  readonly text: string;
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/** How many times b's speed a has: the median of the rounds in which both saw the same machine. */
export function speedRatio(a: Samples, b: Samples): number {
  return median(a.times.slice(0, b.times.length).map((time, round) => b.times[round]! / time));
}

/** Two decimals, rounded away from what is asked: 1.699 is not shown as 1.70. */
const showSpeed = (ratio: number): string => (Math.floor(ratio * 100) / 100).toFixed(ratio >= 10 ? 1 : 2);
const showTime = (ratio: number): string => (Math.ceil(ratio * 100) / 100).toFixed(2);

function judgeDemand({ engine, of, speed, time, ms }: Demand, samples: ReadonlyMap<EngineName, Samples>): Verdict {
  const own = samples.get(engine);
  if (own === undefined) return { outcome: "not judged", text: `${engine} is not available` };
  if (ms !== undefined) {
    const own_ms = median(own.times);
    return { outcome: own_ms <= ms ? "pass" : "short", text: `${engine === "damo" ? "" : `${engine} `}${own_ms.toPrecision(3)} ms (at most ${ms.toPrecision(3)} ms)` };
  }
  const rivals = of.flatMap((name) => {
    const other = samples.get(name);
    return other === undefined ? [] : [{ name, ratio: speedRatio(own, other) }];
  }).sort((a, b) => a.ratio - b.ratio);
  const best = rivals[0];
  if (best === undefined) return { outcome: "not judged", text: `${of.join(", ")} cannot do this` };
  const who = engine === "damo" ? "" : `${engine} `;
  if (time !== undefined) {
    const ratio = 1 / best.ratio;
    return { outcome: ratio <= time ? "pass" : "short", text: `${who}${showTime(ratio)} of the time of ${best.name} (at most ${time})` };
  }
  return { outcome: best.ratio >= speed! ? "pass" : "short", text: `${who}${showSpeed(best.ratio)} of the speed of ${best.name} (at least ${speed})` };
}

/** The first demand that is met; if none is, all of them. */
export function judge(ask: Ask, samples: ReadonlyMap<EngineName, Samples>): Verdict {
  const verdicts = ask.map((demand) => judgeDemand(demand, samples));
  const passed = verdicts.find(({ outcome }) => outcome === "pass");
  if (passed !== undefined) return passed;
  const short = verdicts.filter(({ outcome }) => outcome === "short");
  const shown = short.length > 0 ? short : verdicts;
  return { outcome: short.length > 0 ? "short" : "not judged", text: shown.map(({ text }) => text).join(" or ") };
}
