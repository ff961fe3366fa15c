// What is asked of matrices that are hard in one way or another: empty, zero, singular, with a NaN, at the ends of the range.
import { type AnyTensor, compile, constant, fn, grad, input, jvp } from "damo";
import * as linalg from "damo/linalg";
import { describe, expect, it } from "vitest";
import { evaluate } from "./evaluate.ts";
import { farMatrices, type HardMatrix, oblongMatrices, squareMatrices } from "./hard-matrices.ts";

type T = AnyTensor<"f64">;

const orders = ["fro", "nuc", 1, -1, 2, -2, "inf", "-inf"] as const;
const named = (what: string, order: typeof orders[number]): string => `${what}_${String(order).replace("-", "minus")}`;
const value = (m: number, n: number, data: readonly number[]) => ({ shape: [m, n], data: Float64Array.from(data) });

describe.each(["wasm", "reference"] as const)("norms and conditions as NumPy has them, %s", (target) => {
  const norms = (x: T) => Object.fromEntries(orders.map((order) => [named("norm", order), linalg.matrixNorm(x, { order })]));
  const conditions = (x: T) => Object.fromEntries(orders.map((order) => [named("cond", order), linalg.cond(x, { order })]));

  it.each([[0, 0], [0, 3], [3, 0]])("of an empty matrix, %i x %i", async (m, n) => {
    const known = await evaluate(norms, [value(m, n, [])], { target });
    const x = input("x", ["m", "n"], { dtype: "f64" });
    const late = await compile(fn({ inputs: { x }, outputs: { ...norms(x), rank: linalg.matrixRank(x), pinv: linalg.pinv(x) } }), { target });
    const called = late({ x: value(m, n, []) }) as unknown as { readonly [name: string]: { readonly shape: readonly number[]; readonly data: ArrayLike<number> } };
    // NumPy has none of negative orders.
    for (const order of orders.filter((name) => !String(name).startsWith("-"))) {
      expect(known[named("norm", order)]!.data[0], String(order)).toBe(0);
      expect(called[named("norm", order)]!.data[0], String(order)).toBe(0);
    }
    expect([called["rank"]!.data[0], called["pinv"]!.shape]).toEqual([0, [n, m]]);
  });

  it.each([["zero", [0, 0, 0, 0]], ["singular", [1, 2, 2, 4]], ["of one row", [1, 2, 0, 0]]])("of a singular matrix: %s", async (_, data) => {
    const result = await evaluate(conditions, [value(2, 2, data)], { target });
    for (const order of orders) {
      const [actual] = Array.from(result[named("cond", order)]!.data) as [number];
      if (order === 2) expect(actual).toBeGreaterThan(1e15);
      else if (order === -2 && data[0] !== 0) expect(actual).toBeLessThan(1e-15);
      else expect(actual, String(order)).toBe(Infinity);
    }
  });

  it.each([-1000, -600, -400, 0, 500, 700, 1000])("by Frobenius of a matrix of the size 2^%i, and its derivative", async (power) => {
    const { norm, g, cond } = await evaluate((x: T) => ({ norm: linalg.matrixNorm(x), g: grad(linalg.matrixNorm(x) as never, x as never) as T, cond: linalg.cond(x, { order: "fro" }) }), [value(2, 2, [3, 0, 0, 4].map((x) => x * 2 ** power))], { target });
    expect(norm!.data[0]).toBe(5 * 2 ** power);
    [0.6, 0, 0, 0.8].forEach((slope, i) => expect(g!.data[i]).toBeCloseTo(slope, 15));
    expect(cond!.data[0]).toBeCloseTo(25 / 12, 14);
  });

  it.each([["zero", [2, 2], [0, 0, 0, 0]], ["empty", [0, 2], []]])("with derivatives that are finite where the matrix is %s", async (_, shape, data) => {
    const x = input("x", ["m", "n"], { dtype: "f64" });
    const sum = orders.filter((order) => data.length > 0 || !String(order).startsWith("-")).map((order) => linalg.matrixNorm(x, { order })).reduce((a, b) => a.add(b) as never);
    const f = await compile(fn({ inputs: { x }, outputs: { g: grad(sum as never, x as never), t: jvp(sum as never, [x] as never, [x] as never) as T } as { g: T; t: T } }), { target });
    const { g, t } = f({ x: value(shape[0]!, shape[1]!, data) }) as unknown as { readonly g: { readonly data: Float64Array }; readonly t: { readonly data: Float64Array } };
    expect([...g.data, ...t.data].every(Number.isFinite)).toBe(true);
  });

  it("of a matrix with a NaN: none", async () => {
    const sums = [1, -1, "inf", "-inf", "fro"] as const;
    const result = await evaluate((x: T) => Object.fromEntries(sums.map((order) => [named("cond", order), linalg.cond(x, { order })])), [value(2, 2, [1, Number.NaN, 3, 4])], { target });
    for (const order of sums) expect(result[named("cond", order)]!.data[0], String(order)).toBeNaN();
  });
});

