// What fixtures do not reach: long lines, whose tables a call makes; batches of any size; loops and members; artifacts; complex numbers at
// their edges; errors.
import { build, compile, constant, fn, grad, input, type Tensor } from "damo";
import { complex, complexAbs, fft, fftConvolve, fftFreq, fftn, fftShift, ifft, ifftShift, irfft, irfftn, rfft, rfftFreq, rfftn } from "damo/fft";
import { load } from "damo/load";
import { vmap } from "damo/transform";
import { describe, expect, it, test } from "vitest";
import { turn } from "../../ir/reference/turn.ts";
import { errorOf } from "../error-of.ts";

/** Cosine and sine of 2 pi k / n by their series, in integers of 2^-160. */
function exactTurn(k: number, n: number): readonly [number, number] {
  const one = 1n << 160n;
  const pi = (31415926535897932384626433832795028841971693993751n * one) / 10n ** 49n;
  const x = (2n * pi * BigInt(k)) / BigInt(n);
  const sums = [0n, 0n];
  for (let term = one, i = 0; term !== 0n; i++, term = (term * x) / one / BigInt(i)) sums[i % 2]! += i % 4 < 2 ? term : -term;
  return sums.map((sum) => Number(sum) / 2 ** 160) as unknown as readonly [number, number];
}

test("roots of unity are right to 2^-52, and exact where they are round", () => {
  for (const n of [1, 2, 3, 7, 8, 12, 100, 4096, 65536, 99991]) {
    for (let k = 0; k < n; k += Math.max(1, Math.floor(n / 97))) {
      exactTurn(k, n).forEach((value, i) => expect(Math.abs(turn(k, n)[i]! - value), `${k}/${n}`).toBeLessThanOrEqual(2 ** -52));
    }
  }
  expect([turn(0, 8), turn(2, 8), turn(4, 8), turn(6, 8)].map((pair) => pair.map((value) => value + 0))).toEqual([[1, 0], [0, 1], [-1, 0], [0, -1]]);
});

describe.each([2 ** 17, 3 * 2 ** 15, 46_656])("a line of %d", (n) => {
  it("of two waves has their spectrum, and comes back", async () => {
    const x = input("x", [n], { dtype: "f64" });
    const spectrum = rfft(x);
    const f = await compile(fn({ inputs: { x }, outputs: { spectrum, back: irfft(spectrum, { length: n }) } }));
    const wave = Float64Array.from({ length: n }, (_, i) => Math.cos(2 * Math.PI * ((5 * i) % n) / n) + 0.5 * Math.sin(2 * Math.PI * ((1234 * i) % n) / n));
    const result = f({ x: { data: wave, shape: [n] } });
    const expected = new Float64Array(n + 2);
    expected[10] = n / 2;
    expected[2 * 1234 + 1] = -n / 4;
    expect(result.spectrum.data.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0) / n).toBeLessThan(1e-15);
    expect(result.back.data.reduce((most, value, i) => Math.max(most, Math.abs(value - wave[i]!)), 0)).toBeLessThan(4e-15);
  });
});

describe.each([{ target: "wasm" }, { target: "wasm", mode: "debug" }, { target: "wasm", threads: 2 }, { target: "reference" }] as const)("%o", (options) => {
  it("transforms any number of lines, and each member of a batch", async () => {
    const z = input("z", ["n", 4, 2]);
    const each = vmap((line: Tensor<"f32", [4, 2]>) => ifft(line), z);
    const f = await compile(fn({ inputs: { z }, outputs: { y: fft(z), columns: fft(z.transpose([1, 0, 2]), { axis: 0 }), each, dz: grad(each.sum(), z) } }), options);
    const impulse = [[0, 0], [1, 0], [0, 0], [0, 0]];
    const { y, columns, each: back, dz } = f({ z: [impulse, impulse.map(([re]) => [0, re!])] });
    expect(y.toArray()).toEqual([[[1, 0], [0, -1], [-1, 0], [0, 1]], [[0, 1], [1, 0], [0, -1], [-1, 0]]].map((line) => line.map((pair) => pair.map((value) => value + 0))));
    expect((columns.toArray() as number[][][]).map((row) => row[0])).toEqual((y.toArray() as number[][][])[0]);
    expect((back.toArray() as number[][][])[0]).toEqual([[0.25, 0], [0, 0.25], [-0.25, 0], [0, -0.25]]);
    expect(dz.toArray()).toEqual([[[1, 1], [0, 0], [0, 0], [0, 0]], [[1, 1], [0, 0], [0, 0], [0, 0]]]);
    expect(f({ z: { data: new Float32Array(0), shape: [0, 4, 2] } }).y.shape).toEqual([0, 4, 2]);
  });
});

