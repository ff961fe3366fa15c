// Sparse matrices as values: gradients, inputs of functions, loops and batches, dense matrices made sparse, and what is refused.
import { type AnyTensor, compile, constant, fn, grad, input, matrix, ones, type Tensor, zeros } from "damo";
import { fori } from "damo/loops";
import * as sparse from "damo/sparse";
import { checkGradient } from "damo/testing";
import { vmap } from "damo/transform";
import { describe, expect, test } from "vitest";

type F64 = Tensor<"f64">;
/** [[0, 2, 0, 0], [1, 0, 0, 3], [0, 0, 0, 0]], with [1, 3] stored twice as 1 + 2. */
const places = { indices: [1, 3, 0, 3], indptr: [0, 1, 4, 4] };
const stored = [2, 1, 1, 2];
const shape = [3, 4] as const;
const weights = (size: readonly number[]): F64 => {
  const count = size.reduce((product, dim) => product * dim, 1);
  return constant({ data: Float64Array.from({ length: count }, (_, i) => Math.sin(i + 1)), shape: size as number[] }) as unknown as F64;
};
const matrixOf = (values: F64) => sparse.withValues(sparse.csr({ values: stored, ...places }, shape), values);
const weighted = (x: F64): F64 => x.mul(weights(x.shape as number[]) as never).sum() as F64;

describe("gradients by values and dense operands", () => {
  const b = [[1, 2], [0.5, -1], [3, 0], [-2, 1]];
  test.each<readonly [string, (values: F64, x: F64) => F64, unknown]>([
    ["matmul", (values, x) => sparse.matmul(matrixOf(values), x) as F64, b],
    ["matmul with a vector", (values, x) => sparse.matmul(matrixOf(values), x) as F64, [1, 2, -1, 0.5]],
    ["matmul by coordinates with a vector", (values, x) => sparse.matmul(sparse.toCoo(matrixOf(values)), x) as F64, [1, 2, -1, 0.5]],
    ["matmul of its transpose with a vector", (values, x) => sparse.matmul(sparse.transpose(sparse.toCoo(matrixOf(values))), x) as F64, [1, -1, 0.5]],
    ["matmul by coordinates with vectors of a batch", (values, x) => vmap((row: F64) => sparse.matmul(sparse.toCoo(matrixOf(values)), row as never) as never, x as never) as unknown as F64, [[1, 2, -1, 0.5], [0, 3, 1, -2]]],
    ["matmul by coordinates, values of a batch", (values, x) => vmap((row: F64) => sparse.matmul(sparse.toCoo(matrixOf(row)), values as never) as never, x as never) as unknown as F64, [[1, 2, -1, 0.5], [0, 3, 1, -2]]],
    ["matmul from the left", (values, x) => sparse.matmul(x, matrixOf(values)) as F64, [[1, 2, 0.5], [-1, 3, 2]]],
    ["matmul of the transpose", (values, x) => sparse.matmul(sparse.transpose(matrixOf(values)), x) as F64, [[1, 2], [0.5, -1], [3, 0]]],
    ["matmul with a sparse matrix", (values, x) => sparse.matmul(matrixOf(values), sparse.transpose(matrixOf(x))) as F64, [1, -1, 0.5, 3]],
    ["multiply", (values, x) => sparse.multiply(matrixOf(values), x).values as F64, [[1, 2, 3, 4], [5, 6, 7, 8], [9, 1, 2, 3]]],
    ["multiply by a row", (values, x) => sparse.multiply(matrixOf(values), x).values as F64, [1, 2, 3, 4]],
    ["divide by a column", (values, x) => sparse.divide(matrixOf(values), x).values as F64, [[1], [2], [3]]],
    ["add", (values, x) => sparse.add(matrixOf(values), x) as F64, [[1, 2, 3, 4], [5, 6, 7, 8], [9, 1, 2, 3]]],
    ["toCsr", (values, x) => sparse.toCsr(sparse.transpose(sparse.multiply(matrixOf(values), x))).values as F64, [2]],
    ["column sums", (values, x) => sparse.sum(matrixOf(values.mul(x as never) as F64), 0) as F64, [1, 2, 3, 4]],
  ])("%s", (_, f, x) => checkGradient((values, given) => weighted(f(values, given.shape.length === 1 && given.shape[0] === 1 ? given.sum() as F64 : given)), [stored, x as number[]]));
  test("sampledMatmul", () => checkGradient((x, y) => weighted(sparse.sampledMatmul(matrixOf(weights([4])), x, y).values as F64), [[[1, 2], [3, 4], [5, 6]], [[1, -1, 2, 0], [0.5, 2, 1, 3]]]));
});