const epsilon = { f32: 2 ** -23, f64: 2 ** -52 };
type Matrix = { readonly m: number; readonly n: number; readonly data: ArrayLike<number> };
type Results = { readonly [name: string]: { readonly shape: readonly number[]; readonly data: ArrayLike<number> } };

/** Of numbers that are divided by their largest magnitude, so that products of three matrices neither overflow nor vanish; `scale` is the power of two that was taken out. */
interface Scaled extends Matrix {
  readonly scale: number;
}

function scaled({ m, n, data }: Matrix): Scaled {
  const most = Array.from(data).reduce((size, x) => Math.max(size, Math.abs(x)), 0);
  const scale = most === 0 ? 0 : Math.floor(Math.log2(most));
  const half = Math.trunc(scale / 2);
  return { m, n, scale, data: Float64Array.from(data, (x) => x / 2 ** half / 2 ** (scale - half)) };
}

function product(x: Scaled, y: Scaled): Scaled {
  const data = new Float64Array(x.m * y.n);
  for (let i = 0; i < x.m; i++) for (let p = 0; p < x.n; p++) for (let j = 0; j < y.n; j++) data[i * y.n + j]! += x.data[i * x.n + p]! * y.data[p * y.n + j]!;
  return { m: x.m, n: y.n, data, scale: x.scale + y.scale };
}
const turned = ({ m, n, data, scale }: Scaled): Scaled => ({ m: n, n: m, scale, data: Float64Array.from({ length: m * n }, (_, at) => data[(at % m) * n + Math.floor(at / m)]!) });
const identity = (n: number): Scaled => ({ m: n, n, scale: 0, data: Float64Array.from({ length: n * n }, (_, at) => Number(at % (n + 1) === 0)) });
const norm = ({ data }: Matrix): number => Math.hypot(...Array.from(data));
const lowerOf = (x: Scaled): Scaled => ({ ...x, data: Float64Array.from(x.data, (value, at) => (at % x.n > Math.floor(at / x.n) ? 0 : value)) });
/** The symmetric matrix of which the lower triangle is read. */
const mirrored = (x: Scaled): Scaled => ({ ...x, data: Float64Array.from(x.data, (value, at) => (at % x.n > Math.floor(at / x.n) ? x.data[(at % x.n) * x.n + Math.floor(at / x.n)]! : value)) });

/** |x - y| over the size that its parts have, in units of n eps; no number where a part is none. */
function residual(x: Scaled, y: Scaled, parts: readonly Scaled[], eps: number): number {
  const common = parts.reduce((sum, { scale }) => sum + scale, 0);
  const size = parts.reduce((size, part) => size * norm(part), 1);
  const difference = Float64Array.from(x.data, (value, at) => value * 2 ** (x.scale - common) - y.data[at]! * 2 ** (y.scale - common));
  const error = norm({ ...x, data: difference });
  return size === 0 ? error : error / size / (eps * Math.max(x.m, x.n, 1));
}

const right = (m: number): Matrix => ({ m, n: 2, data: Float64Array.from({ length: 2 * m }, (_, at) => Math.fround(Math.cos(3 * at + 1))) });

