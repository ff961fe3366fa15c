// Residuals of the factorizations on matrices that are hard in one way or another, in f32 and f64: what is put together again is the
// matrix, and what should be orthonormal is, within 10 n eps. One model serves all sizes; debug mode also looks for writes outside of
// results and workspace.
import { type AnyTensor, compile, fn, input } from "damo";
import * as linalg from "damo/linalg";
import { describe, expect, it } from "vitest";
import { generatedInput } from "../ir/random-graph.ts";

type DTypeOf = "f32" | "f64";
const epsilon = { f32: 2 ** -23, f64: 2 ** -52 };

const noise = (m: number, n: number, seed: number): number[] => [...generatedInput("f64", [m, n], seed).data as Float64Array].map((value, at) => value + 0.1 * Math.sin(at + 1));
const matrix = (m: number, n: number, entry: (i: number, j: number) => number): number[] => Array.from({ length: m * n }, (_, at) => entry(Math.floor(at / n), at % n));
const kinds: { readonly [name: string]: (m: number, n: number) => number[] } = {
  "random": (m, n) => noise(m, n, 1),
  "Hilbert": (m, n) => matrix(m, n, (i, j) => 1 / (i + j + 1)),
  "graded down": (m, n) => noise(m, n, 2).map((value, at) => value * 10 ** -((Math.floor(at / n) + at % n) / 4)),
  "graded up": (m, n) => noise(m, n, 3).map((value, at) => value * 10 ** ((Math.floor(at / n) + at % n) / 12)),
  "of rank 2": (m, n) => matrix(m, n, (i, j) => Math.cos(i) * Math.sin(j + 1) + (i % 3) * (j % 2)),
  "with repeated values": (m, n) => matrix(m, n, (i, j) => (i === j ? 1 + (i % 2) : 0)),
  "of ones": (m, n) => matrix(m, n, () => 1),
  "zero": (m, n) => matrix(m, n, () => 0),
  "tiny": (m, n) => noise(m, n, 4).map((value) => value * 1e-36),
  "huge": (m, n) => noise(m, n, 5).map((value) => value * 1e17),
};
const sizes = [[0, 0], [1, 1], [2, 2], [8, 8], [13, 5], [5, 13], [40, 40], [33, 70], [70, 33], [0, 3], [3, 0]] as const;
const cases = Object.keys(kinds).flatMap((kind) => sizes.map(([m, n]) => [`${kind} ${m}x${n}`, kind, m, n] as const));

/** a [m,k] b [k,n], or with their transposes. */
function product(a: ArrayLike<number>, b: ArrayLike<number>, m: number, k: number, n: number, turned: { readonly a?: boolean; readonly b?: boolean } = {}): Float64Array {
  const result = new Float64Array(m * n);
  for (let i = 0; i < m; i++) for (let p = 0; p < k; p++) for (let j = 0; j < n; j++) {
    result[i * n + j]! += (turned.a === true ? a[p * m + i]! : a[i * k + p]!) * (turned.b === true ? b[j * k + p]! : b[p * n + j]!);
  }
  return result;
}
const norm = (x: ArrayLike<number>): number => Math.sqrt(Array.from(x).reduce((sum, value) => sum + value * value, 0));
const distance = (x: ArrayLike<number>, y: ArrayLike<number>): number => norm(Array.from(x).map((value, i) => value - y[i]!));
const identity = (n: number): number[] => matrix(n, n, (i, j) => Number(i === j));
const scaled = (x: ArrayLike<number>, d: ArrayLike<number>): number[] => Array.from(x).map((value, at) => value * d[at % d.length]!);

