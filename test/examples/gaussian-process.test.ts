// The likelihood falls to a point where its slope is nothing, the noise is found, the posterior is that of the formulas, and the
// artifact runs alone.
import { load } from "damo/load";
import { expect, test } from "vitest";
import { buildProcess, drawPoints, learn, type Points, truth } from "../../examples/gaussian-process.ts";
import type { Hyperparameters } from "../../examples/gaussian-process/model.ts";
import { writeReport } from "../../examples/gaussian-process/report.ts";

/** The covariance's inverse times right sides, and the logarithm of its determinant, by Gauss and Jordan. */
function solveCovariance({ x }: Points, { length, scale, noise }: Hyperparameters, right: readonly (readonly number[])[]): { readonly columns: number[][]; readonly logdet: number } {
  const n = x.length;
  const rows = [...x].map((a, i) => [...[...x].map((b, j) => scale ** 2 * Math.exp(-((a - b) ** 2) / (2 * length ** 2)) + (i === j ? noise ** 2 : 0)), ...right.map((column) => column[i]!)]);
  let logdet = 0;
  for (let k = 0; k < n; k++) {
    const pivot = rows[k]![k]!;
    logdet += Math.log(pivot);
    rows[k] = rows[k]!.map((value) => value / pivot);
    for (let i = 0; i < n; i++) {
      if (i === k) continue;
      const factor = rows[i]![k]!;
      rows[i] = rows[i]!.map((value, j) => value - factor * rows[k]![j]!);
    }
  }
  return { columns: right.map((_, c) => rows.map((row) => row[n + c]!)), logdet };
}

const costOf = (points: Points, at: Hyperparameters): number => {
  const { columns: [weights], logdet } = solveCovariance(points, at, [[...points.y]]);
  return 0.5 * (weights!.reduce((sum, value, i) => sum + value * points.y[i]!, 0) + logdet);
};

test("hyper-parameters are learnt in the module, and the posterior is that of the formulas", async () => {
  const { wasm } = await buildProcess();
  expect(WebAssembly.Module.imports(await WebAssembly.compile(wasm))).toEqual([]);
  const model = await load(wasm);
  const points = drawPoints(60);
  const { costs, found } = learn(model, points, 300);
  expect(costs[0]).toBeCloseTo(costOf(points, { length: 1, scale: 1, noise: 0.5 }), 9);
  expect(costs.at(-1)!).toBeLessThan(costs[0]! - 20);
  expect(Math.abs(found.noise - 0.2)).toBeLessThan(0.05);
  // A minimum of the likelihood as written out here: any change of 3 % is uphill.
  const least = costOf(points, found);
  for (const name of ["length", "scale", "noise"] as const) {
    for (const factor of [0.97, 1.03]) expect(costOf(points, { ...found, [name]: factor * found[name] }), `${name} times ${factor}`).toBeGreaterThan(least);
  }
  const at = Float64Array.of(-1.5, 0, 0.8, 2.4);
  const posterior = model.functions["predict"]!({ ...points, at });
  const across = [...at].map((place) => [...points.x].map((a) => found.scale ** 2 * Math.exp(-((a - place) ** 2) / (2 * found.length ** 2))));
  const { columns } = solveCovariance(points, found, [[...points.y], ...across]);
  across.forEach((column, i) => {
    const dot = (other: readonly number[]): number => column.reduce((sum, value, k) => sum + value * other[k]!, 0);
    expect(posterior["mean"]!.data[i]).toBeCloseTo(dot(columns[0]!), 8);
    expect(posterior["deviation"]!.data[i]).toBeCloseTo(Math.sqrt(found.scale ** 2 - dot(columns[i + 1]!)), 6);
  });
  const report = writeReport({ ...points, at, mean: posterior["mean"]!.data as Float64Array, deviation: posterior["deviation"]!.data as Float64Array, found, costs, truth, bytes: wasm.length });
  expect(report).not.toMatch(/NaN|undefined|(src|href)="(?!data:)/);
});