test("a matrix is passed to a function by its parts", async () => {
  const a = sparse.csrInput("a", ["rows", "columns"]);
  const x = input("x", ["columns"]);
  const f = await compile(fn({ inputs: { ...a.inputs, x }, sizes: ["rows"], outputs: { y: sparse.matmul(a, x), slope: grad(sparse.matmul(a, x).sum(), a.values) } }));
  const got = f({ a_values: [2, 1, 1, 2], a_indices: places.indices, a_indptr: places.indptr, x: [1, 2, 3, 4], rows: 3 });
  expect([...got.y.data]).toEqual([4, 13, 0]);
  expect([...got.slope.data]).toEqual([2, 4, 1, 4]);
  expect(() => f({ a_values: [1], a_indices: [9], a_indptr: [0, 1], x: [1], rows: 1 })).toThrow(/^E601 matmul: index 9 /);
});

describe.each([{ target: "wasm" }, { target: "wasm", mode: "debug" }, { target: "wasm", threads: 2 }, { target: "reference" }] as const)("%o", (options) => {
  const a = sparse.csrInput("a", [4, "columns"], { dtype: "f64" });
  const x = input("x", ["columns"], { dtype: "f64" });
  const given = { a_values: [2, 1, 1, 2], a_indices: places.indices, x: [1, 2, 3, 4] };

  test("row borders that fall or lead outside fail the call, and name the product and its line", async () => {
    const f = await compile(fn({ inputs: { ...a.inputs, x }, outputs: { y: sparse.matmul(a, x) } }), options);
    expect([...f({ ...given, a_indptr: [0, 1, 4, 4, 4] }).y.data]).toEqual([4, 13, 0, 0]);
    for (const borders of [[0, 2, 1, 4, 4], [0, 1, 2, 5, 4], [0, 1, 2, 3, 5], [-1, 1, 2, 3, 4]]) {
      expect(() => f({ ...given, a_indptr: borders })).toThrow(/^E609 matmul: the row borders do not rise, or leave what is stored, .*sparse\.test\.ts:\d+/);
    }
    expect([...f({ ...given, a_indptr: [0, 0, 0, 0, 4] }).y.data]).toEqual([0, 0, 0, 17]);
  });

  test("so do all functions that look for rows, which name themselves, and the element of a batch", async () => {
    const all: { readonly [name: string]: AnyTensor } = {
      toDense: sparse.toDense(a), toCoo: (sparse.toCoo(a).parts as sparse.CooParts).rows, sum: sparse.sum(a, 1), add: sparse.add(a, zeros([4, 4], { dtype: "f64" })),
      multiply: sparse.multiply(a, ones([4, 4], { dtype: "f64" })).values, transpose: sparse.toDense(sparse.transpose(a)),
    };
    for (const [name, y] of Object.entries(all)) {
      const f = await compile(fn({ inputs: { ...a.inputs, x }, outputs: { y }, onUnusedInput: "ignore" }), options);
      expect(() => f({ ...given, a_indptr: [0, 2, 1, 4, 4] }), name).toThrow(new RegExp(`^E609 ${name}: the row borders do not rise, or leave what is stored, .*sparse\\.test\\.ts:\\d+`));
    }
    const borders = input("borders", [2, 3], { dtype: "i32" });
    const values = input("values", [2], { dtype: "f64" });
    const indices = constant([0, 1], { dtype: "i32" });
    const f = await compile(fn({ inputs: { borders, values }, outputs: { y: vmap((indptr: AnyTensor<"i32">) => sparse.matmul(sparse.csr({ values, indices, indptr }, [2, 2]), constant([1, 10], { dtype: "f64" })) as Tensor<"f64">, borders) as Tensor<"f64"> } }), options);
    expect([...f({ borders: [[0, 1, 2], [0, 0, 2]], values: [1, 2] }).y.data]).toEqual([1, 20, 0, 21]);
    expect(() => f({ borders: [[0, 1, 2], [0, 3, 2]], values: [1, 2] })).toThrow(/^E609 matmul: .* \(element 1 of the batch\), /);
  });

  test("products from either side and their gradients, where columns may count from the end", async () => {
    const w = input("w", [4], { dtype: "f64" });
    const y = sparse.matmul(a, x);
    const left = sparse.matmul(w, a);
    const cost = y.mul(w as never).sum();
    const f = await compile(fn({ inputs: { ...a.inputs, x, w }, outputs: { left, dx: grad(cost, x), dValues: grad(cost, a.values), sampled: sparse.sampledMatmul(a, w.reshape([4, 1]), x.reshape([1, -1]) as never).values } as never }) as never, options) as unknown as (inputs: object) => { readonly [name: string]: { readonly data: ArrayLike<number> } };
    for (const indices of [places.indices, [1, -1, -4, 3]]) {
      const got = f({ ...given, a_indices: indices, a_indptr: [0, 1, 4, 4, 4], w: [1, 10, 100, 1000] });
      expect(Array.from(got["left"]!.data)).toEqual([10, 2, 0, 30]);
      expect(Array.from(got["dx"]!.data)).toEqual([10, 2, 0, 30]);
      expect(Array.from(got["dValues"]!.data)).toEqual([2, 40, 10, 40]);
      expect(Array.from(got["sampled"]!.data)).toEqual([2, 40, 10, 40]);
    }
  });
});

