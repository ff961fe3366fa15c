// Each element of the factors takes its products one after the other in the order of k, so in code that does not fuse them the bits are those of
// the evaluator's three loops, however the columns are cut into panels. The numbers right behind a panel's lines, which a pass goes through too, are never a pivot.
import { compile, fn, input } from "damo";
import * as linalg from "damo/linalg";
import { expect, it } from "vitest";
import { mode } from "../modes/mode.ts";

interface Factors {
  readonly packed: { readonly data: Float64Array };
  readonly permutation: { readonly data: Int32Array };
}

const kinds = {
  dense: (i: number, j: number) => Math.sin(i * i + 3 * i * j + 13 * j + 1),
  "columns that are zero": (i: number, j: number) => (j % 3 === 1 ? 0 : Math.sin(i * i + 3 * i * j + 13 * j + 1)),
  "an infinity in the first row": (i: number, j: number) => (i === 0 && j === 1 ? Infinity : i === 0 && j === 0 ? 9 : Math.sin(i * i + 3 * i * j + 13 * j + 1)),
};

const shapes = [[1, 1], [3, 5], [16, 16], [17, 17], [33, 20], [20, 33], [40, 16], [100, 100], [203, 190]] as const;

it.skipIf(mode === "relaxed").each(Object.keys(kinds).flatMap((kind) => shapes.map(([m, n]) => [m, n, kind as keyof typeof kinds] as const)))("%i x %i, %s", async (m, n, kind) => {
  const a = input("a", [m, n], { dtype: "f64" });
  const f = fn({ inputs: { a }, outputs: { packed: linalg.luFactor(a).lu, permutation: linalg.lu(a).permutation } });
  const data = Float64Array.from({ length: m * n }, (_, at) => kinds[kind](Math.floor(at / n), at % n));
  const [result, expected] = (await Promise.all((["wasm", "reference"] as const).map((target) => compile(f, { target })))).map((run) => run({ a: { data, shape: [m, n] } })) as unknown as [Factors, Factors];
  expect([...result.permutation.data]).toEqual([...expected.permutation.data]);
  expect([...result.packed.data]).toEqual([...expected.packed.data]);
});
