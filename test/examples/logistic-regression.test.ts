// Gradient descent against Newton's method, written out here for the same cost.
import { expect, test } from "vitest";
import { drawTable, fit, type Table } from "../../examples/logistic-regression.ts";

/** Solves a x = b by elimination with pivots. */
function solve(a: number[][], b: number[]): number[] {
  const rows = a.map((row, i) => [...row, b[i]!]);
  const n = rows.length;
  for (let column = 0; column < n; column++) {
    const pivot = rows.reduce((best, row, i) => (i >= column && Math.abs(row[column]!) > Math.abs(rows[best]![column]!) ? i : best), column);
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    for (let i = column + 1; i < n; i++) {
      const factor = rows[i]![column]! / rows[column]![column]!;
      for (let j = column; j <= n; j++) rows[i]![j]! -= factor * rows[column]![j]!;
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    let sum = rows[i]![n]!;
    for (let j = i + 1; j < n; j++) sum -= rows[i]![j]! * x[j]!;
    x[i] = sum / rows[i]![i]!;
  }
  return x;
}

/** The minimum of the mean cross-entropy + decay |w|^2: weights, then the bias. */
function newton({ count, x, y }: Table, decay: number): number[] {
  const features = x.length / count;
  const rowOf = (row: number): number[] => [...x.subarray(row * features, (row + 1) * features), 1];
  let found = new Array<number>(features + 1).fill(0);
  for (let round = 0; round < 20; round++) {
    const gradient = found.map((value, i) => (i < features ? 2 * decay * value : 0));
    const hessian = found.map((_, i) => found.map((__, j) => (i === j && i < features ? 2 * decay : 0)));
    for (let row = 0; row < count; row++) {
      const values = rowOf(row);
      const p = 1 / (1 + Math.exp(-values.reduce((sum, value, i) => sum + value * found[i]!, 0)));
      values.forEach((value, i) => {
        gradient[i]! += (p - y[row]!) * value / count;
        values.forEach((other, j) => (hessian[i]![j]! += p * (1 - p) * value * other / count));
      });
    }
    const step = solve(hessian, gradient);
    found = found.map((value, i) => value - step[i]!);
  }
  return found;
}

test.each(["wasm", "reference"] as const)("the fit is where Newton's method ends, target %s", async (target) => {
  const table = drawTable(100);
  const found = await fit(table, 1500, { target }, 0.01);
  const expected = newton(table, 0.01);
  // So many steps leave nothing but rounding.
  [...found.weights, found.bias].forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-12));
});