test("dense operands without columns: nothing is written", async () => {
  const a = sparse.csrInput("a", [4, 4], { stored: 4 });
  const empty = input("empty", [4, "none"]);
  const outputs = { product: sparse.matmul(a, empty), back: sparse.matmul(sparse.transpose(a), empty), sampled: sparse.sampledMatmul(a, empty, empty.transpose() as never).values };
  // It finds what is written behind a tensor.
  const f = await compile(fn({ inputs: { ...a.inputs, empty }, outputs } as never) as never, { mode: "debug" }) as unknown as (inputs: object) => { readonly [name: string]: { readonly data: ArrayLike<number> } };
  const got = f({ a_values: [2, 1, 1, 2], a_indices: places.indices, a_indptr: [0, 1, 4, 4, 4], empty: { data: new Float32Array(0), shape: [4, 0] } });
  expect(["product", "back", "sampled"].map((name) => Array.from(got[name]!.data))).toEqual([[], [], [0, 0, 0, 0]]);
});

test("loops carry its parts", async () => {
  const a = sparse.coo({ values: new Float64Array([0.5, 2]), rows: [0, 1], columns: [1, 0] } as never, [2, 2]);
  const x = constant([1, 3], { dtype: "f64" });
  // a^4 x: a^2 is the identity.
  const last = fori(0, 4, (_, state: { parts: typeof a.parts; x: Tensor<"f64", [2]> }) => ({ ...state, x: sparse.matmul(sparse.coo(state.parts as never, [2, 2]), state.x as never) }) as never, { parts: a.parts, x } as never) as unknown as { x: F64 };
  const f = await compile(fn({ inputs: {}, outputs: last.x }));
  expect([...f({}).data]).toEqual([1, 3]);
});

test.each(["csr", "coo"])("a batch of dense operands, %s", async (format) => {
  const rows = sparse.csr({ values: stored, ...places }, shape);
  const a = format === "csr" ? rows : sparse.toCoo(rows);
  const xs = matrix("xs", [2, 4]);
  const f = await compile(fn({ inputs: { xs }, outputs: vmap((x) => sparse.matmul(a, x as never), xs) as unknown as Tensor }));
  expect(f({ xs: [[1, 2, 3, 4], [0, 1, 0, 0]] }).toArray()).toEqual([[4, 13, 0], [2, 0, 0]]);
});

