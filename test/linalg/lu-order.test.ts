// Each element of the factors takes its products one after the other in the order of k, so in code that does not fuse them the bits are those of
// three loops, however the columns are cut into panels. The numbers right behind a panel's lines, which a pass goes through too, are never a pivot.
import { compile, fn, input } from "damo";
import * as linalg from "damo/linalg";
import { expect, it } from "vitest";
import { mode } from "../modes/mode.ts";

function eliminate(a: readonly number[], m: number, n: number): { packed: Float64Array; permutation: number[] } {
  const x = Float64Array.from(a);
  const permutation = Array.from({ length: m }, (_, i) => i);
  for (let k = 0; k < Math.min(m, n); k++) {
    let pivot = k;
    for (let i = k + 1; i < m; i++) if (Math.abs(x[i * n + k]!) > Math.abs(x[pivot * n + k]!)) pivot = i;
    for (let j = 0; j < n; j++) [x[k * n + j], x[pivot * n + j]] = [x[pivot * n + j]!, x[k * n + j]!];
    [permutation[k], permutation[pivot]] = [permutation[pivot]!, permutation[k]!];
    for (let i = k + 1; i < m; i++) {
      if (x[k * n + k] !== 0) x[i * n + k]! /= x[k * n + k]!;
      for (let j = k + 1; j < n; j++) x[i * n + j]! -= x[i * n + k]! * x[k * n + j]!;
    }
  }
  return { packed: x, permutation };
}

const kinds = {
  dense: (i: number, j: number) => Math.sin(i * i + 3 * i * j + 13 * j + 1),
  "columns that are zero": (i: number, j: number) => (j % 3 === 1 ? 0 : Math.sin(i * i + 3 * i * j + 13 * j + 1)),
  "an infinity in the first row": (i: number, j: number) => (i === 0 && j === 1 ? Infinity : i === 0 && j === 0 ? 9 : Math.sin(i * i + 3 * i * j + 13 * j + 1)),
};

const shapes = [[1, 1], [3, 5], [16, 16], [17, 17], [33, 20], [20, 33], [40, 16], [100, 100], [203, 190]] as const;

it.skipIf(mode === "relaxed").each(Object.keys(kinds).flatMap((kind) => shapes.map(([m, n]) => [m, n, kind as keyof typeof kinds] as const)))("%i x %i, %s", async (m, n, kind) => {
  const a = input("a", [m, n], { dtype: "f64" });
  const { l, u, permutation } = linalg.lu(a);
  const f = await compile(fn({ inputs: { a }, outputs: { l, u, permutation } }));
  const data = Array.from({ length: m * n }, (_, at) => kinds[kind](Math.floor(at / n), at % n));
  const result = f({ a: { data: Float64Array.from(data), shape: [m, n] } });
  const expected = eliminate(data, m, n);
  const shorter = Math.min(m, n);
  expect([...result.permutation.data]).toEqual(expected.permutation);
  expect([...result.u.data]).toEqual(Array.from({ length: shorter * n }, (_, at) => (Math.floor(at / n) <= at % n ? expected.packed[at]! : 0)));
  expect([...result.l.data]).toEqual(Array.from({ length: m * shorter }, (_, at) => {
    const [i, j] = [Math.floor(at / shorter), at % shorter];
    return i === j ? 1 : i > j ? expected.packed[i * n + j]! : 0;
  }));
});