test("of axes in any order it is the last one named of which there is half", async () => {
  const x = input("x", [2, 3], { dtype: "f64" });
  const half = rfftn(x, { axes: [-1, 0] });
  const f = await compile(fn({ inputs: { x }, outputs: { half, back: irfftn(half, { axes: [-1, 0], length: 2 }), whole: fftn(complex(x, 0), { axes: [1, 0] }) } }));
  const { half: spectrum, back, whole } = f({ x: [[1, 2, 3], [4, 5, 7]] });
  expect(spectrum.shape).toEqual([2, 3, 2]);
  spectrum.data.forEach((value, i) => expect(value).toBeCloseTo(whole.data[i]!, 14));
  [1, 2, 3, 4, 5, 7].forEach((value, i) => expect(back.data[i]).toBeCloseTo(value, 14));
});

test("sizes that only the call knows are turned, too", async () => {
  const x = input("x", ["m", "n"]);
  const f = await compile(fn({ inputs: { x }, outputs: { turned: fftShift(x), back: ifftShift(fftShift(x)), dx: grad(fftShift(x).mul(x).sum(), x) } }));
  for (const [m, n] of [[1, 1], [2, 3], [5, 4], [0, 2]] as const) {
    const rows = Array.from({ length: m }, (_, i) => Array.from({ length: n }, (_element, j) => 10 * i + j));
    const { turned, back, dx } = f({ x: { data: Float32Array.from(rows.flat()), shape: [m, n] } as never });
    const moved = (round: (x: number) => number): number[] => rows.flatMap((row, i) => row.map((_, j) => rows[(i + round(m / 2)) % m]![(j + round(n / 2)) % n]!));
    expect([...turned.data]).toEqual(moved(Math.ceil));
    expect([...back.data]).toEqual(rows.flat());
    const other = moved(Math.floor);
    expect([...dx.data]).toEqual(moved(Math.ceil).map((value, i) => value + other[i]!));
  }
});

test("the modulus neither overflows nor vanishes, and its gradient at 0 is 0", async () => {
  const z = input("z", [4, 2]);
  const f = await compile(fn({ inputs: { z }, outputs: { r: complexAbs(z), dz: grad(complexAbs(z).sum(), z) } }));
  const { r, dz } = f({ z: [[3e30, 4e30], [3e-30, -4e-30], [0, 0], [-Infinity, 1]] });
  expect(Array.from(r.data, (value) => Number(value.toPrecision(6)))).toEqual([5e30, 5e-30, 0, Infinity]);
  expect(Array.from(dz.data.slice(0, 6), (value) => Number(value.toPrecision(6)) + 0)).toEqual([0.6, 0.8, 0.6, -0.8, 0, 0]);
});

test("an artifact transforms without anything beside it", async () => {
  const x = input("x", ["n", 16]);
  const { wasm, signature } = await build(fn({ name: "f", inputs: { x }, outputs: { y: rfft(x) } }));
  expect(WebAssembly.Module.imports(await WebAssembly.compile(wasm))).toEqual([]);
  expect(signature.routines?.map(({ name }) => name)).toEqual(["rfft_f32"]);
  const f = (await load(wasm)).functions["f"]!;
  expect([...f({ x: [Array.from({ length: 16 }, (_, i) => Number(i === 0))] })["y"]!.data]).toEqual(Array.from({ length: 18 }, (_, i) => (i % 2 === 0 ? 1 : 0)));
});

describe("mistakes", () => {
  const x = input("x", ["n", 3]);
  test.each<readonly [string, () => unknown, string]>([
    ["no pairs", () => fft(x), "E203 fft: x f32[n,3] holds no pairs"],
    ["a size known late", () => rfft(x, { axis: 0 }), "E205 rfft: the size n of x f32[n,3] is not known when the graph is built; state a number: { length: 256 }"],
    ["a size known late, cut", () => rfft(x, { axis: 0, length: 8 }), "E205 rfft: the size n of x f32[n,3] is not known when the graph is built"],
    ["a length", () => rfft(x, { length: 0 }), "E205 rfft: 0 values cannot be transformed"],
    ["an axis", () => rfft(x, { axis: 2 as never }), "E204 rfft: axis 2 is out of range for rank 2"],
    ["a norm", () => rfft(x, { norm: "none" as never }), "E205 rfft: there is no norm none"],
    ["a mode", () => fftConvolve(constant([1, 2]), constant([1]), { mode: "half" as never }), "E205 fftConvolve: there is no mode half"],
    ["a kernel that is too long", () => fftConvolve(constant([1]), constant([1, 2]), { mode: "valid" }), 'E205 fftConvolve: with mode "valid" the kernel, of size 2, must lie within x, of size 1'],
    ["ranks", () => fftConvolve(x, constant([1])), "E203 fftConvolve: ranks differ: x f32[n,3] and f32[1]"],
    ["no spacing", () => rfftFreq(4, { spacing: 0 }), "E205 rfftFreq: the spacing is 0; it is a number that is not 0"],
    ["no values", () => fftFreq(0), "E205 fftFreq: 0 is no number of values"],
  ])("%s", (_, run, message) => {
    expect(errorOf(run as () => never).message).toContain(message);
  });
});