interface Check {
  /** Whether a matrix has a result; where it has none, all is NaN. Undefined where rounding decides. */
  has(matrix: HardMatrix): boolean | undefined;
  /** In units of n eps, at most 10. */
  residual(a: Scaled, results: readonly Scaled[], eps: number, matrix: HardMatrix): number;
}

const lenient = { onError: "nan" } as const;
type Square = ReturnType<typeof linalg.inv<T>>;
const always = (): boolean => true;
const isRegular = ({ rank, n }: HardMatrix): boolean | undefined => (rank === undefined ? undefined : rank === n);
const isPositive = ({ positive, data, n }: HardMatrix): boolean | undefined => (n === 0 || (data.some((value, at) => at % (n + 1) === 0 && value <= 0) ? false : positive));
const solution = (take: (a: Scaled) => Scaled): Check["residual"] => (a, [x], eps) => residual(product(take(a), x!), scaled(right(a.m)), [take(a), x!], eps);

/** Each with its results, as matrices. */
const squareRoutines: { readonly [name: string]: Check & { readonly build: (a: T, b: T) => readonly AnyTensor[] } } = {
  cholesky: {
    build: (a) => [linalg.cholesky(a, lenient)], has: isPositive,
    residual: (a, [l], eps) => residual(product(l!, turned(l!)), mirrored(a), [mirrored(a)], eps),
  },
  solve: { build: (a, b) => [linalg.solve(a, b, lenient)], has: isRegular, residual: solution((a) => a) },
  solvePositive: { build: (a, b) => [linalg.solve(a, b, { assume: "positive", ...lenient })], has: isPositive, residual: solution(mirrored) },
  inv: { build: (a) => [linalg.inv(a, lenient)], has: isRegular, residual: (a, [x], eps) => residual(product(a, x!), identity(a.n), [a, x!], eps) },
  triangularSolve: { build: (a, b) => [linalg.triangularSolve(a, b, lenient)], has: ({ data, n }) => data.every((value, at) => at % (n + 1) !== 0 || value !== 0), residual: solution(lowerOf) },
  lu: {
    build: (a) => { const { l, u, permutation } = linalg.lu(a); return [l, u, permutation as never]; }, has: always,
    residual: (a, [l, u, order], eps) => residual(product(l!, u!), { ...a, data: Float64Array.from(a.data, (_, at) => a.data[Math.round(order!.data[Math.floor(at / a.n)]! * 2 ** order!.scale) * a.n + at % a.n]!) }, [a], eps),
  },
  eigh: {
    build: (a) => { const { values, vectors } = linalg.eigh(a, lenient); return [(values as Square).expandDims(-1) as never, vectors]; }, has: always,
    residual: (a, [w, v], eps) => {
      const whole = mirrored(a);
      const stretched = { ...v!, scale: v!.scale + w!.scale, data: Float64Array.from(v!.data, (value, at) => value * w!.data[at % a.n]!) };
      return Math.max(residual(product(stretched, turned(v!)), whole, [whole], eps), residual(product(turned(v!), v!), identity(a.n), [], eps));
    },
  },
  eig: {
    build: (a) => { const { real, imaginary, vectorsReal, vectorsImaginary } = linalg.eig(a, lenient); return [vectorsReal, vectorsImaginary, (vectorsReal as Square).mul((real as Square).expandDims(-2)).sub((vectorsImaginary as Square).mul((imaginary as Square).expandDims(-2))) as never]; },
    has: always, residual: (a, [x, y, xw], eps) => residual(product(a, x!), xw!, [a, { ...x!, data: [...Array.from(x!.data), ...Array.from(y!.data)], scale: 0 }], eps),
  },
};

