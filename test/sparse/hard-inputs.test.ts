// Sparse matrices that are hard in one way or another: without elements, rows or columns, of one column, with elements in no order or many in one place, with numbers
// that are none. What is not stored takes no part: 0 times infinity does not arise there. Held against sums in stored order.
import { compile, constant, fn, grad, input, type Tensor } from "damo";
import * as sparse from "damo/sparse";
import { describe, expect, it, test } from "vitest";
import { codeOf } from "../error-of.ts";

type DType = "f32" | "f64" | "i32";
type Numbers = Float32Array | Float64Array | Int32Array;
const arrays = { f32: Float32Array, f64: Float64Array, i32: Int32Array } as const;
type Model = (inputs: { readonly [name: string]: unknown }) => { readonly [name: string]: { readonly data: ArrayLike<number>; readonly shape: readonly number[] } };

interface Matrix {
  readonly shape: readonly [rows: number, columns: number];
  /** [row, column, value]. */
  readonly elements: readonly (readonly [number, number, number])[];
}
const matrices: { readonly [name: string]: Matrix } = {
  "nothing at all": { shape: [0, 0], elements: [] },
  "no rows": { shape: [0, 4], elements: [] },
  "no columns": { shape: [3, 0], elements: [] },
  "nothing stored": { shape: [3, 4], elements: [] },
  "one element": { shape: [1, 1], elements: [[0, 0, 3]] },
  "one column": { shape: [6, 1], elements: [[1, 0, 2], [4, 0, -3], [5, 0, 1]] },
  "one row": { shape: [1, 6], elements: [[0, 5, 2], [0, 0, -3], [0, 3, 1]] },
  "empty rows at either end": { shape: [5, 3], elements: [[2, 2, 4], [2, 0, 5], [2, 1, 6]] },
  "in no order": { shape: [4, 3], elements: [[3, 0, 1], [0, 2, 2], [3, 2, 3], [1, 1, 4], [0, 0, 5], [3, 0, 6], [1, 1, -4]] },
  "all in one place": { shape: [3, 3], elements: Array.from({ length: 70 }, (_, i) => [1, 2, i - 30] as const) },
  "explicit zeros": { shape: [2, 2], elements: [[0, 0, 0], [1, 1, -0], [0, 1, 1]] },
  "long and short rows": { shape: [4, 40], elements: [...Array.from({ length: 67 }, (_, i) => [1, (i * 7) % 40, (i % 9) - 4] as const), [2, 39, 1], [3, 0, 2]] },
};

const sorted = ({ elements }: Matrix) => elements.toSorted(([a], [b]) => a - b);
const bordersOf = ({ shape: [rows], elements }: Matrix) => Array.from({ length: rows + 1 }, (_, i) => elements.filter(([row]) => row < i).length);

