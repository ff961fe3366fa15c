// Transforms of lengths that are hard in one way or another (primes, powers, their neighbours), at the ends of the range, and beside lines with a NaN.
import { type AnyTensor, compile, fn, input, type Tensor } from "damo";
import { fft, fftn, ifft, irfft, rfft } from "damo/fft";
import { describe, expect, it, test } from "vitest";
import { turn } from "../../ir/reference/turn.ts";

type Numbers = Float32Array | Float64Array;
type Results = { readonly [name: string]: { readonly data: Numbers; readonly shape: readonly number[] } };
type Model = (inputs: { readonly [name: string]: { readonly data: Numbers; readonly shape: readonly number[] } }) => Results;
const arrays = { f32: Float32Array, f64: Float64Array } as const;
const compileAll = (inputs: object, outputs: object, options: object = {}): Promise<Model> => compile(fn({ inputs, outputs } as never) as never, options) as unknown as Promise<Model>;

/** Each length with its neighbours. */
const around = (lengths: readonly number[]): number[] => [...new Set(lengths.flatMap((n) => [n - 1, n, n + 1]))];
const lengths = [...Array.from({ length: 32 }, (_, i) => i + 1), ...around([64, 96, 128, 243, 256, 375, 625, 1000, 1024, 2048, 3125, 4096]), 997, 10_007];

/** Two waves and their spectrum, which has four pairs or fewer that are not 0. */
function wavesOf(n: number): { readonly pairs: number[]; readonly spectrum: number[]; readonly real: number[]; readonly realSpectrum: number[] } {
  const [pairs, spectrum, real, realSpectrum] = [2 * n, 2 * n, n, 2 * n].map((size) => new Array<number>(size).fill(0)) as [number[], number[], number[], number[]];
  const half = Math.floor(n / 3);
  for (const [frequency, re, im] of [[1 % n, 1, 0], [half, 0.25, -0.5]] as const) {
    for (let j = 0; j < n; j++) {
      const [cos, sin] = turn((frequency * j) % n, n);
      pairs[2 * j]! += re * cos - im * sin;
      pairs[2 * j + 1]! += re * sin + im * cos;
      real[j]! += re * cos - im * sin;
    }
    spectrum[2 * frequency]! += n * re;
    spectrum[2 * frequency + 1]! += n * im;
    // The real part is half the sum with the conjugate.
    for (const [at, sign] of [[frequency, 1], [(n - frequency) % n, -1]] as const) {
      realSpectrum[2 * at]! += (n * re) / 2;
      realSpectrum[2 * at + 1]! += (sign * n * im) / 2;
    }
  }
  return { pairs, spectrum, real, realSpectrum };
}

const greatest = (values: readonly number[]): number => values.reduce((most, value) => (Math.abs(value) <= most ? most : Math.abs(value)), 0);

/** The greatest difference, relative to the greatest number that is expected. */
const error = (actual: Numbers, expected: readonly number[]): number => greatest(expected.map((value, i) => actual[i]! - value)) / greatest(expected);

/** One transform rounds few times, since the roundings of different places cancel in sums; there and back by a chirp are four transforms and six products. */
const epsilon = { f32: 2 ** -23, f64: 2 ** -52 } as const;
const [oneWay, thereAndBack] = [4, 10];

describe.each([{ target: "wasm" }, { target: "reference" }] as const)("%o", (options) => {
  describe.each(["f32", "f64"] as const)("%s", (dtype) => {
    // The evaluator adds products of primes.
    it.each(options.target === "reference" ? lengths.filter((n) => n <= 65) : lengths)("a line of %i has the spectrum of its waves, and comes back", async (n) => {
      const [z, x] = [input("z", [n, 2], { dtype }), input("x", [n], { dtype })];
      const [whole, half] = [fft(z), rfft(x)] as [AnyTensor, AnyTensor];
      const outputs = { whole, back: ifft(whole as never), half, realBack: irfft(half as never, { length: n }), unscaled: ifft(z, { norm: "forward" }) };
      const f = await compileAll({ z, x }, outputs, options);
      const { pairs, spectrum, real, realSpectrum } = wavesOf(n);
      const result = f({ z: { data: arrays[dtype].from(pairs), shape: [n, 2] }, x: { data: arrays[dtype].from(real), shape: [n] } });
      // The inverse without its factor has the pairs in the other order.
      const turned = spectrum.map((_, at) => spectrum[2 * ((n - (at >> 1)) % n) + (at & 1)]!);
      const halfSpectrum = realSpectrum.slice(0, 2 * Math.floor(n / 2) + 2);
      for (const [name, expected, most] of [["whole", spectrum, oneWay], ["half", halfSpectrum, oneWay], ["unscaled", turned, oneWay], ["back", pairs, thereAndBack], ["realBack", real, thereAndBack]] as const) {
        expect(error(result[name]!.data, expected) / epsilon[dtype], name).toBeLessThan(most);
      }
    });
  });
});