const oblongRoutines: typeof squareRoutines = {
  qr: {
    build: (a) => { const { q, r } = linalg.qr(a); return [q, r]; }, has: always,
    residual: (a, [q, r], eps) => Math.max(residual(product(q!, r!), a, [a], eps), residual(product(turned(q!), q!), identity(q!.n), [], eps)),
  },
  svd: {
    build: (a) => { const { u, s, vt } = linalg.svd(a, lenient); return [u, (s as Square).expandDims(-1) as never, vt]; }, has: always,
    residual: (a, [u, s, v], eps) => {
      const stretched = { ...u!, scale: u!.scale + s!.scale, data: Float64Array.from(u!.data, (value, at) => value * s!.data[at % u!.n]!) };
      return Math.max(residual(product(stretched, v!), a, [a], eps), residual(product(turned(u!), u!), identity(u!.n), [], eps), residual(product(v!, turned(v!)), identity(v!.m), [], eps));
    },
  },
  // The conditions of Moore and Penrose.
  pinv: {
    build: (a) => [linalg.pinv(a, lenient)], has: always,
    residual: (a, [p], eps) => {
      const [ap, pa] = [product(a, p!), product(p!, a)];
      return Math.max(residual(product(ap, a), a, [a, p!, a], eps), residual(product(pa, p!), p!, [p!, a, p!], eps), residual(ap, turned(ap), [a, p!], eps), residual(pa, turned(pa), [a, p!], eps));
    },
  },
  // A^T A x = A^T b, and x is among the rows of A: P A x = x.
  lstsq: {
    build: (a, b) => [linalg.lstsq(a, b, lenient) as never, linalg.pinv(a, lenient)], has: always,
    residual: (a, [x, p], eps) => Math.max(
      residual(product(turned(a), product(a, x!)), product(turned(a), scaled(right(a.m))), [a, a, p!, scaled(right(a.m))], eps), residual(product(product(p!, a), x!), x!, [p!, a, p!, scaled(right(a.m))], eps)),
  },
  rank: {
    build: (a) => [(linalg.matrixRank(a, lenient) as never as Square).expandDims(-1).expandDims(-1) as never], has: always,
    residual: (_, [count], __, { rank }) => (rank === undefined ? 0 : Math.abs(count!.data[0]! * 2 ** count!.scale - rank) * 1e9),
  },
};

describe.each((["f32", "f64"] as const).flatMap((dtype) => (["wasm", "reference"] as const).map((target) => ({ dtype, target }))))("$dtype $target", async ({ dtype, target }) => {
  const eps = epsilon[dtype];
  const model = async (routines: typeof squareRoutines, isBatch: boolean) => {
    const isSquare = routines === squareRoutines;
    const [a, b] = [input("a", [...(isBatch ? ["k"] : []), isSquare ? "n" : "m", "n"], { dtype }), input("b", [isSquare ? "n" : "m", 2], { dtype })];
    const outputs = Object.entries(routines).flatMap(([name, { build }]) => build(a as never, b as never).map((result, i) => [`${name}${i}`, result]));
    const f = await compile(fn({ inputs: { a, b }, outputs: Object.fromEntries(outputs) }), { target });
    const typed = (data: readonly number[]) => (dtype === "f32" ? Float32Array.from(data) : Float64Array.from(data));
    return (...matrices: readonly HardMatrix[]): Results => {
      const [{ m, n }] = matrices as [HardMatrix];
      return f({ a: { data: typed(matrices.flatMap(({ data }) => data)), shape: [...(isBatch ? [matrices.length] : []), m, n] }, b: { data: typed([...Array.from(right(m).data)]), shape: [m, 2] } } as never) as unknown as Results;
    };
  };

  describe.each([
    ["square", squareRoutines, { ...squareMatrices, ...(dtype === "f64" ? farMatrices : {}) }],
    ["of any shape", oblongRoutines, { ...oblongMatrices, ...squareMatrices, ...(dtype === "f64" ? farMatrices : {}) }],
  ] as const)("%s", async (_, routines, matrices) => {
    const [single, batch] = [await model(routines, false), await model(routines, true)];
    it.each(Object.entries(matrices))("%s", (_name, matrix) => {
      const results = single(matrix);
      for (const [name, check] of Object.entries(routines)) {
        // Its eigenvectors are found by inverse iteration with eigenvalues of a matrix that is not balanced.
        if (target === "reference" && name === "eig" && matrix === squareMatrices["Frank"]) continue;
        const parts = Object.keys(results).filter((key) => key.replace(/\d$/, "") === name).map((key) => results[key]!);
        const isNan = parts.some(({ data }) => Array.from(data).some(Number.isNaN));
        const has = check.has(matrix);
        if (has === false) {
          // Integers, too, of which there are none here.
          expect(parts.every(({ data }) => Array.from(data).every(Number.isNaN)), name).toBe(true);
        } else if (has === true || !isNan) {
          const given = parts.map(({ shape, data }) => scaled({ m: shape[0]!, n: shape[1] ?? 1, data }));
          expect(check.residual(scaled(matrix), given, eps, matrix), name).toBeLessThanOrEqual(10);
        }
      }
      // A batch of it and another: bits are those of each alone.
      const other: HardMatrix = { ...matrix, data: matrix.data.map((_, at) => Math.cos(at) + 4 * Number(at % (matrix.n + 1) === 0)) };
      const [both, alone] = [batch(other, matrix, other), single(other)];
      for (const [key, { data }] of Object.entries(results)) {
        const third = both[key]!.data.length / 3;
        expect(Array.from(both[key]!.data).slice(third, 2 * third), key).toEqual(Array.from(data));
        for (const from of [0, 2 * third]) expect(Array.from(both[key]!.data).slice(from, from + third), key).toEqual(Array.from(alone[key]!.data));
      }
    });
  });
});

