// Indexing, movement, reductions and contractions mean what they mean in NumPy, on every target.
// fixtures/numpy_semantics.py made the expected values.
import { readFileSync } from "node:fs";
import {
  compile, concat, constant, einsum, fn, incSubtensor, input, select, setSubtensor, stack, type Tensor,
} from "damo";
import { describe, expect, test } from "vitest";
import type { DType } from "../../ir/types.ts";

interface Dense {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: readonly number[];
}
const cases = JSON.parse(readFileSync(new URL("fixtures/numpy-semantics.json", import.meta.url), "utf8")) as {
  readonly [name: string]: { readonly inputs: readonly Dense[]; readonly expected: Dense };
};

type Loose = Tensor<"f64">;
/** Index arrays and masks come as the same loose type. */
type Ints = Tensor<"i32">;

const expressions: { readonly [name: string]: (x: Loose, y: Loose, z: Loose, u: Loose) => Tensor } = {
  "broadcast ranks": (x, y) => x.add(y),
  "broadcast ones": (x, y) => x.mul(y),
  "rem has the sign of the divisor": (x, y) => x.rem(y),
  "floorDiv": (x, y) => x.floorDiv(y),
  "round half to even": (x) => x.round(),
  "maximum and minimum": (x, y) => x.maximum(y).minimum(3),
  "clip": (x) => x.clip(-2, 3),
  "select": (x, y) => select(x.gt(0), x, y),
  "pow": (x, y) => x.add(1).pow(y.div(4)),
  "atan2": (x, y) => x.atan2(y),

  "sum of an axis": (x) => x.sum(1),
  "sum of two axes, kept": (x) => x.sum([0, -1], { keepDims: true }),
  "mean of all": (x) => x.mean(),
  "var with ddof": (x) => x.var(2, { ddof: 1 }),
  "std": (x) => x.std([0, 1]),
  "prod": (x) => x.prod(0),
  "max kept": (x) => x.max(1, { keepDims: true }),
  "any and all": (x) => stack([x.gt(0).any(0), x.gt(-9).all(0)]),
  "argmax of an axis": (x) => x.argmax(1),
  "argmin of all": (x) => x.argmin(),
  "norm": (x) => x.norm(1),
  "norm of order 3": (x) => x.norm(1, { ord: 3 }),
  "count of bools": (x) => x.gt(0).sum(1),
  "cumsum": (x) => x.cumsum(1),
  "cumprod flat": (x) => x.cumprod(),
  "cummax": (x) => x.cummax(2),

  "transpose": (x) => x.transpose(),
  "transpose with axes": (x) => x.transpose([1, 2, 0]),
  "moveAxis": (x) => x.moveAxis(0, -1),
  "swapAxes": (x) => x.swapAxes(0, -1),
  "reshape with -1": (x) => x.reshape([4, -1]),
  "concat": (x, y) => concat([x, y], 1),
  "stack at the end": (x, y) => stack([x, y], -1),
  "split": (x) => x.split(2, 2)[1]!,
  "split at places": (x) => x.split([1, 4])[1]!,
  "tile": (x) => x.tile([2, 1, 3]),
  "repeat": (x) => x.repeat(3, 1),
  "roll": (x) => x.roll(5, 1),
  "roll flat": (x) => x.roll(-2),
  "flip": (x) => x.flip([0, 2]),
  "pad": (x) => x.pad([[1, 0], [2, 3]], 7),
  "tril": (x) => x.tril(1),
  "triu": (x) => x.triu(-1),
  "diff": (x) => x.diff(0),
  "squeeze": (x) => x.squeeze(),

  "matrix times matrix": (x, y) => x.dot(y.transpose()),
  "stack times matrix": (x, y) => x.dot(y),
  "stack times stack": (x, y) => x.matmul(y),
  "matrix times vector": (x, y) => x.dot(y),
  "vector times stack": (x, y) => x.dot(y),
  "stacks that broadcast": (x, y) => x.dot(y),
  "outer": (x, y) => x.outer(y),
  "tensordot": (x, y) => x.tensordot(y),
  "tensordot with axes": (x, y) => x.tensordot(y, [[2], [1]]),
  "einsum of three": (x, y, z) => einsum("bij,bjk,j->bik", x, y, z),
  "einsum trace": (x) => einsum("ii->", x),
  "einsum diagonal": (x) => einsum("ii->i", x),
  "einsum implicit": (x, y) => einsum("kj,ji", x, y),
  "einsum dots": (x, y) => einsum("...j,j->...", x, y),
  "einsum sums out": (x) => einsum("ij->j", x),

  "integer": (x) => x.at(1),
  "negative integers": (x) => x.at(-1, "...", -2),
  "range": (x) => x.at(":", { start: 1, stop: 3 }),
  "range with step": (x) => x.at("...", { step: 2 }),
  "range backwards": (x) => x.at(":", { step: -1 }, { start: 3, stop: 0, step: -2 }),
  "range from the end": (x) => x.at({ start: -4, stop: -1 }),
  "range beyond the end": (x) => x.at({ start: 2, stop: 99 }),
  "range that is empty": (x) => x.at({ start: 4, stop: 2 }),
  "new axes": (x) => x.at(null, ":", null, 1),
  "index array": (x, i) => x.at(":", i as unknown as Ints),
  "two index arrays": (x, i, j) => x.at(":", i as unknown as Ints, j as unknown as Ints),
  "index arrays apart": (x, i, j) => x.at(i as unknown as Ints, ":", j as unknown as Ints),
  "index array and integer": (x, i) => x.at(1, ":", i as unknown as Ints),
  "index array and range": (x, i) => x.at({ start: 0, stop: 1 }, i as unknown as Ints, { start: 1 }),
  "take flat": (x, i) => x.take(i as unknown as Ints),
  "take along an axis": (x, i) => x.takeAlongAxis(i as unknown as Ints, 1),
  "take of an axis": (x, i) => x.take(i as unknown as Ints, -1),

  "set an integer": (x, y) => setSubtensor(x, [1, 2], y),
  "set a range": (x, y) => setSubtensor(x, [":", { start: 0, stop: 2 }], y),
  "set backwards": (x, y) => setSubtensor(x, [{ step: -2 }], y),
  "set by an index array": (x, i, y) => setSubtensor(x, [i as unknown as Ints], y),
  "set by two index arrays": (x, i, j, y) => setSubtensor(x, [i as unknown as Ints, j as unknown as Ints], y),
  "set by a mask": (x, m) => setSubtensor(x, [m as unknown as Tensor<"bool">], -1),
  "set rows by a mask": (x, m) => setSubtensor(x, [m as unknown as Tensor<"bool">], 5),
  "add at repeated places": (x, i, y) => incSubtensor(x, [i as unknown as Ints], y),
  "add to a column": (x, y) => incSubtensor(x, [":", 1], y),
  "set everything": (x, y) => setSubtensor(x, ["..."], y),
};

