// The gradient of the determinant is the matrix of cofactors, here by the determinants of minors, for singular matrices, too; that of its logarithm
// has no value there.
import { type AnyTensor, compile, fn, grad, input, jvp } from "damo";
import * as linalg from "damo/linalg";
import { describe, expect, test } from "vitest";
import { evaluate } from "./evaluate.ts";

type Matrix = readonly (readonly number[])[];
type F = AnyTensor<"f64", [number, number]>;

const minor = (a: Matrix, row: number, column: number): Matrix => a.filter((_, i) => i !== row).map((line) => line.filter((_, j) => j !== column));
const determinant = (a: Matrix): number => (a.length === 0 ? 1 : a[0]!.reduce((sum, x, j) => sum + (-1) ** j * x * determinant(minor(a, 0, j)), 0));
const cofactors = (a: Matrix): number[] => a.flatMap((line, i) => line.map((_, j) => (-1) ** (i + j) * determinant(minor(a, i, j))));
const random = (n: number, seed: number): number[][] => Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_element, j) => Math.round(8 * Math.sin(seed + 7 * i + 3 * j * j)) / 4));
/** The last row is the sum of the first two. */
const dependent = (n: number, seed: number): number[][] => { const a = random(n, seed); a[n - 1] = a[0]!.map((x, j) => x + a[1]![j]!); return a; };
const scaled = (a: Matrix, factor: number): number[][] => a.map((line) => line.map((x) => x * factor));

