// Matrices whose rows stand a multiple of 4 KB apart are factored in a copy with other distances (assembly/linalg/rows.ts). A column more, and there is
// no copy: the columns that both have get the same bits, for each is computed from those before it alone.
import { compile, fn, input } from "damo";
import * as linalg from "damo/linalg";
import { describe, expect, it } from "vitest";
import { mode } from "../modes/mode.ts";

type DTypeOf = "f32" | "f64";
type Factors = { readonly [K in "l" | "u" | "permutation"]: { readonly data: Float64Array } };

const entry = (i: number, j: number): number => Math.sin(i * i + 3 * i * j + 13 * j + 1);
const matrix = (m: number, n: number, batch: number): number[] => Array.from({ length: batch * m * n }, (_, at) => entry(Math.floor(at / n), at % n));

/** In debug mode, which looks for writes outside of results and workspace. */
async function factorize(dtype: DTypeOf, m: number, n: number, batch: number, factor = 1): Promise<Factors> {
  const a = input("a", [batch, m, n], { dtype });
  const f = await compile(fn({ inputs: { a }, outputs: linalg.lu(factor === 1 ? a : a.mul(factor)) }), { mode: "debug", target: "wasm" });
  const data = dtype === "f32" ? Float32Array.from(matrix(m, n, batch)) : Float64Array.from(matrix(m, n, batch));
  return f({ a: { data, shape: [batch, m, n] } } as never) as unknown as Factors;
}

const columnsOf = (data: Float64Array, from: number, to: number): number[] => [...data].filter((_, at) => at % from < to);

describe.each([["f32", 1024], ["f64", 512]] as const)("%s, %i columns", (dtype, n) => {
  it.each([3, 40, 120])("%i rows", async (m) => {
    const [own, wider] = [await factorize(dtype, m, n, 2), await factorize(dtype, m, n + 1, 2)];
    expect(own.permutation.data).toEqual(wider.permutation.data);
    expect(own.l.data).toEqual(wider.l.data);
    expect([...own.u.data]).toEqual(columnsOf(wider.u.data, n + 1, n));
  });

  it("of a matrix that the factors take the place of", async () => {
    const [own, doubled] = [await factorize(dtype, 40, n, 2), await factorize(dtype, 40, n, 2, 2)];
    expect(doubled.l.data).toEqual(own.l.data);
    expect(doubled.u.data).toEqual(own.u.data.map((value) => 2 * value));
  });
});

// Relaxed code fuses products where tiles begin, and tiles begin elsewhere with a column more.
it.skipIf(mode === "relaxed")("more rows than columns", async () => {
  const n = 512;
  const [own, wider] = [await factorize("f64", n + 5, n, 1), await factorize("f64", n + 5, n + 1, 1)];
  // The last pivot moves rows below.
  expect([...own.l.data.slice(0, n * n)]).toEqual(columnsOf(wider.l.data, n + 1, n).slice(0, n * n));
  expect([...own.u.data]).toEqual(columnsOf(wider.u.data, n + 1, n).slice(0, n * n));
});
