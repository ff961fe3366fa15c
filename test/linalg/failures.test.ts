// What has no result: an error with the op, the element of the batch and the user's line, or NaN in that element alone.
import { type AnyTensor, build, compile, constant, eye, fn, grad, input, matmul, shared } from "damo";
import * as linalg from "damo/linalg";
import { describe, expect, it, test } from "vitest";
import { errorOf } from "../error-of.ts";

type Square = ReturnType<typeof linalg.inv<AnyTensor<"f64">>>;

const singular = [[1, 2], [2, 4]];
const regular = [[2, 1], [1, 3]];
const indefinite = [[1, 2], [2, 1]];
const holdsNan = [[1, Number.NaN], [2, 4]];

const failing: readonly (readonly [name: string, build: (a: AnyTensor<"f64">, onError: "error" | "nan") => AnyTensor, bad: number[][], message: string])[] = [
  ["cholesky", (a, onError) => linalg.cholesky(a, { onError }), indefinite, "E609 cholesky: the matrix is not positive definite"],
  ["cholesky of NaN", (a, onError) => linalg.cholesky(a, { onError }), [[Number.NaN, 0], [0, 1]], "E609 cholesky: the matrix is not positive definite"],
  ["choleskyUpdate", (a, onError) => linalg.choleskyUpdate(constant([[1, 0], [0, 1]], { dtype: "f64" }), (a as ReturnType<typeof linalg.inv<AnyTensor<"f64">>>).sum(-1), { downdate: true, onError }), regular, "E609 choleskyUpdate: the matrix is not positive definite"],
  ["solve", (a, onError) => linalg.solve(a, constant([[1], [1]], { dtype: "f64" }), { onError }), singular, "E609 solve: the matrix is singular"],
  ["solve, positive", (a, onError) => linalg.solve(a, constant([[1], [1]], { dtype: "f64" }), { assume: "positive", onError }), indefinite, "E609 solve: the matrix is not positive definite"],
  ["inv", (a, onError) => linalg.inv(a, { onError }), singular, "E609 inv: the matrix is singular"],
  ["triangularSolve", (a, onError) => linalg.triangularSolve(a, constant([[1], [1]], { dtype: "f64" }), { onError }), [[1, 0], [1, 0]], "E609 triangularSolve: the matrix is singular"],
  ["eigh", (a, onError) => linalg.eigvalsh(a, { onError }), [[1, 0], [Number.NaN, 1]], "E609 eigvalsh: the matrix holds a NaN or an infinity"],
  ["svd", (a, onError) => linalg.svdvals(a, { onError }), holdsNan, "E609 svdvals: the matrix holds a NaN or an infinity"],
  ["eig", (a, onError) => linalg.eigvals(a, { onError }).real, [[1, Number.POSITIVE_INFINITY], [0, 1]], "E609 eigvals: the matrix holds a NaN or an infinity"],
  ["inv, multiplied", (a, onError) => (linalg.inv(a, { onError }) as Square).dot(constant([[1], [1]], { dtype: "f64" }) as never), singular, "E609 inv: the matrix is singular"],
  ["matrixPower", (a, onError) => linalg.matrixPower(a, -3, { onError }), singular, "E609 matrixPower: the matrix is singular"],
  ["choleskySolve", (a, onError) => linalg.choleskySolve(a, constant([[1], [1]], { dtype: "f64" }), { onError }), [[1, 0], [1, 0]], "E609 choleskySolve: the matrix is singular"],
  ["lstsq by QR", (a, onError) => linalg.lstsq(a, constant([[1], [1]], { dtype: "f64" }), { method: "qr", onError }), [[1, 0], [0, 0]], "E609 lstsq: the matrix is singular"],
  ["lstsq", (a, onError) => linalg.lstsq(a, constant([[1], [1]], { dtype: "f64" }), { onError }), holdsNan, "E609 lstsq: the matrix holds a NaN or an infinity"],
  ["pinv", (a, onError) => linalg.pinv(a, { onError }), holdsNan, "E609 pinv: the matrix holds a NaN or an infinity"],
  ["logdet", (a, onError) => linalg.logdet(a, { onError }), indefinite, "E609 logdet: the matrix is not positive definite"],
  ["matrixNorm", (a, onError) => linalg.matrixNorm(a, { order: "nuc", onError }), holdsNan, "E609 matrixNorm: the matrix holds a NaN or an infinity"],
  ["cond", (a, onError) => linalg.cond(a, { onError }), holdsNan, "E609 cond: the matrix holds a NaN or an infinity"],
  ["expm", (a, onError) => linalg.expm(a, { onError }), holdsNan, "E609 expm: the matrix holds a NaN or an infinity"],
];

describe.each(["wasm", "reference"] as const)("%s", (target) => {
  it.each(failing)("%s", async (name, build, bad, message) => {
    const a = input("a", ["n", 2, 2], { dtype: "f64" });
    // Of a downdate, the vector is what fails: rows of the good matrix must be short.
    const good = name === "choleskyUpdate" ? [[0.1, 0.2], [0.3, 0.1]] : regular;
    const strict = await compile(fn({ inputs: { a }, outputs: { y: build(a, "error") } }), { target });
    const error = errorOf(() => strict({ a: [good, good, bad, bad] }));
    expect(error.message).toBe(`${message} (element 2 of the batch), ${error.where}`);
    expect(error.where).toMatch(/^failures\.test\.ts:\d+$/);
    const lenient = await compile(fn({ inputs: { a }, outputs: { y: build(a, "nan") } }), { target });
    const { data } = lenient({ a: [good, bad, good] }).y!;
    const third = data.length / 3;
    expect([...data].map((value) => Number.isNaN(value))).toEqual([...data].map((_, at) => at >= third && at < 2 * third));
  });
});