describe.each((["f32", "f64"] as const).flatMap((dtype) => (["wasm", "reference"] as const).map((target) => ({ dtype, target }))))("$dtype $target", ({ dtype, target }) => {
  const [eps, far] = [epsilon[dtype], dtype === "f32" ? 1e30 : 1e290];
  const typed = (data: ArrayLike<number>) => (dtype === "f32" ? Float32Array.from(data) : Float64Array.from(data));

  it.each<readonly [string, readonly number[], readonly number[], readonly number[]]>([
    // [[9, 12], [12, 160]] + [[16, 12], [12, 9]] = [[25, 24], [24, 169]]
    ["a factor", [3, 0, 4, 12], [4, 3], [5, 0, 24 / 5, Math.sqrt(169 - 23.04)]], ["a factor with negative pivots", [-3, 0, 4, -12], [4, -3], [5, 0, -24 / 5, Math.sqrt(169 - 23.04)]],
    ["a factor with a zero pivot", [0, 0, 4, 3], [2, 1], [2, 0, 1, 5]], ["a singular factor", [1, 0, 0, 0], [0, 5], [1, 0, 0, 5]],
  ])("choleskyUpdate of %s, and back", async (_, l, x, expected) => {
    for (const size of [1, far, 1 / far]) {
      const times = (data: readonly number[], shape: number[]) => ({ shape, data: typed(data.map((value) => value * size)) });
      const { up } = await evaluate((factor: T, vector: T) => ({ up: linalg.choleskyUpdate(factor, vector) }), [times(l, [2, 2]), times(x, [2])], { target });
      expected.forEach((value, i) => expect(Math.abs(up!.data[i]! / size - value), `element ${i} of ${size}`).toBeLessThanOrEqual(20 * eps));
      // Of a singular factor there is no way back.
      if (l[0] === 0 || l[3] === 0) continue;
      const { down } = await evaluate((factor: T, vector: T) => ({ down: linalg.choleskyUpdate(factor, vector, { downdate: true }) }), [{ shape: [2, 2], data: typed(up!.data) }, times(x, [2])], { target });
      // Rows of a factor have the sign of their pivots, which come out positive.
      const columns = [Math.sign(l[0]!), 0, Math.sign(l[0]!), Math.sign(l[3]!)];
      columns.forEach((sign, i) => expect(Math.abs(down!.data[i]! / size - sign * l[i]!), `element ${i} of ${size}, back`).toBeLessThanOrEqual(200 * eps));
    }
  });

  const e = Math.E;
  it.each<readonly [string, number, readonly number[], readonly number[]]>([
    ["a Jordan block", 3, [2, 1, 0, 0, 2, 1, 0, 0, 2], [e * e, e * e, e * e / 2, 0, e * e, e * e, 0, 0, e * e]], ["a nilpotent matrix", 3, [0, 1, 0, 0, 0, 1, 0, 0, 0], [1, 1, 0.5, 0, 1, 1, 0, 0, 1]],
    ["a far turn", 2, [0, -100, 100, 0], [Math.cos(100), -Math.sin(100), Math.sin(100), Math.cos(100)]], ["a long shear", 2, [1, 1e6, 0, -1], [e, 1e6 * Math.sinh(1), 0, 1 / e]],
    ["what decays", 2, [-50, 1, 1, -50], [Math.exp(-50) * Math.cosh(1), Math.exp(-50) * Math.sinh(1), Math.exp(-50) * Math.sinh(1), Math.exp(-50) * Math.cosh(1)]], ["zero", 2, [0, 0, 0, 0], [1, 0, 0, 1]], ["one number", 1, [80], [Math.exp(80)]],
  ])("expm of %s", async (_, n, a, expected) => {
    const { y } = await evaluate((x: T) => ({ y: linalg.expm(x) }), [{ shape: [n, n], data: typed(a) }], { target });
    // What rounding makes of the squarings goes with the norm (SciPy's errors are two to ten times ours).
    const bound = 20 * n * eps * Math.min(1000, Math.max(1, ...a.map(Math.abs))) * Math.hypot(...expected);
    expected.forEach((x, i) => expect(Math.abs(y!.data[i]! - x), `element ${i}`).toBeLessThanOrEqual(bound));
  });
});

