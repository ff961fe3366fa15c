// Values against NumPy and SciPy, gradients against JAX.
import { type AnyTensor, concat, grad } from "damo";
import * as linalg from "damo/linalg";
import { describe, expect, it } from "vitest";
import { evaluate } from "./evaluate.ts";
import { fixtures, relativeError, toValue } from "./fixtures.ts";

type T = AnyTensor<"f64">;
const turned = (a: ReturnType<typeof linalg.inv<T>>): T => { const rank = a.shape.length; return a.transpose([...Array(rank - 2).keys(), rank - 1, rank - 2]) as T; };
const symmetric = (a: T): T => (a as never as ReturnType<typeof linalg.inv<T>>).add(turned(a as never)).mul(0.5) as T;
const functions: { readonly [name: string]: (a: T) => AnyTensor } = {
  "det": linalg.det, "logdet": (a) => linalg.slogdet(a).logdet, "sign": (a) => linalg.slogdet(a).sign, "inv": linalg.inv, "expm": linalg.expm,
  "eigvalsh": (a) => linalg.eigvalsh(symmetric(a)), "power3": (a) => linalg.matrixPower(a, 3), "power-2": (a) => linalg.matrixPower(a, -2),
  "cond1": (a) => linalg.cond(a, { order: 1 }), "svdvals": linalg.svdvals, "pinv": linalg.pinv, "rank": linalg.matrixRank, "cond": linalg.cond,
  "eigenvalues": (a) => { const { real, imaginary } = linalg.eigvals(a); return concat([real, imaginary], -1); },
};
const orders = { "1": 1, "-1": -1, "2": 2, "-2": -2 } as const;
const functionOf = (name: string): ((a: T) => AnyTensor) => {
  const order = /^norm (.*)$/.exec(name)?.[1];
  return order === undefined ? functions[name]! : (a) => linalg.matrixNorm(a, { order: orders[order as keyof typeof orders] ?? (order as "fro") });
};

/** Relative to the largest element of the result. What an inverse loses goes with the condition: that of the 8 x 8 Hilbert matrix is 1.5e10, of the graded one 1e6. */
const tolerance = (matrix: string, name: string): number =>
  ["inv", "power-2", "cond", "cond1", "pinv", "det", "logdet", "norm -2"].includes(name) ? ({ hilbert: 1e-4, graded: 1e-8 } as { readonly [name: string]: number })[matrix] ?? 1e-13 : 1e-13;

describe("values of NumPy and SciPy", () => {
  it.each(fixtures.values.map((entry) => [entry.matrix, entry] as const))("%s", async (_, { matrix, a, results }) => {
    const names = Object.keys(results);
    const actual = await evaluate((x: T) => Object.fromEntries(names.map((name, i) => [`y${i}`, functionOf(name)(x)])), [toValue(a)]);
    names.forEach((name, i) => expect(relativeError(actual[`y${i}`]!.data, results[name]!), name).toBeLessThanOrEqual(tolerance(matrix, name)));
  });

  it.each(fixtures.systems.map((entry) => [entry.name, entry] as const))("solve: %s", async (_, { a, b, x, condition }) => {
    const { y } = await evaluate((l: T, r: T) => ({ y: linalg.solve(l, r) }), [toValue(a), toValue(b)]);
    expect(y!.shape).toEqual(x.shape);
    expect(relativeError(y!.data, x.data)).toBeLessThanOrEqual(10 * 2 ** -52 * condition);
  });

  it.each(fixtures.squares.map((entry) => [entry.name, entry] as const))("lstsq: %s", async (name, { a, b, x }) => {
    const { svd, qr } = await evaluate((l: T, r: T) => ({ svd: linalg.lstsq(l, r), ...(name === "tall" ? { qr: linalg.lstsq(l, r, { method: "qr" }) } : {}) }), [toValue(a), toValue(b)]);
    expect(relativeError(svd!.data, x.data)).toBeLessThanOrEqual(1e-13);
    if (name === "tall") expect(relativeError(qr!.data, x.data)).toBeLessThanOrEqual(1e-13);
  });

  it("of what is composed", async () => {
    const { a, b, ...expected } = fixtures.composed;
    const actual = await evaluate((x: T, y: ReturnType<typeof linalg.inv<T>>) => ({
      kron: linalg.kron(x, y), blockDiag: linalg.blockDiag<T>(x, y), cross: linalg.cross(x, y.transpose([1, 0])), trace: linalg.trace(x), trace1: linalg.trace(x, 1),
    }), [toValue(a), toValue(b)]);
    for (const name of ["kron", "blockDiag", "cross"] as const) expect(relativeError(actual[name]!.data, expected[name]), name).toBeLessThanOrEqual(2 ** -52);
    expect(relativeError([actual["trace"]!.data[0]!, actual["trace1"]!.data[0]!], [expected.trace, expected.trace1])).toBeLessThanOrEqual(2 ** -52);
  });
});

type F = ReturnType<typeof linalg.inv<T>>;
const weighted = (...pairs: readonly (readonly [AnyTensor, AnyTensor])[]): F => pairs.map(([x, w]) => (x as F).mul(w as F).sum()).reduce((sum, term) => sum.add(term) as never) as never;
const squared = (x: AnyTensor): AnyTensor => (x as F).square();
const costs: { readonly [name: string]: (a: T, ...weights: readonly T[]) => F } = {
  "cholesky": (a, w) => weighted([linalg.cholesky(symmetric(a)), w!]),
  "solve": (a, w, b) => weighted([linalg.solve(a, b!), w!]),
  "inv": (a, w) => weighted([linalg.inv(a), w!]),
  "det": (a) => linalg.det(a) as never,
  "slogdet": (a) => linalg.slogdet(a).logdet as never,
  "eigh values": (a, w) => weighted([linalg.eigvalsh(symmetric(a)), w!]),
  "eigh projections": (a, w) => weighted([squared(linalg.eigh(symmetric(a)).vectors), w!]),
  "expm": (a, w) => weighted([linalg.expm(a), w!]),
  "lu": (a, w) => weighted([linalg.luFactor(a).lu, w!]),
  "eigvals": (a) => {
    const { real, imaginary } = linalg.eigvals(a) as unknown as { readonly real: F; readonly imaginary: F };
    return real.pow(3).sub(real.mul(imaginary.square()).mul(3)).sum().add(imaginary.abs().sum()) as never;
  },
};
const costOf = (name: string) => costs[name] ?? (name.startsWith("qr ") ? (a: T, w: T, v: T) => weighted([squared(linalg.qr(a).q), w], [squared(linalg.qr(a).r), v])
  : name.startsWith("svd ") ? (a: T, w: T, s: T, v: T) => { const parts = linalg.svd(a); return weighted([squared(parts.u), w], [parts.s, s], [squared(parts.vt), v]); }
  : (a: T, w: T) => weighted([linalg.pinv(a), w]));

describe("gradients of JAX", () => {
  it.each(fixtures.gradients.map((entry) => [entry.name, entry] as const))("%s", async (name, { a, weights, gradient }) => {
    const { g } = await evaluate((x: T, ...w: T[]) => ({ g: grad((costOf(name) as (a: T, ...w: T[]) => F)(x, ...w) as never, x as never) }), [a, ...weights].map(toValue));
    expect(relativeError(g!.data, gradient)).toBeLessThanOrEqual(1e-12);
  });
});