const names = ["x", "y", "z", "u"] as const;

function feedOf({ dtype, shape, data }: Dense): { data: Float64Array | Int32Array | Uint8Array; shape: readonly number[]; dtype: DType } {
  const array = dtype === "f64" ? Float64Array.from(data) : dtype === "i32" ? Int32Array.from(data) : Uint8Array.from(data);
  return { data: array, shape, dtype };
}

type Target = "reference" | "wasm";

async function check(name: string, target: Target, shapeOf: (shape: readonly number[]) => readonly (number | string)[]): Promise<void> {
  const { inputs, expected } = cases[name]!;
  const parameters = inputs.map(({ dtype, shape }, i) => input(names[i]!, shapeOf(shape), { dtype }));
  const build = expressions[name]!;
  const output = build(...(parameters as unknown as [Loose, Loose, Loose, Loose]));
  const record = Object.fromEntries(parameters.map((parameter, i) => [names[i]!, parameter]));
  const f = await compile(fn({ inputs: record, outputs: { output }, onUnusedInput: "ignore" }), { target });
  const result = f(Object.fromEntries(inputs.map((dense, i) => [names[i]!, feedOf(dense)]))).output;
  expect(result.dtype).toBe(expected.dtype);
  expect(result.shape).toEqual(expected.shape);
  // Integers are exact; sums and functions of reals may round once differently.
  const actual = [...(result.data as Iterable<number>)];
  expected.data.forEach((value, i) => {
    expect(Math.abs(actual[i]! - value)).toBeLessThanOrEqual(1e-14 * Math.max(1, Math.abs(value)));
  });
}

/** Need a size that is known: parts and folds of it, a slice cut at its end. */
const needsKnownSizes = new Set(["split", "squeeze", "range beyond the end", "range that is empty"]);

describe.each(["reference", "wasm"] as const)("%s", (target) => {
  test.each(Object.keys(cases))("%s", (name) => check(name, target, (shape) => shape));

  // Equal sizes are one name, as they must be for the expressions to make sense.
  test.each(Object.keys(cases).filter((name) => !needsKnownSizes.has(name)))("%s, of symbolic sizes", (name) =>
    check(name, target, (shape) => shape.map((size) => (size === 1 ? 1 : `d${size}`))));

  test("constants broadcast like tensors", async () => {
    const x = input("x", ["n", 2]);
    const f = await compile(fn({ inputs: { x }, outputs: x.add(constant([10, 20])) }), { target });
    expect(f({ x: [[1, 2], [3, 4], [5, 6]] }).toArray()).toEqual([[11, 22], [13, 24], [15, 26]]);
  });
});

test("every case of the fixture has its expression", () => {
  expect(Object.keys(expressions).sort()).toEqual(Object.keys(cases).sort());
});
