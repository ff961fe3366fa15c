// Reading by a boolean mask into a stated number of places.

import { describe, expect, it } from "vitest";
import { compile, compress, fn, grad, input } from "damo";

const x = input("x", ["n", 2]);
const keep = input("keep", ["n"], { dtype: "bool" });

describe.each(["wasm", "reference"] as const)("compress on %s", (target) => {
  it("keeps rows in order and fills the rest", async () => {
    const f = await compile(fn({ inputs: { x, keep }, outputs: compress(keep, x, { axis: 0, size: 3, fillValue: -1 }) }), { target });
    const rows = [[1, 2], [3, 4], [5, 6], [7, 8]];
    expect(f({ x: rows, keep: [false, true, false, true] }).toArray()).toEqual([[3, 4], [7, 8], [-1, -1]]);
    expect(f({ x: rows, keep: [true, true, true, true] }).toArray()).toEqual([[1, 2], [3, 4], [5, 6]]);
    expect(f({ x: { data: new Float32Array(0), shape: [0, 2] }, keep: [] }).toArray()).toEqual([[-1, -1], [-1, -1], [-1, -1]]);
  });

  it("reads along another axis, and flat", async () => {
    const y = input("y", [2, 3]);
    const f = await compile(fn({ inputs: { y }, outputs: compress(y.at(0).gt(1), y, { axis: 1, size: 2 }) }), { target });
    expect(f({ y: [[1, 2, 3], [4, 5, 6]] }).toArray()).toEqual([[2, 3], [5, 6]]);
    const g = await compile(fn({ inputs: { y }, outputs: compress(y.flatten().gt(3), y, { size: 4 }) }), { target });
    expect(g({ y: [[1, 2, 3], [4, 5, 6]] }).toArray()).toEqual([4, 5, 6, 0]);
  });

  it("passes gradients to what it kept", async () => {
    const cost = compress(keep, x, { axis: 0, size: 2 }).square().sum();
    const f = await compile(fn({ inputs: { x, keep }, outputs: grad(cost as never, x) as never } as never), { target }) as unknown as (feeds: unknown) => { toArray(): number[][] };
    expect(f({ x: [[1, 2], [3, 4], [5, 6]], keep: [true, false, true] }).toArray()).toEqual([[2, 4], [0, 0], [10, 12]]);
  });
});

it("refuses conditions that do not fit", () => {
  const y = input("y", [4]);
  expect(() => compress(y as never, y, { size: 2 })).toThrow(/E202 compress/);
  expect(() => compress(input("m", [3], { dtype: "bool" }), y, { size: 2 })).toThrow(/E203 compress: .*m bool\[3\].*axis 0/);
});
