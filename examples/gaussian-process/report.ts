// The page about the Gaussian process.

import { lineChart } from "../line-chart.ts";
import { writePage } from "../page.ts";
import type { Hyperparameters } from "./model.ts";

export interface Report {
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Where the posterior is shown. */
  readonly at: Float64Array;
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
  readonly found: Hyperparameters;
  /** Of each step. */
  readonly costs: readonly number[];
  readonly truth: (x: number) => number;
  readonly bytes: number;
}

export function writeReport(report: Report): string {
  const { found, costs, bytes } = report;
  return writePage({
    title: "Damo learns a Gaussian process", heading: "A function from noisy points", style,
    lead: `A Gaussian process learns how far points tell of each other, how far the function strays and how noisy the points are, by the gradient of the
    likelihood: through the Cholesky factor of the covariance and its log-determinant.`,
    tiles: [
      ["Length", found.length.toFixed(3), ""], ["Scale", found.scale.toFixed(3), ""], ["Noise", found.noise.toFixed(3), ""],
      ["Steps", String(costs.length), ""], ["Module", (bytes / 1024).toFixed(1), "KB"],
    ],
    sections: [
      {
        heading: "What is known of the function", body: `<div class="wide">${posterior(report)}</div>`,
        text: "The points, the mean, two standard deviations around it, and, dashed, the function that the points are from.",
      },
      {
        heading: "Learning", text: "The negative logarithm of the likelihood, but for a constant.",
        body: `<div class="wide">${lineChart([{ name: "cost", points: costs.map((cost, step) => [step, cost] as const) }], "step", "cost")}</div>`,
      },
    ],
    footer: "The posterior was computed by the standalone module, which has no imports.",
  });
}

const frame = { width: 760, height: 360, margin: 24 };

function posterior({ x, y, at, mean, deviation, truth }: Report): string {
  const bounds = [...mean].map((value, i) => [value - 2 * deviation[i]!, value + 2 * deviation[i]!] as const);
  const [left, right] = [at[0]!, at.at(-1)!];
  const [low, high] = [Math.min(...bounds.map(([below]) => below), ...y), Math.max(...bounds.map(([, above]) => above), ...y)];
  const across = (value: number): string => (frame.margin + (value - left) / (right - left) * (frame.width - 2 * frame.margin)).toFixed(1);
  const up = (value: number): string => (frame.margin + (high - value) / (high - low) * (frame.height - 2 * frame.margin)).toFixed(1);
  const point = (a: number, b: number): string => `${across(a)},${up(b)}`;
  const places = [...at];
  const band = [...places.map((a, i) => point(a, bounds[i]![1])), ...places.map((a, i) => point(a, bounds[i]![0])).reverse()];
  return `<svg class="chart" viewBox="0 0 ${frame.width} ${frame.height}" role="img" aria-label="Points, mean and two standard deviations">
    <polygon class="band" points="${band.join(" ")}"/>
    <polyline class="truth" points="${places.map((a) => point(a, truth(a))).join(" ")}"/>
    <polyline class="line" points="${places.map((a, i) => point(a, mean[i]!)).join(" ")}"/>
    <g class="points">${[...x].map((a, i) => `<circle cx="${across(a)}" cy="${up(y[i]!)}" r="3"/>`).join("")}</g>
  </svg>`;
}

const style = `
.truth { fill: none; stroke: var(--quiet); stroke-width: 1.2; stroke-dasharray: 4 4; }
.points { fill: var(--text); fill-opacity: .75; }
`;