describe.each((["f32", "f64"] as const).flatMap((dtype) => ([undefined, "debug"] as const).map((mode) => ({ dtype, mode }))))("$dtype $mode", async ({ dtype, mode }) => {
  const model = async (square: boolean, build: (a: AnyTensor<DTypeOf>) => { readonly [name: string]: AnyTensor }) => {
    const a = input("a", square ? ["n", "n"] : ["m", "n"], { dtype });
    const f = await compile(fn({ inputs: { a }, outputs: build(a) }), mode === undefined ? {} : { mode });
    return (data: readonly number[], m: number, n: number) => f({ a: { data: dtype === "f32" ? Float32Array.from(data) : Float64Array.from(data), shape: [m, n] } } as never) as unknown as { readonly [name: string]: { readonly data: Float64Array } };
  };
  /** In the dtype: what the routine sees. */
  const rounded = (data: readonly number[]): number[] => (dtype === "f32" ? [...Float32Array.from(data)] : [...data]);
  const within = (what: string, error: number, size: number, n: number): void => expect(error, what).toBeLessThanOrEqual(10 * Math.max(n, 1) * epsilon[dtype] * size);
  const any = await model(false, (a) => {
    const { u, s, vt } = linalg.svd(a);
    const factors = linalg.lu(a);
    return { ...linalg.qr(a), u, s, vt, l: factors.l, upper: factors.u, permutation: factors.permutation };
  });
  const full = await model(false, (a) => linalg.qr(a, { full: true }));
  const square = await model(true, (a) => ({ ...linalg.eigh(a), ...linalg.eig(a) }));
  const positive = await model(true, (a) => ({ l: linalg.cholesky(a) }));

  it.each(cases)("%s", (_, kind, m, n) => {
    const data = rounded(kinds[kind]!(m, n));
    const [size, k, most] = [norm(data), Math.min(m, n), Math.max(m, n)];
    const { q, r, u, s, vt, l, upper, permutation } = any(data, m, n) as { readonly [name: string]: { readonly data: Float64Array } } & { [K in "q" | "r" | "u" | "s" | "vt" | "l" | "upper" | "permutation"]: { readonly data: Float64Array } };
    within("QR", distance(product(q.data, r.data, m, k, n), data), size, most);
    within("Q", distance(product(q.data, q.data, k, m, k, { a: true }), identity(k)), 1, most);
    within("SVD", distance(product(scaled(u.data, s.data), vt.data, m, k, n), data), size, most);
    within("U", distance(product(u.data, u.data, k, m, k, { a: true }), identity(k)), 1, most);
    within("V", distance(product(vt.data, vt.data, k, n, k, { b: true }), identity(k)), 1, most);
    expect([...s.data].every((value, i) => value >= 0 && (i === 0 || value <= s.data[i - 1]!))).toBe(true);
    const rows = Array.from({ length: m * n }, (_element, at) => data[permutation.data[Math.floor(at / n)]! * n + at % n]!);
    within("LU", distance(product(l.data, upper.data, m, k, n), rows), size, most);
    expect([...l.data].every((value) => Math.abs(value) <= 1)).toBe(true);
    const whole = full(data, m, n);
    within("full Q", distance(product(whole["q"]!.data, whole["q"]!.data, m, m, m, { a: true }), identity(m)), 1, most);
    within("full QR", distance(product(whole["q"]!.data, whole["r"]!.data, m, m, n), data), size, most);
  });

  it.each(cases.filter(([, , m, n]) => m === n))("eigenvalues: %s", (_, kind, n) => {
    const data = rounded(kinds[kind]!(n, n));
    const mirrored = matrix(n, n, (i, j) => data[Math.max(i, j) * n + Math.min(i, j)]!);
    const result = square(data, n, n);
    const [values, vectors] = [result["values"]!.data, result["vectors"]!.data];
    within("A V", distance(product(scaled(vectors, values), vectors, n, n, n, { b: true }), mirrored), norm(mirrored), n);
    within("V", distance(product(vectors, vectors, n, n, n, { a: true }), identity(n)), 1, n);
    expect([...values].every((value, i) => i === 0 || value >= values[i - 1]!)).toBe(true);
    const [re, im, x, y] = ["real", "imaginary", "vectorsReal", "vectorsImaginary"].map((name) => result[name]!.data) as [Float64Array, Float64Array, Float64Array, Float64Array];
    const [left, leftIm] = [product(data, x, n, n, n), product(data, y, n, n, n)];
    within("A x", distance(left, scaled(x, re).map((value, at) => value - scaled(y, im)[at]!)), norm(data), n);
    within("A x, imaginary", distance(leftIm, scaled(x, im).map((value, at) => value + scaled(y, re)[at]!)), norm(data), n);
  });

  it.each([1, 2, 7, 16, 17, 33, 64, 100])("Cholesky of %i rows", (n) => {
    const raw = noise(n, n + 2, 6);
    const data = rounded([...product(raw, raw, n, n + 2, n, { b: true })].map((value, at) => value + (at % (n + 1) === 0 ? 1 : 0)));
    const { l } = positive(data, n, n) as { readonly l: { readonly data: Float64Array } };
    within("L L^T", distance(product(l.data, l.data, n, n, n, { b: true }), data), norm(data), n);
    expect([...l.data].every((value, at) => at % n <= Math.floor(at / n) || value === 0)).toBe(true);
  });
});