describe.each([{ target: "wasm" }, { target: "wasm", mode: "debug" }, { target: "reference" }] as const)("%o", (options) => {
  describe.each(Object.entries(matrices))("%s", (_, matrix) => {
    const [rows, columns] = matrix.shape;
    it.each((["csr", "coo", "transposed"] as const).flatMap((format) => (["f32", "f64", "i32"] as const).map((dtype) => [format, dtype] as const)))("%s, %s", async (format, dtype: DType) => {
      const of = (values: readonly number[]): Numbers => arrays[dtype].from(values);
      const elements = format === "csr" ? sorted(matrix) : matrix.elements;
      const size = format === "transposed" ? [columns, rows] as const : matrix.shape;
      const own = format === "csr" ? sparse.csrInput("a", size, { dtype }) : sparse.cooInput("a", size, { dtype });
      const a = format === "transposed" ? sparse.transpose(own) : own;
      const width = 3;
      const [x, b, c, y] = [input("x", [columns], { dtype }), input("b", [columns, width], { dtype }), input("c", [width, rows], { dtype }), input("y", [rows], { dtype })];
      const outputs = {
        vector: sparse.matmul(a, x), product: sparse.matmul(a, b), left: sparse.matmul(c, a), row: sparse.matmul(y, a), dense: sparse.toDense(a), rowSums: sparse.sum(a, 1), columnSums: sparse.sum(a, 0), all: sparse.sum(a),
        sampled: sparse.sampledMatmul(a, c.transpose() as never, b.transpose() as never).values, compressed: sparse.toDense(sparse.toCsr(sparse.toCoo(a))), again: sparse.matmul(sparse.toCsr(sparse.toCoo(a)), b),
      };
      const f = await compile(fn({ inputs: { ...own.inputs, x, b, c, y }, outputs } as never) as never, options) as unknown as Model;
      const [xs, bs, cs, ys] = [columns, columns * width, rows * width, rows].map((count, i) => Array.from({ length: count }, (_unused, k) => ((k * (i + 3)) % 11) - 5)) as [number[], number[], number[], number[]];
      const places = { a_rows: Int32Array.from(elements, ([row]) => row), a_columns: Int32Array.from(elements, ([, column]) => column) };
      const pattern = format === "csr" ? { a_indices: places.a_columns, a_indptr: Int32Array.from(bordersOf(matrix)) } : format === "coo" ? places : { a_rows: places.a_columns, a_columns: places.a_rows };
      const got = f({ a_values: of(elements.map(([, , value]) => value)), ...pattern, x: of(xs), b: { data: of(bs), shape: [columns, width] }, c: { data: of(cs), shape: [width, rows] }, y: of(ys) });
      const add = (shape: readonly number[], place: (row: number, column: number, j: number) => number, term: (row: number, column: number, value: number, j: number) => number, repeat = 1): number[] => {
        const sums = new Array<number>(shape.reduce((product, n) => product * n, 1)).fill(0);
        for (const [row, column, value] of elements) for (let j = 0; j < repeat; j++) sums[place(row, column, j)]! += term(row, column, value, j);
        return sums;
      };
      const dense = add([rows, columns], (row, column) => row * columns + column, (_row, _column, value) => value);
      const product = add([rows, width], (row, _column, j) => row * width + j, (_row, column, value, j) => value * bs[column * width + j]!, width);
      const expected = {
        vector: add([rows], (row) => row, (_row, column, value) => value * xs[column]!), product,
        left: add([width, columns], (_row, column, j) => j * columns + column, (row, _column, value, j) => value * cs[j * rows + row]!, width),
        row: add([columns], (_row, column) => column, (row, _column, value) => value * ys[row]!), dense,
        rowSums: add([rows], (row) => row, (_row, _column, value) => value), columnSums: add([columns], (_row, column) => column, (_row, _column, value) => value),
        all: [elements.reduce((sum, [, , value]) => sum + value, 0)],
        sampled: elements.map(([row, column]) => [0, 1, 2].reduce((sum, j) => sum + cs[j * rows + row]! * bs[column * width + j]!, 0)), compressed: dense, again: product,
      };
      // Sums of integers are exact in any order; a sum of no or only negative zeros is not asked for its sign.
      for (const [name, values] of Object.entries(expected)) expect(Array.from(got[name]!.data, (value) => value + 0), name).toEqual(values.map((value) => value + 0));
    });
  });

  it.each(["csr", "coo"] as const)("sizes that are known late may be 0, %s", async (format) => {
    const a = format === "csr" ? sparse.csrInput("a", ["rows", "columns"]) : sparse.cooInput("a", ["rows", "columns"]);
    const x = input("x", ["columns"]);
    const product = sparse.matmul(a, x) as Tensor<"f32">;
    const outputs = { product, dense: sparse.toDense(a), rowSums: sparse.sum(a, 1), columnSums: sparse.sum(a, 0), scaled: sparse.multiply(a, x).values, dValues: grad(product.sum(), a.values), dx: grad(product.sum(), x) };
    const f = await compile(fn({ inputs: { ...a.inputs, x }, sizes: ["rows"], outputs } as never) as never, options) as unknown as Model;
    const call = (rows: number, columns: number, values: readonly number[], pattern: object) => Object.fromEntries(Object.entries(f({ a_values: values, ...pattern, x: Array.from({ length: columns }, (_, i) => i + 1), rows })).map(([name, { shape, data }]) => [name, [shape, Array.from(data)]]));
    const one = format === "csr" ? { a_indices: [1], a_indptr: [0, 1] } : { a_rows: [0], a_columns: [1] };
    expect(call(1, 2, [3], one)).toEqual({ product: [[1], [6]], dense: [[1, 2], [0, 3]], rowSums: [[1], [3]], columnSums: [[2], [0, 3]], scaled: [[1], [6]], dValues: [[1], [2]], dx: [[2], [0, 3]] });
    for (const [rows, columns] of [[0, 2], [2, 0], [0, 0]] as const) {
      const zeros = (size: number) => [[size], new Array<number>(size).fill(0)];
      const none = format === "csr" ? { a_indices: [], a_indptr: new Array<number>(rows + 1).fill(0) } : { a_rows: [], a_columns: [] };
      expect(call(rows, columns, [], none)).toEqual({ product: zeros(rows), dense: [[rows, columns], []], rowSums: zeros(rows), columnSums: zeros(columns), scaled: zeros(0), dValues: zeros(0), dx: zeros(columns) });
    }
  });

  it.each(["csr", "coo"] as const)("what is not stored is not multiplied, and NaN stays in its row, %s", async (format) => {
    const own = format === "csr" ? sparse.csrInput("a", [4, 3]) : sparse.cooInput("a", [4, 3]);
    const [x, b] = [input("x", [3]), input("b", [3, 5])];
    const f = await compile(fn({ inputs: { ...own.inputs, x, b }, outputs: { vector: sparse.matmul(own, x), product: sparse.matmul(own, b), scaled: sparse.multiply(own, x).values } } as never) as never, options) as unknown as Model;
    // Row 0: [2, ., .], row 1: none, row 2: [., Infinity, 0], row 3: [., ., 4].
    const pattern = format === "csr" ? { a_indices: [0, 1, 2, 2], a_indptr: [0, 1, 1, 3, 4] } : { a_rows: [0, 2, 2, 3], a_columns: [0, 1, 2, 2] };
    const columnOf = (values: readonly number[]): number[][] => values.map((value) => [value, 1, value, value, -0]);
    const got = f({ a_values: [2, Infinity, 0, 4], ...pattern, x: [1, 2, Infinity], b: columnOf([1, 2, Infinity]) });
    expect([Array.from(got["vector"]!.data), Array.from(got["scaled"]!.data)]).toEqual([[2, 0, NaN, Infinity], [2, Infinity, NaN, Infinity]]);
    expect(Array.from(got["product"]!.data)).toEqual([[2, 2, 2, 2, 0], [0, 0, 0, 0, 0], [NaN, Infinity, NaN, NaN, NaN], [Infinity, 4, Infinity, Infinity, 0]].flat());
  });

  it("row borders that fall or lead outside fail the call, whatever reads them", async () => {
    const a = sparse.csrInput("a", [4, 3]);
    const x = input("x", [4]);
    const readers: { readonly [name: string]: Tensor } = {
      dense: sparse.toDense(a) as Tensor, sums: sparse.sum(a, 1) as Tensor, coordinates: sparse.matmul(sparse.toCoo(a), x.at({ stop: 3 }) as never) as Tensor, scaled: sparse.multiply(a, x.reshape([4, 1])).values as Tensor,
      turned: sparse.toDense(sparse.transpose(a)) as Tensor, product: sparse.matmul(x, a) as Tensor,
    };
    for (const [name, product] of Object.entries(readers)) {
      const f = await compile(fn({ inputs: { ...a.inputs, x }, outputs: { product }, onUnusedInput: "ignore" } as never) as never, options) as unknown as Model;
      const call = (borders: readonly number[]) => codeOf(() => f({ a_values: [1, 2, 3, 4], a_indices: [0, 1, 2, 0], a_indptr: borders, x: [1, 2, 3, 4] }));
      for (const borders of [[0, 1, 1, 3, 4], [0, 0, 0, 0, 0], [4, 4, 4, 4, 4]]) expect(call(borders), `${name}, ${borders.join()}`).toBe("none");
      for (const borders of [[0, 2, 1, 3, 4], [0, 1, 2, 5, 4], [0, -1, 2, 3, 4], [0, 1, 2, 2 ** 31 - 1, 4], [0, 1, -(2 ** 31), 3, 4]]) expect(call(borders), `${name}, ${borders.join()}`).toBe("E609");
    }
  });

  it("places outside fail the call, whichever product reads them", async () => {
    const a = sparse.cooInput("a", [3, 2]);
    const [x, b, y] = [input("x", [2]), input("b", [2, 4]), input("y", [3])];
    const products: { readonly [name: string]: Tensor } = {
      vector: sparse.matmul(a, x) as Tensor, matrix: sparse.matmul(a, b) as Tensor, transposed: sparse.matmul(y, a) as Tensor, dense: sparse.toDense(a) as Tensor, sampled: sparse.sampledMatmul(a, y.reshape([3, 1]), x.reshape([1, 2])).values as Tensor,
    };
    for (const [name, product] of Object.entries(products)) {
      const f = await compile(fn({ inputs: { ...a.inputs, x, b, y }, outputs: { product }, onUnusedInput: "ignore" } as never) as never, options) as unknown as Model;
      const call = (rows: readonly number[], columns: readonly number[]) => codeOf(() => f({ a_values: [1, 2, 3], a_rows: rows, a_columns: columns, x: [1, 2], b: [[1, 2, 3, 4], [5, 6, 7, 8]], y: [1, 2, 3] }));
      expect(call([0, 1, 2], [0, 1, 1]), name).toBe("none");
      expect(call([-3, -1, 2], [-2, 1, -1]), name).toBe("none");
      for (const place of [3, -4, 2 ** 31 - 1, -(2 ** 31)]) expect(call([0, place, 1], [0, 0, 1]), `${name}, row ${place}`).toBe("E601");
      for (const place of [2, -3, 2 ** 31 - 1, -(2 ** 31)]) expect(call([0, 1, 2], [0, 1, place]), `${name}, column ${place}`).toBe("E601");
    }
  });
});

test("subnormal, huge and vanishing numbers are rounded as in a plain loop", async () => {
  const values = Float32Array.from([1e-40, -1e-45, 3e38, 1e-30, 1e30, -1e30, 1e-20]);
  const [rows, columns] = [[0, 0, 1, 2, 3, 3, 3], [0, 1, 1, 0, 2, 2, 0]];
  const x = Float32Array.from([0.5, 3, 1e8]);
  const expected = new Float32Array(4);
  values.forEach((value, k) => (expected[rows[k]!]! += Math.fround(value * x[columns[k]!]!)));
  const f = await compile(fn({ inputs: {}, outputs: { y: sparse.matmul(sparse.coo({ values, rows, columns } as never, [4, 3]), constant(x) as never), z: sparse.matmul(sparse.csr({ values, indices: columns, indptr: [0, 2, 3, 4, 7] }, [4, 3]), constant(x) as never) } })) as unknown as Model;
  const { y, z } = f({});
  expect([Array.from(y!.data), Array.from(z!.data)]).toEqual([Array.from(expected), Array.from(expected)]);
});
