// A chart of curves over one axis, as SVG text in the colours of page.ts.

export interface Curve {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** A level that curves are held against. */
export interface Level {
  readonly name: string;
  readonly y: number;
}

const frame = { width: 760, height: 330, left: 56, right: 96, top: 20, bottom: 44 };

/** Curves with their names at their ends, levels as dashed lines. */
export function lineChart(curves: readonly Curve[], xName: string, yName: string, levels: readonly Level[] = []): string {
  const points = curves.flatMap((curve) => curve.points);
  const [left, right] = spanOf(points.map(([x]) => x));
  const [low, high] = spanOf([...points.map(([, y]) => y), ...levels.map(({ y }) => y)]);
  const x = (value: number): string => (frame.left + (value - left) / (right - left) * (frame.width - frame.left - frame.right)).toFixed(1);
  const y = (value: number): number => Number((frame.top + (high - value) / (high - low) * (frame.height - frame.top - frame.bottom)).toFixed(1));
  const [end, bottom] = [frame.width - frame.right, frame.height - frame.bottom];
  const rows = ticksOf(low, high).map((value) => `
    <line class="grid" x1="${frame.left}" x2="${end}" y1="${y(value)}" y2="${y(value)}"/>
    <text class="tick" x="${frame.left - 8}" y="${y(value) + 4}" text-anchor="end">${value}</text>`);
  const columns = ticksOf(left, right).map((value) => `
    <text class="tick" x="${x(value)}" y="${bottom + 18}" text-anchor="middle">${value}</text>`);
  const dashes = levels.map((level) => `
    <line class="border" x1="${frame.left}" x2="${end}" y1="${y(level.y)}" y2="${y(level.y)}"/>
    <text class="note" x="${end + 6}" y="${y(level.y) + 4}">${level.name}</text>`);
  const lines = curves.map((curve) => {
    const last = curve.points.at(-1)!;
    return `
    <polyline class="line" points="${curve.points.map((point) => `${x(point[0])},${y(point[1])}`).join(" ")}"/>
    <text class="strong" x="${end + 6}" y="${y(last[1]) + 4}">${curve.name}</text>`;
  });
  return `<svg class="chart" viewBox="0 0 ${frame.width} ${frame.height}" role="img" aria-label="${yName} over ${xName}">
    ${rows.join("")}${columns.join("")}${dashes.join("")}${lines.join("")}
    <text class="tick" x="${end}" y="${bottom + 36}" text-anchor="end">${xName}</text>
    <text class="tick" x="${frame.left - 44}" y="12">${yName}</text>
  </svg>`;
}

/** From the least to the greatest; around a single value there is room, too. */
function spanOf(values: readonly number[]): readonly [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low < high ? [low, high] : [low - 1, high + 1];
}

/** Three to eight round numbers. */
function ticksOf(low: number, high: number): readonly number[] {
  const rough = 10 ** Math.floor(Math.log10((high - low) / 3));
  const every = [5, 2, 1].map((factor) => factor * rough).find((distance) => (high - low) / distance >= 3) ?? rough;
  const first = Math.ceil(low / every);
  return Array.from({ length: Math.floor(high / every) - first + 1 }, (_, i) => Number(((first + i) * every).toPrecision(12)));
}
