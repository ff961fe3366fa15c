// Sparse matrices against scipy.sparse. Values are quarters, so that sums are exact in any order.
import { compile, constant, fn, type Tensor } from "damo";
import * as sparse from "damo/sparse";
import { describe, expect, test } from "vitest";
import { readFixtureFile } from "../read-fixture.ts";

type Matrix = readonly (readonly number[])[];
interface Csr { readonly values: readonly number[]; readonly indices: readonly number[]; readonly indptr: readonly number[] }
interface Case {
  readonly shape: readonly [number, number];
  readonly csr: Csr; readonly csc: Csr; readonly sortedByRow: Csr;
  readonly coo: { readonly values: readonly number[]; readonly rows: readonly number[]; readonly columns: readonly number[] };
  readonly b: Matrix; readonly c: Matrix; readonly x: readonly number[]; readonly d: Matrix; readonly dense: Matrix;
  readonly product: Matrix; readonly left: Matrix; readonly vector: readonly number[]; readonly gram: Matrix; readonly sum: Matrix; readonly elementwise: Matrix; readonly sampled: Matrix;
  readonly rowSums: readonly number[]; readonly columnSums: readonly number[];
}
const cases = readFixtureFile(new URL("../fixtures/sparse.json", import.meta.url)) as readonly Case[];
const f64 = (values: unknown) => constant(values as number[][], { dtype: "f64" }) as unknown as Tensor<"f64">;

describe.each(["wasm", "reference"] as const)("%s", (target) => {
  describe.each(cases.map((each) => [each.shape.join(" x "), each] as const))("%s", (_, given) => {
    test.each(["csr", "coo", "transposed"] as const)("%s", async (format) => {
      const rows = { values: f64(given.csr.values), indices: constant(given.csr.indices as number[], { dtype: "i32" }), indptr: constant(given.csr.indptr as number[], { dtype: "i32" }) };
      const columns = { values: f64(given.csc.values), indices: constant(given.csc.indices as number[], { dtype: "i32" }), indptr: constant(given.csc.indptr as number[], { dtype: "i32" }) };
      const coordinates = { values: f64(given.coo.values), rows: constant(given.coo.rows as number[], { dtype: "i32" }), columns: constant(given.coo.columns as number[], { dtype: "i32" }) };
      const [height, width] = given.shape;
      const a = format === "csr" ? sparse.csr(rows as never, [height, width]) : format === "coo" ? sparse.coo(coordinates as never, [height, width])
        : sparse.transpose(sparse.csr(columns as never, [width, height]));
      const [b, c, x, d] = [f64(given.b), f64(given.c), f64(given.x), f64(given.d)];
      const outputs = {
        dense: sparse.toDense(a), product: sparse.matmul(a, b), left: sparse.matmul(c, a), vector: sparse.matmul(a, x), gram: sparse.matmul(a, sparse.transpose(a)), sum: sparse.add(a, d),
        elementwise: sparse.toDense(sparse.multiply(a, d)), sampled: sparse.toDense(sparse.sampledMatmul(a, c.transpose() as never, b.transpose() as never)),
        rowSums: sparse.sum(a, 1), columnSums: sparse.sum(a, 0), viaCsr: sparse.toDense(sparse.toCsr(sparse.toCoo(a))),
      };
      const f = await compile(fn({ inputs: {}, outputs }), { target });
      const got = f({}) as unknown as { readonly [name: string]: { toArray(): unknown } };
      for (const name of Object.keys(outputs)) expect(got[name]!.toArray(), name).toEqual(given[name === "viaCsr" ? "dense" : name as "dense"]);
    });

    test("of a dense matrix, with room to spare", async () => {
      const stored = given.csr.values.filter((value) => value !== 0).length + 2;
      const a = sparse.fromDense(f64(given.dense), { stored, format: "csr" });
      const f = await compile(fn({ inputs: {}, outputs: { ...a.parts, dense: sparse.toDense(a), vector: sparse.matmul(a, f64(given.x)) } as never }), { target });
      const got = f({}) as unknown as { readonly [name: string]: { readonly data: ArrayLike<number>; toArray(): unknown } };
      expect(got["dense"]!.toArray()).toEqual(given.dense);
      expect(got["vector"]!.toArray()).toEqual(given.vector);
      const borders = given.dense.map((_, row) => given.dense.slice(0, row).flat().filter((value) => value !== 0).length);
      expect(Array.from(got["indptr"]!.data)).toEqual([...borders, stored]);
    });

    test("compressed, elements of a row stay in their order", async () => {
      const a = sparse.toCsr(sparse.coo({ values: new Float64Array(given.coo.values), rows: given.coo.rows, columns: given.coo.columns } as never, given.shape));
      const f = await compile(fn({ inputs: {}, outputs: a.parts as never }), { target });
      const got = f({}) as unknown as { readonly [name: string]: { readonly data: ArrayLike<number> } };
      for (const name of ["values", "indices", "indptr"] as const) expect(Array.from(got[name]!.data)).toEqual(given.sortedByRow[name]);
    });
  });
});