const cases: { readonly [name: string]: Matrix } = {
  "regular": random(4, 1), "regular, larger": random(6, 2), "1 x 1": [[3]], "zero, 1 x 1": [[0]], "zero": [[0, 0], [0, 0]], "identity": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  "of rank n - 1": dependent(4, 3), "of rank n - 1, larger": dependent(6, 4), "of ones": [[1, 1], [1, 1]], "of rank 1": [[1, 2, 3], [2, 4, 6], [-1, -2, -3]],
  "a zero column": [[1, 0, 2], [3, 0, 4], [5, 0, 7]], "a zero row": [[1, 3, 5], [0, 0, 0], [2, 4, 7]], "the first pivot": [[0, 1, 2], [0, 3, 4], [0, 5, 7]],
  "a shift": [[0, 1], [0, 0]], "a shift, larger": [[0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [0, 0, 0, 0]], "two shifts": [[0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 0]],
  "small": scaled(dependent(3, 5), 1e-9), "large": scaled(dependent(3, 6), 1e9),
};
const epsilon = { f32: 2 ** -23, f64: 2 ** -52 };

describe.each(["f32", "f64"] as const)("%s", (dtype) => {
  test.each(Object.entries(cases))("%s", async (_, a) => {
    const array = dtype === "f32" ? Float32Array : Float64Array;
    const [value, n] = [{ shape: [a.length, a.length], data: array.from(a.flat()) }, a.length];
    for (const target of ["wasm", "reference"] as const) {
      const { g, d } = await evaluate((x: F) => ({ g: grad(linalg.det(x) as never, x as never), d: linalg.det(x) }), [value], { target });
      const expected = cofactors(a.map((line) => line.map((x) => (dtype === "f32" ? Math.fround(x) : x))));
      // As large as cofactors of elements of this size may be.
      const size = Math.max(...a.flat().map(Math.abs)) ** (n - 1);
      const worst = Math.max(...expected.map((x, i) => Math.abs(g!.data[i]! - x)));
      expect(worst, target).toBeLessThanOrEqual(50 * n * epsilon[dtype] * (size === 0 ? 1 : size));
      expect(Math.abs(d!.data[0]! - determinant(a)), target).toBeLessThanOrEqual(50 * n * epsilon[dtype] * size * Math.max(1, ...a.flat().map(Math.abs)));
    }
  });
});

test("batches of regular and singular matrices, forward mode, and the second derivative of regular ones", async () => {
  const [regular, singular] = [random(3, 7), dependent(3, 8)];
  const direction = random(3, 9).flat();
  const value = { shape: [2, 3, 3], data: Float64Array.from([...regular.flat(), ...singular.flat()]) };
  const { t } = await evaluate((x: F, v: F) => ({ t: jvp(linalg.det(x) as never, [x] as never, [v] as never) as never }), [value, { shape: [2, 3, 3], data: Float64Array.from([...direction, ...direction]) }]);
  [regular, singular].forEach((a, k) => expect(t!.data[k]).toBeCloseTo(cofactors(a).reduce((sum, c, i) => sum + c * direction[i]!, 0), 11));
  // det is linear in each element: its second derivatives by elements of the 2 x 2 matrix are 1 and -1.
  const { h } = await evaluate((x: F) => {
    const g = grad(linalg.det(x) as never, x as never) as unknown as ReturnType<typeof linalg.inv<F>>;
    return { h: grad(g.at(0, 0).mul(2).add(g.at(0, 1)) as never, x as never) };
  }, [{ shape: [2, 2], data: Float64Array.of(2, 1, -1, 3) }]);
  [0, 0, -1, 2].forEach((x, i) => expect(h!.data[i]).toBeCloseTo(x, 12));
});

test.each(["wasm", "reference"] as const)("products of pivots that leave the range on the way: %s", async (target) => {
  // Powers of 2, so that the determinant 1 and the cofactors 1 / d are exact.
  const orders = [[1, 1, 1, -1, -1, -1], [-1, -1, -1, 1, 1, 1], [-1, -1, -1, 0.5, 0.5, 2]];
  for (const [array, unit] of [[Float64Array, 350], [Float32Array, 44]] as const) {
    const lines = orders.map((order) => order.map((power) => power * unit));
    const value = { shape: [3, 6, 6], data: array.from(lines.flatMap((powers) => powers.flatMap((power, i) => powers.map((_, j) => (i === j ? 2 ** power : 0))))) };
    const { d, g, h, t } = await evaluate((x: F) => {
      const det = linalg.det(x);
      const first = grad(det.sum() as never, x as never) as unknown as typeof x & { at(...index: unknown[]): { sum(): never } };
      return { d: det, g: first, h: grad(first.at("...", 0, 0).sum(), x as never), t: jvp(det as never, [x] as never, [x] as never) as never };
    }, [value], { target });
    lines.forEach((powers, k) => {
      expect([d!.data[k], t!.data[k]]).toEqual([1, 6]);
      powers.forEach((power, i) => {
        expect(g!.data[36 * k + 7 * i]).toBe(2 ** -power);
        if (i > 0) expect(h!.data[36 * k + 7 * i]).toBe(2 ** (-powers[0]! - power));
      });
    });
  }
});

test("a determinant of many pivots", async () => {
  // Householder's reflection I - 2 v v^T / |v|^2, of determinant -1, with rows scaled up, then down.
  const n = 50;
  const v = Array.from({ length: n }, (_, i) => 1 + (i % 3));
  const norm = v.reduce((sum, x) => sum + x * x, 0);
  const data = Float32Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    return (Number(i === j) - 2 * v[i]! * v[j]! / norm) * 2 ** (i < n / 2 ? 8 : -8);
  });
  const { d } = await evaluate((x: F) => ({ d: linalg.det(x) }), [{ shape: [n, n], data }]);
  expect(Math.abs(d!.data[0]! + 1)).toBeLessThan(10 * n * epsilon.f32);
});

test("the logarithm of a determinant has no gradient where it is infinite", async () => {
  const x = input("x", ["n", "n"], { dtype: "f64" });
  const f = await compile(fn({ inputs: { x }, outputs: { g: grad(linalg.slogdet(x).logdet, x) } }));
  expect(() => f({ x: [[1, 2], [2, 4]] })).toThrow("E609");
  expect(f({ x: [[1, 2], [2, 5]] }).g.toArray()).toEqual([[5, -2], [-2, 1]]);
});
