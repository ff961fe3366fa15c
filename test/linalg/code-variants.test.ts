// Factorizations and triangular systems call the tile of the module's code. Wide code gives the bits of strict code; relaxed code, which rounds a
// product and its difference once, keeps to the residuals. Sizes around a tile, a packed triangle and a panel's depth.

import { setFlagsFromString } from "node:v8";
import { describe, expect, it } from "vitest";
import type { CodeVariant } from "../../codegen/wasm/index.ts";
import { createBuilder } from "../../ir/build.ts";
import type { TensorData } from "../../ir/data.ts";
import "../../ir/routines/linalg/index.ts";
import { namedSize } from "../../ir/size.ts";
import { runOnWasm } from "../../src/testing/run-graph.ts";

// Node 20 has relaxed SIMD behind a flag; newer ones do not know the flag and need none.
if (process.versions.node.startsWith("20.")) setFlagsFromString("--experimental-wasm-relaxed-simd");

const wide: CodeVariant = { relaxed: false, wide: true };
const relaxed: readonly CodeVariant[] = [{ relaxed: true, wide: false }, { relaxed: true, wide: true }];
const sizes = [1, 5, 6, 7, 17, 40, 97, 161];
const epsilon = { f32: 2 ** -23, f64: 2 ** -52 };

type DTypeOf = "f32" | "f64";

/** Symmetric, with a diagonal that outweighs its rows, so that every factorization is stable. */
function dominant(dtype: DTypeOf, n: number): TensorData {
  const data = dtype === "f32" ? new Float32Array(n * n) : new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) data[i * n + j] = data[j * n + i] = i === j ? n : Math.sin(i * 7 + j * 13 + 1);
  return { dtype, shape: [n, n], data } as TensorData;
}

/** L of Cholesky; L U and the permutation; Q and R; L^-1 A and L^-T A, with L the lower triangle of A. */
function factorize(dtype: DTypeOf, n: number, code?: CodeVariant): readonly TensorData[] {
  const b = createBuilder();
  const a = b.parameter(0, "a", { dtype, shape: [namedSize("n"), namedSize("n")] });
  const part = (name: string, attributes: object, count: number) => {
    const node = b.make(name, name === "triangular_solve" ? [a, a] : [a], attributes as never);
    return count === 1 ? [node] : Array.from({ length: count }, (_, i) => b.make("result", [node], { index: i }));
  };
  const solve = (transposed: boolean) => part("triangular_solve", { upper: false, transposed, unit: false, on_error: "nan" }, 1);
  const results = [...part("cholesky", { on_error: "nan" }, 1), ...part("lu", { on_singular: "error" }, 3), ...part("qr", { full: false, on_singular: "error" }, 2), ...solve(false), ...solve(true)];
  return runOnWasm({ name: "f", parameters: [a], results }, [dominant(dtype, n)], new Map([["n", n]]), code === undefined ? {} : { code });
}

const bytesOf = ({ buffer, byteOffset, byteLength }: TensorData["data"]): Uint8Array => new Uint8Array(buffer, byteOffset, byteLength);

/** The Frobenius norm of x y - a, x and y [n,n] by element. */
function residual(n: number, x: (i: number, k: number) => number, y: (k: number, j: number) => number, a: (i: number, j: number) => number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) {
    let error = -a(i, j);
    for (let k = 0; k < n; k++) error += x(i, k) * y(k, j);
    sum += error * error;
  }
  return Math.sqrt(sum);
}

describe.each(["f32", "f64"] as const)("%s", (dtype) => {
  it.each([...sizes, 300, 512])("%i rows: wide code gives the same bits", (n) => {
    const [strict, joined] = [factorize(dtype, n), factorize(dtype, n, wide)];
    for (const [i, { data }] of strict.entries()) expect(Buffer.compare(bytesOf(joined[i]!.data), bytesOf(data)), `result ${i}`).toBe(0);
  });

  it.each(sizes.flatMap((n) => relaxed.map((code) => [n, code.wide ? "relaxed wide" : "relaxed", code] as const)))("%i rows: %s code keeps to the residuals", (n, _name, code) => {
    const a = dominant(dtype, n).data as Float64Array;
    const [cholesky, lu, , permutation, q, r, below, transposed] = factorize(dtype, n, code).map(({ data }) => data as Float64Array) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
    const at = (x: Float64Array) => (i: number, j: number): number => x[i * n + j]!;
    const lower = (x: Float64Array, unit: boolean) => (i: number, j: number): number => (i > j ? x[i * n + j]! : i === j ? (unit ? 1 : x[i * n + j]!) : 0);
    const upper = (x: Float64Array) => (i: number, j: number): number => (i <= j ? x[i * n + j]! : 0);
    const turned = (x: (i: number, j: number) => number) => (i: number, j: number): number => x(j, i);
    const norm = Math.sqrt(a.reduce((sum, value) => sum + value * value, 0));
    const within = (what: string, error: number, size = norm): void => expect(error, what).toBeLessThanOrEqual(10 * n * epsilon[dtype] * size);
    within("L L^T", residual(n, at(cholesky), turned(at(cholesky)), at(a)));
    within("L U", residual(n, lower(lu, true), upper(lu), (i, j) => a[permutation[i]! * n + j]!));
    within("Q R", residual(n, at(q), at(r), at(a)));
    within("Q^T Q", residual(n, turned(at(q)), at(q), (i, j) => Number(i === j)), 1);
    within("L X", residual(n, lower(a, false), at(below), at(a)));
    within("L^T X", residual(n, turned(lower(a, false)), at(transposed), at(a)));
  });
});