describe("derivatives", () => {
  type F = Square;
  const weights = (count: number, shape: readonly number[]): F => constant({ data: Float64Array.from({ length: count }, (_, i) => Math.sin(i + 1)), shape: shape as number[] } as never) as unknown as F;
  const regular = [2, 1, 0.5, 1, 3, 1, 0.25, 1, 2];
  const b = [[1], [2], [3]];

  it.each<readonly [string, (a: T) => AnyTensor, readonly number[]]>([
    ["solve", (a) => linalg.solve(a, constant(b, { dtype: "f64" }), lenient), [1, 2, 3, 2, 4, 6, 1, 0, 1]], ["inv", (a) => linalg.inv(a, lenient), [0, 0, 0, 0, 0, 0, 0, 0, 0]],
    ["matrixPower", (a) => linalg.matrixPower(a, -2, lenient), [1, 1, 1, 1, 1, 1, 1, 1, 1]], ["lstsq by QR", (a) => linalg.lstsq(a, constant(b, { dtype: "f64" }), { method: "qr", ...lenient }), [1, 0, 0, 0, 0, 0, 0, 0, 1]],
    ["cholesky", (a) => linalg.cholesky(a, lenient), [1, 2, 0, 2, 1, 0, 0, 0, 1]], ["logdet", (a) => linalg.logdet(a, lenient), [0, 0, 0, 0, 0, 0, 0, 0, 0]], ["expm", (a) => linalg.expm(a, lenient), [1, Number.NaN, 0, 0, 1, 0, 0, 0, 1]],
    ["svd", (a) => linalg.svdvals(a, lenient), [1, Number.NaN, 0, 0, 1, 0, 0, 0, 1]], ["pinv", (a) => linalg.pinv(a, lenient), [1, Number.NaN, 0, 0, 1, 0, 0, 0, 1]],
    // Its eigenvectors do not span the space.
    ["eigvals", (a) => linalg.eigvals(a, lenient).real, [2, 1, 0, 0, 2, 1, 0, 0, 2]],
  ])("of %s with onError: \"nan\" are NaN where there is no result, and right beside it", async (_, build, bad) => {
    const gradient = (x: T) => { const y = build(x) as F; return { g: grad(y.mul(y).sum() as never, x as never) as never }; };
    const [{ g: alone }, { g: both }] = await Promise.all([evaluate(gradient, [value(3, 3, regular)]), evaluate(gradient, [{ shape: [2, 3, 3], data: Float64Array.from([...regular, ...bad]) }])]) as never as [Results, Results];
    expect(Array.from(both!.data).slice(0, 9)).toEqual(Array.from(alone!.data));
    const last = Array.from(both!.data).slice(9);
    expect(last.some(Number.isNaN)).toBe(true);
    // The triangle that is not read has the gradient 0.
    expect(last.every((x) => Number.isNaN(x) || x === 0)).toBe(true);
  });

  it("of eigenvalues of a matrix without a basis of eigenvectors: E609", async () => {
    const error = await evaluate((x: T) => ({ g: grad((linalg.eigvals(x).real as F).sum() as never, x as never) as never }), [value(2, 2, [1, 1, 0, 1])]).then(() => "none", (failure: Error) => failure.message);
    expect(error).toMatch(/^E609 eigvals: /);
  });

  // Of f(A) = sum p(w): p'(A), also where values are repeated; of |U V^T - W|^2 at Q of U V^T = Q: that of the polar factor.
  it("of symmetric functions of repeated values", async () => {
    const a = [2, 0, 0, 0, 2, 0, 0, 0, 5];
    const results = await evaluate((x: T) => {
      const { values, vectors } = linalg.eigh(x) as unknown as { values: F; vectors: F };
      const { u, vt } = linalg.svd(x) as unknown as { u: F; vt: F };
      const space = vectors.mul(constant([[1, 1, 0]], { dtype: "f64" }) as never) as unknown as F;
      return {
        cubes: grad(values.pow(3).sum() as never, x as never), nuclear: grad(linalg.matrixNorm(x, { order: "nuc" }) as never, x as never), logs: grad(linalg.slogdet(x).logdet as never, x as never),
        // Onto the space of the repeated value: dP = 3^-1 (P dA Q + Q dA P) with the sign of 2 - 5.
        space: grad(space.dot(space.transpose([1, 0]) as never).mul(weights(9, [3, 3]) as never).sum() as never, x as never),
        polar: jvp(u.dot(vt as never) as never, [x] as never, [weights(9, [3, 3])] as never),
      } as never;
    }, [value(3, 3, a)]);
    const w = (i: number, j: number): number => Math.sin(3 * i + j + 1);
    const s = [2, 2, 5];
    const expectClose = (name: string, expected: (i: number, j: number) => number): void => {
      for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) expect(results[name]!.data[3 * i + j], `${name} ${i} ${j}`).toBeCloseTo(expected(i, j), 13);
    };
    expectClose("cubes", (i, j) => (i === j ? 3 * s[i]! ** 2 : 0));
    expectClose("nuclear", (i, j) => Number(i === j));
    expectClose("logs", (i, j) => (i === j ? 1 / s[i]! : 0));
    // Of the lower triangle, which alone is read.
    expectClose("space", (i, j) => (i === 2 && j < 2 ? (w(i, j) + w(j, i)) / (2 - 5) : 0));
    expectClose("polar", (i, j) => (w(i, j) - w(j, i)) / (s[i]! + s[j]!));
  });

  it.each([2 ** -80, 2 ** 80])("of eigenvectors in f32 go with the scale %d", async (scale) => {
    const gradient = (x: AnyTensor<"f32">) => {
      const { vectorsReal, vectorsImaginary } = linalg.eig(x) as unknown as { vectorsReal: F; vectorsImaginary: F };
      const parts = vectorsReal.mul(vectorsReal).mul(constant([[1, 2, 3], [-1, 0.5, 2], [2, 1, -2]]) as never).add(vectorsImaginary.mul(2) as never);
      return { g: grad(parts.sum() as never, x as never) as never };
    };
    const of = (factor: number) => evaluate(gradient as never, [{ shape: [3, 3], data: Float32Array.from(regular, (entry) => entry * factor) }]);
    const [one, other] = [await of(1), await of(scale)];
    const most = Math.max(...Array.from(one["g"]!.data, Math.abs));
    expect(most).toBeGreaterThan(0.01);
    Array.from(one["g"]!.data).forEach((x, i) => expect(Math.abs(other["g"]!.data[i]! * scale - x) / most).toBeLessThanOrEqual(1e-5));
  });
});
