// The section "Operations that move elements".

import { compile, fn, input } from "damo";
import { expect } from "vitest";
import { createBuilder } from "../../ir/build.ts";
import { evaluateGraph } from "../../ir/evaluate.ts";
import "../../ir/every-op.ts";
import { tensor } from "../../ir/ops/sample.ts";
import { errorNumbers } from "../../ir/program/signature.ts";
import { namedSize } from "../../ir/size.ts";
import { runOnWasm } from "../../src/testing/run-graph.ts";
import { floats, gives, integers, type Rows } from "./row.ts";

const [n, m] = [namedSize("n"), namedSize("m")];
const start = (value: number) => ({ dtype: "i32" as const, shape: [], values: [value] });
const windows = { window: [3], strides: [1], dilation: [1], low: [0], high: [0] };

export const movement: Rows = {
  "all | sizes that are not equal as expressions": [
    () => {
      const b = createBuilder();
      const [x, y] = [b.parameter(0, "x", { dtype: "f32", shape: [n] }), b.parameter(1, "y", { dtype: "f32", shape: [m] })];
      expect(() => b.add(x, y)).toThrow(/^E203 add/);
    },
    async () => {
      for (const target of ["reference", "wasm"] as const) {
        const [x, y] = [input("x", ["n"]), input("y", ["m"])];
        const f = await compile(fn({ inputs: { x, y }, outputs: x.add(y.assume(["n"])) }), { target });
        expect(f({ x: [1, 2], y: [3, 4] }).toArray()).toEqual([4, 6]);
        expect(() => f({ x: [1], y: [3, 4] })).toThrow(/^E604/);
      }
    },
  ],
  "broadcast | which axes stretch": [
    gives(floats, "broadcast", [{ shape: [1, 2], values: [1, 2] }], [1, 2, 1, 2, 1, 2], { shape: [3, 2], axes: [0, 1] }),
    () => {
      const b = createBuilder();
      const x = b.parameter(0, "x", { dtype: "f32", shape: [n] });
      expect(() => b.make("broadcast", [x], { shape: [3], axes: [0] })).toThrow(/^E203 broadcast/);
    },
  ],
  "slice | bounds outside the tensor": [
    () => {
      const b = createBuilder();
      const x = b.parameter(0, "x", { dtype: "f32", shape: [4] });
      for (const [from, to] of [[0, 5], [-1, 2], [5, 6]]) expect(() => b.make("slice", [x], { start: [from!], limit: [to!], step: [1] })).toThrow(/^E208 slice/);
    },
    async () => {
      for (const target of ["reference", "wasm"] as const) {
        const x = input("x", [4]);
        const f = await compile(fn({ inputs: { x }, outputs: { all: x.at({ start: -10, stop: 10 }), none: x.at({ start: 7, stop: 9 }) } }), { target });
        const { all, none } = f({ x: [1, 2, 3, 4] });
        expect([all.toArray(), none.toArray()]).toEqual([[1, 2, 3, 4], []]);
      }
    },
  ],
  "slice | negative step": [
    gives([...floats, ...integers], "slice", [[1, 2, 3, 4]], [4, 3, 2, 1], { start: [3], limit: [-1], step: [-1] }),
    gives(floats, "slice", [[1, 2, 3, 4]], [4, 2], { start: [3], limit: [0], step: [-2] }),
  ],
  "pad | negative low, high": [
    gives([...floats, ...integers], "pad", [[1, 2, 3]], [9, 2, 9, 3, 9], { low: [-1], high: [1], interior: [1], value: 9 }),
    gives(floats, "pad", [[1, 2, 3]], [9, 1, 9, 2], { low: [1], high: [-2], interior: [1], value: 9 }),
  ],
  "pad, windows | value on integers and bool": [
    () => {
      const b = createBuilder();
      for (const [dtype, value] of [["i32", 0.5], ["u8", 300], ["u8", -1], ["bool", 2]] as const) {
        const x = b.parameter(0, "x", { dtype, shape: [4] });
        expect(() => b.make("pad", [x], { low: [1], high: [0], interior: [0], value }), `pad ${dtype}`).toThrow(/^E\d{3} pad/);
        expect(() => b.make("windows", [x], { ...windows, value }), `windows ${dtype}`).toThrow(/^E\d{3} windows/);
      }
    },
  ],
  "dynamic_slice, dynamic_update_slice | start outside": [
    gives(floats, "dynamic_slice", [[1, 2, 3, 4], start(9)], [3, 4], { sizes: [2] }),
    gives(floats, "dynamic_slice", [[1, 2, 3, 4], start(-1)], [1, 2], { sizes: [2] }),
    gives(floats, "dynamic_update_slice", [[1, 2, 3, 4], [8, 9], start(3)], [1, 2, 8, 9]),
    gives(floats, "dynamic_update_slice", [[1, 2, 3, 4], [8, 9], start(-2147483648)], [8, 9, 3, 4]),
  ],
  "iota | positions past the dtype": [
    gives(["u8"], (b, x) => b.add(x!, b.make("iota", [], { dtype: "u8", shape: [300], axis: 0 })), [{ shape: [300], values: new Array<number>(300).fill(0) }],
      Array.from({ length: 300 }, (_, i) => i % 256)),
    gives(["i8"], (b, x) => b.add(x!, b.make("iota", [], { dtype: "i8", shape: [130], axis: 0 })), [{ shape: [130], values: new Array<number>(130).fill(0) }],
      Array.from({ length: 130 }, (_, i) => (i > 127 ? i - 256 : i))),
  ],
  "windows, reduce_window, conv_general | tensor smaller than a window": [
    gives(floats, "windows", [[1, 2]], [], { ...windows, value: 0 }),
    gives(floats, "reduce_window", [[1, 2]], [], { ...windows, kind: "sum" }),
    gives(floats, "conv_general", [{ shape: [1, 2, 1], values: [1, 2] }, { shape: [3, 1, 1], values: [1, 1, 1] }], [],
      { strides: [1], low: [0], high: [0], lhs_dilation: [1], rhs_dilation: [1], groups: 1, batch_groups: 1 }),
    () => {
      const b = createBuilder();
      const x = b.parameter(0, "x", { dtype: "f32", shape: [n] });
      for (const [op, attributes] of [["reduce_window", { ...windows, kind: "max" }], ["windows", { ...windows, value: 0 }]] as const) {
        const graph = { name: "f", parameters: [x], results: [b.make(op, [x], attributes)] };
        const one = [tensor("f32", [1], [1])];
        expect(() => evaluateGraph(graph, one)).toThrow(/^E605/);
        expect(() => runOnWasm(graph, one, new Map([["n", 1]]))).toThrow(`prepare returned ${errorNumbers.badSize}`);
      }
    },
  ],
};