describe("fromDense", () => {
  const x = matrix("x", [2, 3]);
  const a = sparse.fromDense(x, { stored: 3 });
  const compiled = compile(fn({ inputs: { x }, outputs: { dense: sparse.toDense(a), ...a.parts } } as never) as never) as unknown as Promise<(inputs: object) => { readonly [name: string]: { toArray(): unknown } }>;
  test("stores what is not 0, in row-major order, and zeros in unused room", async () => {
    const got = (await compiled)({ x: [[0, 5, 0], [7, 0, 0]] });
    expect(got["dense"]!.toArray()).toEqual([[0, 5, 0], [7, 0, 0]]);
    expect(got["values"]!.toArray()).toEqual([5, 7, 0]);
    expect(got["rows"]!.toArray()).toEqual([0, 1, 0]);
    expect(got["columns"]!.toArray()).toEqual([1, 0, 0]);
  });
  test("fails where there is not enough room", async () => {
    const f = await compiled;
    expect(() => f({ x: [[1, 2, 3], [4, 0, 0]] })).toThrow(/^E607 .*more elements that are not 0/);
  });
  test("passes gradients to what is stored", () => checkGradient((y) => weighted(sparse.toDense(sparse.fromDense(y, { stored: 4 })) as F64), [[[1, 2], [3, 4]]]));
});

test("dense matrices need room that is stated", () => {
  expect(() => sparse.fromDense(input("x", [2, 2]), undefined as never)).toThrow("E102 fromDense: undefined is not a size");
});

describe("bad matrices are refused", () => {
  test.each<readonly [RegExp, () => unknown]>([
    [/^E208 csr: indices\[1\] is 4, the size is 4/, () => sparse.csr({ values: [1, 2], indices: [0, 4], indptr: [0, 1, 1, 2] }, shape)],
    [/^E208 coo: rows\[0\] is -1/, () => sparse.coo({ values: [1], rows: [-1], columns: [0] }, shape)],
    [/^E208 coo: columns\[0\] is 0.5/, () => sparse.coo({ values: [1], rows: [0], columns: [0.5] }, shape)],
    [/^E205 csr: indptr\[2\] is 0/, () => sparse.csr({ values: [1], indices: [0], indptr: [0, 1, 0, 1] }, shape)],
    [/^E205 csr: indptr\[3\] is 2/, () => sparse.csr({ values: [1], indices: [0], indptr: [0, 1, 1, 2] }, shape)],
    [/^E203 csr: indptr has 2 elements, it needs 4/, () => sparse.csr({ values: [1], indices: [0], indptr: [0, 1] }, shape)],
    [/^E203 coo: rows has 2 elements, it needs 1/, () => sparse.coo({ values: [1], rows: [0, 0], columns: [0] }, shape)],
    [/^E209 csr: indptr is missing/, () => sparse.csr({ values: [1], indices: [0] } as never, shape)],
    [/^E102 coo: the shape \[3\]/, () => sparse.coo({ values: [1], rows: [0], columns: [0] }, [3] as never)],
    [/^E202 csr: .*f32\[2\] must be i32, as indptr/, () => sparse.csr({ values: constant([1]), indices: constant([0], { dtype: "i32" }), indptr: constant([0, 1]) } as never, [1, 1])],
    [/^E203 matmul: f32\[3\] does not fit the sparse matrix \[3,4\]/, () => sparse.matmul(sparse.csr({ values: stored, ...places }, shape), constant([1, 2, 3]))],
    [/^E203 sampledMatmul: /, () => sparse.sampledMatmul(sparse.csr({ values: stored, ...places }, shape), constant([[1], [2], [3]]), constant([[1, 2]]))],
    [/^E205 toCsr: the number of rows/, () => sparse.toCsr(sparse.cooInput("a", ["rows", 3]))],
    [/^E209 toDense: the operand is not a sparse matrix/, () => sparse.toDense(constant([1]) as never)],
  ])("%s", (message, build) => expect(build).toThrow(message));
});
