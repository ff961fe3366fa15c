// What was measured, as lines for the terminal and rows for docs/performance.md.

import type { Race } from "./cases.ts";
import type { Finding } from "./figure-worker.ts";
import { judge, median, type Verdict } from "./judge.ts";
import type { RaceResult } from "./race.ts";
import { flopsOf } from "./task.ts";

export interface Row {
  readonly name: string;
  readonly measured: string;
  readonly verdicts: readonly Verdict[];
  /** What went wrong: an engine that failed, or came to another result. */
  readonly faults: readonly string[];
}

export function formatTime(ms: number): string {
  if (ms >= 1) return `${ms.toPrecision(3)} ms`;
  return ms * 1000 >= 1 ? `${(ms * 1000).toPrecision(3)} µs` : `${(ms * 1e6).toPrecision(3)} ns`;
}

export function raceRow(race: Race, { samples, accuracies, absent }: RaceResult): Row {
  const flops = flopsOf(race.task);
  const measured = [...samples].map(([engine, { times }]) => {
    const ms = median(times);
    const rate = flops === undefined ? "" : ` (${(flops / ms / 1e6).toFixed(0)} GF/s)`;
    const accuracy = accuracies.get(engine);
    const error = accuracy === undefined ? "" : ` (error ${accuracy.ulp.toFixed(1)} ULP, ${accuracy.absolute.toExponential(0)})`;
    return `${engine} ${formatTime(ms)}${rate}${error}`;
  });
  return {
    name: race.name, measured: measured.join(", "), verdicts: race.asks.map((ask) => judge(ask, samples)),
    faults: [...absent].flatMap(([engine, { reason, failed }]) => (failed ? [`${engine}: ${reason.split("\n")[0]}`] : [])),
  };
}

const units: { readonly [unit in Finding["unit"]]: (value: number) => string } = {
  ms: formatTime, bytes: (value) => `${value} bytes`, calls: (value) => `${value} calls`, times: (value) => `${value.toFixed(2)} times`,
};

export function figureRow(name: string, findings: readonly Finding[] | string): Row {
  if (typeof findings === "string") return { name, measured: "", verdicts: [], faults: [findings] };
  const show = ({ what, value, unit }: Finding): string => `${what}: ${typeof value === "string" ? value : units[unit](value)}`;
  return {
    name, faults: [], measured: findings.map(show).join(", "),
    verdicts: findings.flatMap(({ what, value, unit, atMost }): Verdict[] => {
      if (atMost === undefined) return [];
      if (typeof value === "string") return [{ outcome: "not judged", text: `${what} ${value}` }];
      return [{ outcome: value <= atMost ? "pass" : "short", text: `${what} ${units[unit](value)} (at most ${units[unit](atMost)})` }];
    }),
  };
}

const marks: { readonly [outcome in Verdict["outcome"]]: string } = { pass: "PASS", short: "SHORT", "not judged": "–" };

export function toLines({ name, measured, verdicts, faults }: Row): string {
  return [`${name}: ${measured}`, ...verdicts.map(({ outcome, text }) => `    ${marks[outcome].padEnd(5)} ${text}`), ...faults.map((fault) => `    FAULT ${fault}`)].join("\n");
}

export function toTableRow({ name, measured, verdicts, faults }: Row, node: string): string {
  const cells = [name, node, [measured, ...faults].join("; "), verdicts.map(({ outcome, text }) => `${outcome === "short" ? "**short**" : marks[outcome].toLowerCase()} ${text}`).join("<br>")];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}
