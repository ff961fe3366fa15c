// The page about draws from a Gaussian.

import { type Tile, writePage } from "../page.ts";
import type { Estimate, Moments } from "./estimate.ts";

export interface Report {
  readonly mean: readonly number[];
  readonly covariance: readonly (readonly number[])[];
  readonly moments: Moments;
  /** [draws, chains, dimensions] */
  readonly draws: Float32Array;
  readonly chains: number;
  readonly accepted: number;
  readonly stepSize: number;
  readonly seconds: number;
  /** [steps, dimensions] */
  readonly path: Float32Array;
}

const shownDraws = 1500;
/** The two dimensions that the picture shows. */
const [across, up] = [1, 2] as const;

export function writeReport(report: Report): string {
  const count = report.draws.length / report.mean.length;
  const tiles: readonly Tile[] = [
    ["Draws", count.toLocaleString("en-US"), ""],
    ["Accepted", (100 * report.accepted).toFixed(1), "%"],
    ["Step size", report.stepSize.toFixed(3), ""],
    ["Draws per second", Math.round(count / report.seconds).toLocaleString("en-US"), ""],
  ];
  return writePage({
    title: "Damo draws from a Gaussian", heading: "Draws by Hamiltonian dynamics", tiles, style,
    lead: `${report.chains} chains that know only an energy of ${report.mean.length} dimensions: each draw follows the gradient along a path and is accepted or not.
    All draws are one call: a loop over draws, in it a loop over steps, in whose body the energy is differentiated.`,
    sections: [
      {
        heading: "Draws and density", body: `<div class="wide">${picture(report)}</div>`,
        text: `Dimensions ${across + 1} and ${up + 1}: every ${Math.max(1, Math.floor(count / shownDraws))}th draw, the true density's one, two and three standard deviations, and the path of one proposal.`,
      },
      { heading: "Means", text: "True, and estimated with the standard error.", body: table([report.mean], [report.moments.mean]) },
      { heading: "Covariances", text: "True, and estimated with the standard error.", body: table(report.covariance, report.moments.covariance) },
    ],
    footer: "Random numbers are Threefry's, drawn inside the module: the same seed gives the same draws everywhere.",
  });
}

function table(truth: readonly (readonly number[])[], estimates: readonly (readonly Estimate[])[]): string {
  const cell = (value: number, { value: found, error }: Estimate): string => `<td><b>${value.toFixed(3)}</b><br>${found.toFixed(3)} <span>± ${error.toFixed(3)}</span></td>`;
  return `<div class="wide"><table>${truth.map((row, i) => `<tr>${row.map((value, j) => cell(value, estimates[i]![j]!)).join("")}</tr>`).join("")}</table></div>`;
}

function picture({ mean, covariance, draws, path }: Report): string {
  const dimensions = mean.length;
  const size = 560;
  const reach = 3.4 * Math.sqrt(Math.max(covariance[across]![across]!, covariance[up]![up]!));
  const x = (value: number): string => ((value - mean[across]! + reach) / (2 * reach) * size).toFixed(1);
  const y = (value: number): string => ((mean[up]! + reach - value) / (2 * reach) * size).toFixed(1);
  const every = Math.max(1, Math.floor(draws.length / dimensions / shownDraws));
  const points = Array.from({ length: Math.floor(draws.length / dimensions / every) }, (_, i) => i * every * dimensions)
    .map((at) => `<circle cx="${x(draws[at + across]!)}" cy="${y(draws[at + up]!)}" r="1.6"/>`);
  const walk = Array.from({ length: path.length / dimensions }, (_, step) => `${x(path[step * dimensions + across]!)},${y(path[step * dimensions + up]!)}`);
  return `<svg class="cloud" viewBox="0 0 ${size} ${size}" role="img" aria-label="Draws and density of two dimensions">
    <g class="draws">${points.join("")}</g>
    ${[1, 2, 3].map((deviations) => `<polygon class="level" points="${ellipse(mean, covariance, deviations).map(([a, b]) => `${x(a)},${y(b)}`).join(" ")}"/>`).join("")}
    <polyline class="path" points="${walk.join(" ")}"/>
  </svg>`;
}

/** Where the density of the two dimensions is that of so many standard deviations: the Cholesky factor times a circle. */
function ellipse(mean: readonly number[], covariance: readonly (readonly number[])[], deviations: number): readonly (readonly [number, number])[] {
  const [a, b, c] = [covariance[across]![across]!, covariance[up]![across]!, covariance[up]![up]!];
  const first = Math.sqrt(a);
  const [shear, second] = [b / first, Math.sqrt(c - b * b / a)];
  return Array.from({ length: 90 }, (_, i) => {
    const [p, q] = [deviations * Math.cos(i * Math.PI / 45), deviations * Math.sin(i * Math.PI / 45)];
    return [mean[across]! + first * p, mean[up]! + shear * p + second * q];
  });
}

const style = `
.cloud { max-width: 560px; margin: 0 auto; }
.draws { fill: var(--accent); fill-opacity: .35; }
.level { fill: none; stroke: var(--quiet); stroke-width: 1.2; }
.path { fill: none; stroke: var(--bad); stroke-width: 2; stroke-linejoin: round; }
table { border-spacing: 18px 10px; font-size: 14px; font-variant-numeric: tabular-nums; white-space: nowrap; }
td span { color: var(--quiet); }
`;
