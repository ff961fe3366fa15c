// Sorting, searching and counting give what NumPy gives, and gradients and topK what JAX gives, on every target.
// fixtures/sorting.py made the expected values.
import { type AnyTensor, compile, fn, grad, input, type Tensor } from "damo";
import { argsort, bincount, histogram, median, nonzero, quantile, searchSorted, sort, sortBy, topK, unique } from "damo/sorting";
import { describe, expect, test } from "vitest";
import type { DType } from "../../ir/types.ts";
import { readFixtureFile } from "../read-fixture.ts";

interface Dense {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: readonly (number | string)[];
}
const cases = readFixtureFile(new URL("fixtures/sorting.json", import.meta.url)) as {
  readonly [name: string]: { readonly inputs: readonly Dense[]; readonly expected: readonly Dense[] };
};

type Loose = Tensor<"f64">;
type Ints = Tensor<"i32">;
const ints = (x: AnyTensor): Ints => x as unknown as Ints;

const sorted = (x: Loose): AnyTensor[] => [sort(x), argsort(x)];
const sorts = Object.fromEntries(["f32", "f64", "i32", "u32", "i64", "i8", "u8", "bool", "one", "none"].map((name) => [`sort ${name}`, sorted]));
const methods = ["linear", "lower", "higher", "nearest", "midpoint"] as const;
const quantiles = Object.fromEntries(methods.map((method) => [`quantile ${method}`, (x: Loose, q: Loose) => [quantile(x, q, { axis: 1, method })]]));
const uniques = (x: Loose, size: number): AnyTensor[] => {
  const { values, indices, inverse, counts } = unique(x, { size });
  return [values, indices, inverse, counts];
};
const binned = ({ counts, edges }: { readonly counts: AnyTensor; readonly edges: AnyTensor }): AnyTensor[] => [counts, edges];

const expressions: { readonly [name: string]: (x: Loose, y: Loose) => readonly AnyTensor[] } = {
  ...sorts,
  "sort axis 0": (x) => [sort(x, { axis: 0 }), argsort(x, { axis: 0 })],
  "sort axis 1": (x) => [sort(x, { axis: -2 }), argsort(x, { axis: -2 })],
  "sort with others": (x, y) => sortBy(x, [y], { axis: 0 }),
  "topK": (x) => Object.values(topK(x, 3)),
  "topK of NaN and ties": (x) => Object.values(topK(x, 60)),
  "searchSorted left": (x, y) => [searchSorted(x, y)],
  "searchSorted right": (x, y) => [searchSorted(x, y, { side: "right" })],
  "searchSorted in lines": (x, y) => [searchSorted(x, y)],
  ...quantiles,
  "quantile of all": (x) => [quantile(x, 0.3)],
  "quantile of NaN": (x, q) => [quantile(x, q, { axis: -1 })],
  "median": (x) => [median(x, 0)],
  "median of all": (x) => [median(x)],
  "unique": (x) => uniques(x, 11),
  "unique of NaN and zeros": (x) => uniques(x, 7),
  "bincount": (x) => [bincount(ints(x), { length: 10 })],
  "bincount with weights": (x, y) => [bincount(ints(x), { length: 10, weights: y })],
  "histogram 10 bins": (x) => binned(histogram(x)),
  "histogram range": (x) => binned(histogram(x, { bins: 7, range: [-1, 1.5] })),
  "histogram edges": (x, y) => [histogram(x, { bins: y as unknown as Tensor<"f64", [number]> }).counts],
  "histogram density": (x, y) => [histogram(x, { bins: y as unknown as Tensor<"f64", [number]>, density: true }).counts],
  "histogram weights": (x, y) => [histogram(x, { bins: 5, weights: y }).counts],
  "histogram on the edges": (x) => [histogram(x, { bins: 7, range: [0, 7] }).counts],
  "nonzero": (x) => nonzero(x, { size: 63 }),
  "gradient of sort": (x, w) => [grad(sort(x, { axis: 1 }).mul(w).sum(), x)],
  "gradient of topK": (x, w) => [grad(topK(x, 3).values.mul(w.at("...", { stop: 3 })).sum(), x)],
  "gradient of quantile": (x, w) => [grad(quantile(x, 0.3, { axis: 1 }).mul(w.at(":", 0)).sum(), x)],
  "gradient of median": (x, w) => [grad(median(x, 2).mul(w.at("...", 0)).sum(), x)],
};

test("every case is expressed", () => {
  expect(Object.keys(expressions).sort()).toEqual(Object.keys(cases).sort());
});

const arrays = { f16: Float32Array, f32: Float32Array, f64: Float64Array, i32: Int32Array, u32: Uint32Array, i64: BigInt64Array, i8: Int8Array, u8: Uint8Array, bool: Uint8Array };
const restore = ({ dtype, shape, data }: Dense) =>
  ({ shape, data: dtype === "i64" ? BigInt64Array.from(data, BigInt) : (arrays[dtype] as Float64ArrayConstructor).from(data, Number) });

/** Sums in another order, and a place times a width where NumPy has multiples of a step: a few units in the last place. */
const rounded = new Set([
  ...Object.keys(quantiles), "quantile of all", "quantile of NaN", "median", "median of all", "bincount with weights", "histogram 10 bins", "histogram range", "histogram density",
  "gradient of quantile", "gradient of median",
]);

describe.each([{ target: "wasm" }, { target: "wasm", threads: 2 }, { target: "reference" }] as const)("%o", (options) => {
  test.each(Object.entries(cases))("%s", async (name, { inputs, expected }) => {
    const args = inputs.map(({ dtype, shape }, i) => input(`x${i}`, shape, { dtype }));
    const results = expressions[name]!(...(args as unknown as [Loose, Loose]));
    const named = <T>(prefix: string, list: readonly T[]) => Object.fromEntries(list.map((item, i) => [`${prefix}${i}`, item]));
    const model = await compile(fn({ inputs: named("x", args), outputs: named("y", results) } as never), options as never) as unknown as
      (values: unknown) => Record<string, { dtype: DType; shape: number[]; data: ArrayLike<number | bigint> }>;
    const actual = model(named("x", inputs.map(restore)));
    expected.map(restore).forEach(({ shape, data }, i) => {
      const { [`y${i}`]: result } = actual;
      // Fewer where results are bounded by a size that is larger.
      const values = Array.from(result!.data).slice(0, data.length);
      if (!/nonzero|unique/.test(name)) expect(result!.shape).toEqual(shape);
      expect(result!.dtype).toBe(expected[i]!.dtype);
      if (rounded.has(name)) values.forEach((value, at) => expect(Math.abs(Number(value) - Number(data[at])) <= 1e-14 * (1 + Math.abs(Number(data[at]))) || (Number.isNaN(Number(value)) && Number.isNaN(Number(data[at]))), `${at}: ${value}, not ${data[at]}`).toBe(true));
      else expect(values).toEqual(Array.from(data as ArrayLike<number | bigint>));
    });
  });
});
