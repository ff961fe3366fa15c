// Products of a sparse matrix with dense ones beside plain loops over the same compressed rows: `node --import ./.ci/ts.mjs bench/sparse.ts`.
// Both take turns in one process, results are compared before, and buffers stay inside the module; medians, and their ratio.
import { compile, fn, input, type Tensor } from "damo";
import * as sparse from "damo/sparse";

const [rows, columns, perRow, rounds] = [10_000, 10_000, 20, 31];
const stored = rows * perRow;

const random = (() => {
  let seed = 1;
  return (): number => (seed = (seed * 48271) % 2147483647) / 2147483647;
})();
const values = Float32Array.from({ length: stored }, random);
const indices = Int32Array.from({ length: stored }, () => Math.floor(random() * columns));
const indptr = Int32Array.from({ length: rows + 1 }, (_, row) => row * perRow);
const rowOf = Int32Array.from({ length: stored }, (_, k) => Math.floor(k / perRow));

/** The plain loop: a row of the result after another, in f32 as Damo has it. */
function multiplyPlainly(x: Float32Array, width: number, out: Float32Array): void {
  out.fill(0);
  for (let row = 0; row < rows; row++) {
    for (let k = indptr[row]!; k < indptr[row + 1]!; k++) {
      const value = values[k]!;
      const from = indices[k]! * width;
      const to = row * width;
      for (let j = 0; j < width; j++) out[to + j] = out[to + j]! + Math.fround(value * x[from + j]!);
    }
  }
}

function sumPlainly(x: Float32Array, out: Float32Array): void {
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let k = indptr[row]!; k < indptr[row + 1]!; k++) sum = Math.fround(sum + Math.fround(values[k]! * x[indices[k]!]!));
    out[row] = sum;
  }
}

interface Bound {
  readonly inputs: { readonly [name: string]: Float32Array | Int32Array };
  readonly outputs: { readonly [name: string]: Float32Array };
  run(): void;
}

async function bindProduct(format: "csr" | "coo", width: number, x: Float32Array): Promise<Bound> {
  const dense = input("x", width === 1 ? [columns] : [columns, width]);
  const a = format === "csr" ? sparse.csrInput("a", [rows, columns], { stored }) : sparse.cooInput("a", [rows, columns], { stored });
  const product = sparse.matmul(a, dense as Tensor) as Tensor;
  const f = await compile(fn({ inputs: { ...a.inputs, x: dense }, outputs: { product } } as never) as never, { warmUp: true }) as unknown as { bindBuffers(): Bound };
  const bound = f.bindBuffers();
  const given = { a_values: values, a_indices: indices, a_indptr: indptr, a_rows: rowOf, a_columns: indices, x };
  for (const [name, view] of Object.entries(bound.inputs)) view.set(given[name as keyof typeof given]);
  return bound;
}

function time(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

const median = (times: readonly number[]): number => [...times].sort((a, b) => a - b)[times.length >> 1]!;

for (const width of [1, 4, 32]) {
  const x = Float32Array.from({ length: columns * width }, random);
  const expected = new Float32Array(rows * width);
  const plainly = width === 1 ? () => sumPlainly(x, expected) : () => multiplyPlainly(x, width, expected);
  const bound = { csr: await bindProduct("csr", width, x), coo: await bindProduct("coo", width, x) };
  const runs = { plain: plainly, csr: () => bound.csr.run(), coo: () => bound.coo.run() };
  for (const run of Object.values(runs)) run();
  for (const { outputs } of Object.values(bound)) {
    const wrong = outputs["product"]!.findIndex((value, i) => value !== expected[i]);
    if (wrong >= 0) throw new Error(`element ${wrong} of the product is not that of the plain loop`);
  }
  const times = Object.entries(runs).map(([name, run]) => ({ name, run, taken: [] as number[] }));
  for (let round = 0; round < rounds; round++) for (const { run, taken } of times) taken.push(time(run));
  const plain = median(times[0]!.taken);
  console.log(`${rows} x ${columns}, ${stored} stored, times ${width === 1 ? "a vector" : `${width} columns`}: ${times.map(({ name, taken }) => `${name} ${median(taken).toFixed(2)} ms (${(plain / median(taken)).toFixed(2)} of the plain loop's speed)`).join(", ")}`);
}
