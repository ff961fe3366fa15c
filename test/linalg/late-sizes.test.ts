// Sizes that only the call knows: values and derivatives are those of sizes that the graph has.
import { type AnyTensor, compile, constant, fn, grad, input, jvp } from "damo";
import * as linalg from "damo/linalg";
import { describe, expect, it, test } from "vitest";
import { randomMatrix } from "./random-matrix.ts";

type F = AnyTensor<"f64", [number, number]>;
type Sum = AnyTensor<"f64", []> & { square(): { sum(): Sum }; sum(): Sum; add(other: unknown): Sum };

/** A scalar of all that a function gives, in which no part is constant. */
const weigh = (...parts: readonly unknown[]): AnyTensor => parts.map((part) => (part as Sum).add(0.3).square().sum()).reduce((sum, part) => sum.add(part));
const square: { readonly [name: string]: (a: F, b: F) => AnyTensor } = {
  cholesky: (a) => weigh(linalg.cholesky(a)), inv: (a) => weigh(linalg.inv(a)), det: (a) => weigh(linalg.det(a)), slogdet: (a) => weigh(linalg.slogdet(a).logdet), logdet: (a) => weigh(linalg.logdet(a)),
  solve: (a, b) => weigh(linalg.solve(a, b)), eigh: (a) => weigh(...Object.values(linalg.eigh(a))), eig: (a) => weigh(linalg.eig(a).real), expm: (a) => weigh(linalg.expm(a)), matrixPower: (a) => weigh(linalg.matrixPower(a, 3)),
  cond: (a) => weigh(linalg.cond(a)),
};
const any: typeof square = {
  lu: (a) => weigh(linalg.lu(a).l, linalg.lu(a).u), qr: (a) => weigh(...Object.values(linalg.qr(a))), svd: (a) => weigh(linalg.svd(a).s), svdvals: (a) => weigh(linalg.svdvals(a)), pinv: (a) => weigh(linalg.pinv(a)),
  lstsq: (a, b) => weigh(linalg.lstsq(a, b)), "norms": (a) => weigh(linalg.matrixNorm(a), linalg.matrixNorm(a, { order: "nuc" }), linalg.matrixNorm(a, { order: 1 })),
  kron: (a, b) => weigh(linalg.kron(a, b)), blockDiag: (a, b) => weigh(linalg.blockDiag(a, b)), trace: (a) => weigh(linalg.trace(a, 1)),
};

async function run(build: (a: F, b: F) => AnyTensor, shapes: readonly [readonly (number | string)[], readonly (number | string)[]], [a, b]: readonly [object, object]): Promise<readonly (readonly number[])[]> {
  const [x, y] = shapes.map((shape, i) => input(`x${i}`, [...shape], { dtype: "f64" })) as unknown as [F, F];
  const value = build(x, y);
  const outputs = { value, gradient: grad(value as never, x as never), tangent: jvp(value as never, [x] as never, [x] as never) as AnyTensor };
  const f = await compile(fn({ inputs: { x0: x, x1: y }, outputs, onUnusedInput: "ignore" } as never)) as unknown as (inputs: object) => { readonly [name: string]: { readonly data: ArrayLike<number> } };
  return Object.values(f({ x0: a, x1: b })).map(({ data }) => Array.from(data));
}

describe.each([["square", square, [[4, 4]]], ["any", any, [[4, 4], [5, 3], [2, 5], [1, 4], [4, 1]]]] as const)("%s matrices", (_, functions, sizes) => {
  test.each(Object.entries(functions))("%s", async (name, build) => {
    for (const [m, n] of sizes) {
      const values = [randomMatrix({ shape: [m, n], kind: m === n ? "positive" : "general" }, 3), randomMatrix({ shape: [m, 2], kind: "general" }, 4)] as const;
      const late = await run(build, [["m", m === n && functions === square ? "m" : "n"], ["m", 2]], values);
      const known = await run(build, [[m, n], [m, 2]], values);
      known.flat().forEach((value, i) => expect(Math.abs(late.flat()[i]! - value), `${name} ${m} x ${n}`).toBeLessThanOrEqual(1e-11 * Math.max(1, ...known.flat().map(Math.abs))));
    }
  });
});

it("a line through as many points as there are, by QR", async () => {
  const [a, b] = [input("a", ["n", 2], { dtype: "f64" }), input("b", ["n"], { dtype: "f64" })];
  const fit = linalg.lstsq(a, b, { method: "qr" });
  const f = await compile(fn({ inputs: { a, b }, outputs: { fit, slope: grad(fit.at(1) as never, b as never) } as { readonly fit: typeof fit; readonly slope: typeof b } }));
  const { fit: line, slope } = f({ a: [[1, 0], [1, 1], [1, 2]], b: [1, 3, 5] });
  [1, 2].forEach((value, i) => expect(line.data[i]).toBeCloseTo(value, 14));
  [-0.5, 0, 0.5].forEach((value, i) => expect(slope.data[i]).toBeCloseTo(value, 14));
  expect(() => f({ a: [[1, 0]], b: [1] })).toThrow("E604");
  expect(() => linalg.lstsq(input("c", [2, 3]), input("d", [2]), { method: "qr" })).toThrow("E203 lstsq: the matrix c f32[2,3] has fewer rows than columns");
});

it("vector products of lines that turn out to have three elements", async () => {
  const p = input("p", ["n", "k"]);
  const f = await compile(fn({ inputs: { p }, outputs: { y: linalg.cross(p, constant([0, 0, 1])) } }));
  expect(f({ p: [[1, 2, 3]] }).y.toArray()).toEqual([[2, -1, 0]]);
  expect(() => f({ p: [[1, 2]] })).toThrow("E604");
});