describe.each(["f32", "f64"] as const)("ends of the range, %s", (dtype) => {
  const make = (count: number, value: (i: number) => number): Numbers => arrays[dtype].from(Array.from({ length: count }, (_, i) => value(i)));
  const powers = dtype === "f32" ? [100, 110, -100] : [990, 1008, -950];
  // Whole vectors, several factors, odd, and by a chirp.
  it.each([2, 3, 16, 45, 60, 97, 101, 128, 1009])("a line of %i that is scaled by a power of two has the same bits", async (n) => {
    const [z, x] = [input("z", [n, 2], { dtype }), input("x", [n], { dtype })];
    const half = rfft(x) as AnyTensor;
    const f = await compileAll({ z, x }, { whole: fft(z), inverse: ifft(z), half, back: irfft(half as never, { length: n }) });
    const run = (power: number): Results => f({
      z: { data: make(2 * n, (i) => Math.sin(i * i + 1) * 2 ** power), shape: [n, 2] },
      x: { data: make(n, (i) => Math.cos(i * i) * 2 ** power), shape: [n] },
    });
    const plain = Object.entries(run(0)).map(([name, { data }]) => [name, Array.from(data)] as const);
    for (const power of powers) {
      const scaled = run(power);
      for (const [name, data] of plain) expect(Array.from(scaled[name]!.data), `${name} of 2^${power}`).toEqual(data.map((value) => value * 2 ** power));
    }
    // Subnormal numbers are rounded to whole steps, some for each value.
    const [power, step] = dtype === "f32" ? [-135, 2 ** -149] : [-1060, 2 ** -1074];
    const small = run(power);
    for (const [name, data] of plain) {
      expect(greatest(data.map((value, i) => small[name]!.data[i]! / step - value * 2 ** 14)), name).toBeLessThanOrEqual(5 * Math.sqrt(n) + 8);
    }
  });
});

test("lengths of 1 and 2 are exact", async () => {
  const [one, two, x] = [input("one", [1, 2]), input("two", [2, 2]), input("x", [2])];
  const f = await compileAll({ one, two, x }, { one: fft(one), oneBack: ifft(one), two: fft(two), half: rfft(x), back: irfft(rfft(x)) });
  const given = (values: readonly number[], shape: readonly number[]) => ({ data: Float32Array.from(values), shape });
  const result = f({ one: given([3e38, -1e-45], [1, 2]), two: given([1, 2, 4, 8], [2, 2]), x: given([5, 3], [2]) });
  const read = (name: string): number[] => Array.from(result[name]!.data);
  expect([read("one"), read("oneBack")]).toEqual([[3e38, -1e-45], [3e38, -1e-45]].map((values) => Array.from(Float32Array.from(values))));
  expect([read("two"), read("half"), read("back")]).toEqual([[5, 10, -3, -6], [8, 0, 2, 0], [5, 3]]);
});

describe.each([1, 2, 3, 4, 5, 9])("of %i lines", (rows) => {
  it.each([8, 15, 17, 21, 60, 97])("of %i values those beside NaN and infinity keep their bits", async (n) => {
    const [z, x] = [input("z", [rows, n, 2]), input("x", [rows, n])];
    const f = await compileAll({ z, x }, { whole: fft(z), inverse: ifft(z), half: rfft(x), back: irfft(rfft(x), { length: n }) });
    const run = (bad?: number, value = 0): Results => f({
      z: { data: Float32Array.from({ length: rows * n * 2 }, (_, i) => (bad !== undefined && i === bad * 2 * n + 3 ? value : Math.sin(i * i + 1))), shape: [rows, n, 2] },
      x: { data: Float32Array.from({ length: rows * n }, (_, i) => (bad !== undefined && i === bad * n + 2 ? value : Math.cos(i * i))), shape: [rows, n] },
    });
    const clean = Object.entries(run()).map(([name, { data }]) => [name, Array.from(data)] as const);
    for (let bad = 0; bad < rows; bad++) {
      for (const value of [Number.NaN, Infinity]) {
        const result = run(bad, value);
        for (const [name, expected] of clean) {
          const own = expected.length / rows;
          const data = Array.from(result[name]!.data);
          for (let row = 0; row < rows; row++) {
            const line = data.slice(row * own, row * own + own);
            if (row === bad) expect(line.every((element) => Number.isFinite(element)), name).toBe(false);
            else expect(line, `${name} of line ${row}`).toEqual(expected.slice(row * own, row * own + own));
          }
        }
      }
    }
  });
});

it.each([0, 1, 2])("along axis %i of rank 3, and along all", async (axis) => {
  const shape = [5, 6, 7] as const;
  const steps = [42, 7, 1] as const;
  const z = input("z", [...shape, 2], { dtype: "f64" });
  const x = input("x", shape, { dtype: "f64" });
  const f = await compileAll({ z, x }, { one: fft(z, { axis }), half: rfft(x, { axis }), all: fftn(z as Tensor<"f64">) });
  const pairs = Float64Array.from({ length: 420 }, (_, i) => Math.sin(i * i + 1));
  const real = Float64Array.from({ length: 210 }, (_, i) => Math.cos(i * i));
  /** By definition. */
  const along = (data: ArrayLike<number>, at: number): number[] => {
    const out = new Array<number>(420).fill(0);
    for (let i = 0; i < 210; i++) {
      const own = Math.floor(i / steps[at]!) % shape[at]!;
      for (let j = 0; j < shape[at]!; j++) {
        const [cos, sin] = turn((own * j) % shape[at]!, shape[at]!);
        const from = i + (j - own) * steps[at]!;
        out[2 * i]! += data[2 * from]! * cos + data[2 * from + 1]! * sin;
        out[2 * i + 1]! += data[2 * from + 1]! * cos - data[2 * from]! * sin;
      }
    }
    return out;
  };
  const { one, half, all } = f({ z: { data: pairs, shape: [...shape, 2] }, x: { data: real, shape } });
  expect(error(one!.data, along(pairs, axis))).toBeLessThan(oneWay * epsilon.f64);
  expect(error(all!.data, [0, 1, 2].reduce<ArrayLike<number>>((data, at) => along(data, at), pairs) as number[])).toBeLessThan(oneWay * epsilon.f64);
  const kept = along(Array.from(real, (value) => [value, 0]).flat(), axis).filter((_, i) => Math.floor((i >> 1) / steps[axis]!) % shape[axis]! <= Math.floor(shape[axis]! / 2));
  expect(error(half!.data, kept)).toBeLessThan(oneWay * epsilon.f64);
});
