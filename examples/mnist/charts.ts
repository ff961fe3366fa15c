// The report's charts as SVG text. Colours are the page's own (classes), so that they follow its light and dark forms.

import { grouped } from "./progress.ts";

export interface EpochRecord {
  /** Steps taken until its end. */
  readonly steps: number;
  /** On the test digits, 0 to 1. */
  readonly accuracy: number;
}

const frame = { width: 760, height: 330, left: 52, right: 14, top: 34, bottom: 40 };

/** The loss over the steps on a logarithmic axis: a band from the least to the greatest of neighbours, a smoothed line in it. */
export function lossChart(losses: readonly number[], epochs: readonly EpochRecord[]): string {
  // A loss may underflow to 0, which has no place on the axis.
  const values = losses.map((loss) => Math.max(loss, 1e-5));
  const smooth = smoothed(values, Math.max(1, values.length / 40));
  const [low, high] = [extreme(Math.min, values), extreme(Math.max, values)];
  // Equal losses lie on one line at the top.
  const span = Math.log(high / low) || 1;
  const x = (step: number): number => frame.left + (step - 1) / Math.max(1, values.length - 1) * (frame.width - frame.left - frame.right);
  const y = (loss: number): number => frame.top + Math.log(high / loss) / span * (frame.height - frame.top - frame.bottom);
  const path = (points: readonly (readonly [number, number])[]): string => points.map(([a, b]) => `${a.toFixed(1)},${b.toFixed(1)}`).join(" ");
  const bins = binsOf(values, 240);
  const band = [...bins.map(({ step, most }): [number, number] => [x(step), y(most)]), ...bins.toReversed().map(({ step, least }): [number, number] => [x(step), y(least)])];
  const bottom = frame.height - frame.bottom;
  const rows = lossTicks(low, high).map((loss) => `
    <line class="grid" x1="${frame.left}" x2="${frame.width - frame.right}" y1="${y(loss).toFixed(1)}" y2="${y(loss).toFixed(1)}"/>
    <text class="tick" x="${frame.left - 8}" y="${(y(loss) + 4).toFixed(1)}" text-anchor="end">${loss}</text>`);
  const columns = stepTicks(values.length).map((step) => `
    <text class="tick" x="${x(step).toFixed(1)}" y="${bottom + 18}" text-anchor="middle">${grouped(step)}</text>`);
  const borders = epochs.length > 8 ? [] : epochs.map(({ steps, accuracy }, i) => `
    <line class="border" x1="${x(steps).toFixed(1)}" x2="${x(steps).toFixed(1)}" y1="${frame.top - 8}" y2="${bottom}"/>
    <text class="note" x="${(x(steps) - 6).toFixed(1)}" y="${frame.top - 14}" text-anchor="end">epoch ${i + 1}: <tspan class="strong">${(100 * accuracy).toFixed(2)} %</tspan></text>`);
  const last = smooth.length;
  return `<svg class="chart" viewBox="0 0 ${frame.width} ${frame.height}" role="img" aria-label="Loss over ${last} training steps, from ${values[0]?.toFixed(2)} to ${smooth[last - 1]?.toFixed(4)}">
    ${rows.join("")}${columns.join("")}${borders.join("")}
    <polygon class="band" points="${path(band)}"/>
    <polyline class="line" points="${path(binsOf(smooth, 240).map(({ step, end }) => [x(step), y(end)]))}"/>
    <text class="tick" x="${frame.width - frame.right}" y="${bottom + 34}" text-anchor="end">training step</text>
  </svg>`;
}

interface Bin {
  /** Its middle, counted from 1. */
  readonly step: number;
  readonly least: number;
  readonly most: number;
  /** The last value. */
  readonly end: number;
}

function binsOf(values: readonly number[], wanted: number): readonly Bin[] {
  const count = Math.min(wanted, values.length);
  return Array.from({ length: count }, (_, bin) => {
    const [from, to] = [Math.floor(bin * values.length / count), Math.floor((bin + 1) * values.length / count)];
    const part = values.slice(from, to);
    // The ends of the curve are the first and the last step, not the middles of bins.
    const step = bin === 0 ? 1 : bin === count - 1 ? values.length : (from + to + 1) / 2;
    return { step, least: Math.min(...part), most: Math.max(...part), end: part.at(-1)! };
  });
}