test.each<readonly [string, (a: AnyTensor<"f64">) => AnyTensor]>([
  ["slogdet", (a) => linalg.slogdet(a).logdet], ["lu", (a) => linalg.lu(a).u], ["luFactor", (a) => linalg.luFactor(a).lu], ["qr", (a) => linalg.qr(a).r],
])("a derivative of %s that does not exist bears its name and line", async (name, build) => {
  const a = input("a", [2, 2, 2], { dtype: "f64" });
  for (const target of ["wasm", "reference"] as const) {
    const f = await compile(fn({ inputs: { a }, outputs: { g: grad((build(a) as Square).sum() as never, a) } }), { target });
    expect(errorOf(() => f({ a: [regular, [[1, 0], [0, 0]]] })).message, target).toMatch(new RegExp(`^E609 ${name}: the matrix is singular \\(element 1 of the batch\\), failures\\.test\\.ts:\\d+$`));
  }
});

test("a solution that is computed by a Cholesky factor, because the matrix is positive definite by the way it is made, is still one", async () => {
  const a = input("a", [2, 2, 2], { dtype: "f64" });
  // The digits do not hold 1e-30.
  const known = matmul(a, a.transpose([0, 2, 1])).add(eye(2, 2, { dtype: "f64" }).mul(1e-30));
  const f = await compile(fn({ inputs: { a }, outputs: { y: linalg.solve(known, constant([[1], [1]], { dtype: "f64" })) } }));
  expect(errorOf(() => f({ a: [regular, [[1, 0], [1, 0]]] })).message).toMatch(/^E609 solve: the matrix is not positive definite \(element 1 of the batch\), failures\.test\.ts:\d+$/);
});

describe("state", () => {
  it("is what it was after a failure in the gradient", async () => {
    const w = shared("w", constant(regular, { dtype: "f64" }));
    const s = input("s", [], { dtype: "f64" });
    const step = await compile(fn({ inputs: { s }, outputs: {}, updates: [[w, w.sub(grad(linalg.logdet(w.mul(s)), w))]] }));
    const before = step.state["w"]!.get().toArray();
    expect(errorOf(() => step({ s: -1 })).code).toBe("E609");
    expect(step.state["w"]!.get().toArray()).toEqual(before);
    step({ s: 2 });
    expect(step.state["w"]!.get().toArray()).not.toEqual(before);
  });
});

describe("mistakes", () => {
  const a = input("a", [2, 3]);
  const s = input("s", [3, 3]);
  const cases: readonly (readonly [string, () => unknown, string])[] = [
    ["no square", () => linalg.inv(a), "E203 inv: the matrix a f32[2,3] is not square"],
    ["no matrix", () => linalg.svd(input("v", [3])), "E203 svd: v [3] has fewer than two axes"],
    ["integers", () => linalg.cholesky(input("i", [3, 3], { dtype: "i32" }) as never), "E202 cholesky: i i32[3,3] must be f32 or f64"],
    ["rows that do not meet", () => linalg.solve(s, input("b", [4, 1]) as never), "E203 solve: the matrix s f32[3,3] and the right side b f32[4,1] do not have equally many rows"],
    ["an option", () => linalg.solve(s, input("b", [3]), { assume: "banded" as never }), "E205 solve: assume is banded; it is \"general\" or \"positive\""],
    ["onError", () => linalg.eigh(s, { onError: "zero" as never }), "E205 eigh: onError is zero; it is \"error\" or \"nan\""],
    ["a power", () => linalg.matrixPower(s, 0.5), "E205 matrixPower: the power 0.5 is not an integer"],
    ["an order", () => linalg.matrixNorm(s, { order: 3 as never }), "E205 matrixNorm: the order 3 is not known"],
    ["cross", () => linalg.cross(input("x", [2]), input("y", [2])), "E203 cross: the last axis of x f32[2] does not have the size 3"],
  ];
  it.each(cases)("%s", (_, run, message) => expect(errorOf(run).message).toContain(message));
  it("a gradient through what has none", async () => {
    const sum = (x: AnyTensor): AnyTensor<"f32", []> => (x as typeof s).sum();
    const named = input("named", ["m", "n"]);
    const { q } = linalg.qr(named, { full: true });
    const message = await compile(fn({ inputs: { named }, outputs: { g: grad(sum(q), named) } })).then(() => "none", (error: Error) => error.message);
    expect(message).toContain("E304 qr: whether the full factor has columns of its own is not known");
  });
  it("a target that lacks the routine of a function", async () => {
    const refused = (y: AnyTensor) => build(fn({ inputs: { s }, outputs: { y } }), { target: "wgsl" }).then(() => "none", (error: Error) => error.message);
    expect(await refused(linalg.inv(s))).toMatch(/^E214 inv: WebGPU does not have (lu|triangular_solve); compile for WebAssembly, failures\.test\.ts:\d+$/);
    expect(await refused(linalg.cholesky(s))).toMatch(/^E214 cholesky: WebGPU does not have it; compile for WebAssembly, failures\.test\.ts:\d+$/);
  });
});