/** Exponential means over about `span` values, free of the start's weight. */
function smoothed(values: readonly number[], span: number): readonly number[] {
  const keep = 1 - 1 / span;
  let [sum, weight] = [0, 0];
  return values.map((value) => {
    sum = keep * sum + value;
    weight = keep * weight + 1;
    return sum / weight;
  });
}

function extreme(choose: (a: number, b: number) => number, values: readonly number[]): number {
  return values.reduce((a, b) => choose(a, b), values[0] ?? 1);
}

/** 1 and 3 in each decade. */
function lossTicks(low: number, high: number): readonly number[] {
  const decades = Array.from({ length: 9 }, (_, i) => i - 5);
  return decades.flatMap((power) => [1, 3].map((digit) => Number(`${digit}e${power}`))).filter((loss) => loss >= low && loss <= high);
}

/** Four to eight round numbers. */
function stepTicks(last: number): readonly number[] {
  const rough = 10 ** Math.floor(Math.log10(Math.max(1, last / 4)));
  const every = [5, 2, 1].map((factor) => factor * rough).find((distance) => last / distance >= 4) ?? 1;
  return Array.from({ length: Math.floor(last / every) }, (_, i) => (i + 1) * every);
}

const cell = { size: 44, left: 74, top: 58 };

/** How often each digit (rows) was read as each label (columns). Mistakes are shaded by their number. */
export function confusionChart(counts: readonly (readonly number[])[]): string {
  const worst = Math.max(1, ...counts.flatMap((row, digit) => row.filter((_, label) => label !== digit)));
  const size = counts.length;
  const [width, height] = [cell.left + size * cell.size + 74, cell.top + size * cell.size + 8];
  const center = (i: number, start: number): number => start + (i + 0.5) * cell.size;
  const squares = counts.flatMap((row, digit) => row.map((count, label) => {
    const strength = digit === label ? 0 : (count / worst) ** 0.7;
    const kind = digit === label ? "right" : count === 0 ? "none" : strength > 0.65 ? "wrong deep" : "wrong";
    const shade = kind.startsWith("wrong") ? ` fill-opacity="${(0.14 + 0.86 * strength).toFixed(2)}"` : "";
    return `<g class="cell ${kind}"><title>${digit} read as ${label}: ${grouped(count)}</title>
      <rect x="${cell.left + label * cell.size + 1.5}" y="${cell.top + digit * cell.size + 1.5}" width="${cell.size - 3}" height="${cell.size - 3}" rx="5"${shade}/>
      ${count === 0 ? "" : `<text x="${center(label, cell.left)}" y="${center(digit, cell.top) + 4.5}" text-anchor="middle">${count}</text>`}</g>`;
  }));
  const heads = counts.map((row, digit) => {
    const all = row.reduce((sum, count) => sum + count, 0);
    const share = all === 0 ? "" : `${(100 * row[digit]! / all).toFixed(1)} %`;
    return `<text class="head" x="${center(digit, cell.left)}" y="${cell.top - 12}" text-anchor="middle">${digit}</text>
      <text class="head" x="${cell.left - 14}" y="${center(digit, cell.top) + 5}" text-anchor="end">${digit}</text>
      <text class="tick" x="${width - 62}" y="${center(digit, cell.top) + 4.5}">${share}</text>`;
  });
  return `<svg class="matrix" viewBox="0 0 ${width} ${height}" role="img" aria-label="Confusion matrix of the test digits">
    <text class="tick" x="${cell.left + size * cell.size / 2}" y="18" text-anchor="middle">read as</text>
    <text class="tick" x="${cell.left - 14}" y="${cell.top - 12}" text-anchor="end">digit</text>
    <text class="tick" x="${width - 62}" y="${cell.top - 12}">right</text>
    ${heads.join("")}${squares.join("")}
  </svg>`;
}
