// Sizes that no input has: listed by fn(), passed by name, checked like inputs, on every target and in artifacts.
import { arange, build, compile, fn, input, matrix, shared, sizeOf, zeros } from "damo";
import { load } from "damo/load";
import { describe, expect, test } from "vitest";

const x = input("x", [3]);
const rows = fn({ inputs: { x }, sizes: ["rows"], outputs: { y: x.broadcastTo(["rows", 3]), rows: sizeOf("rows") } });

describe.each([{ target: "reference" }, { target: "wasm" }, { target: "wasm", mode: "debug" }] as const)("%o", (options) => {
  test("a size is passed beside the inputs", async () => {
    const f = await compile(rows, options);
    for (const n of [2, 0, 5, 2]) {
      const out = f({ x: [1, 2, 3], rows: n });
      expect(out.y.toArray()).toEqual(Array.from({ length: n }, () => [1, 2, 3]));
      expect(out.rows.item()).toBe(n);
    }
  });

  test("it may be all that a function takes, or give an input its shape", async () => {
    const z = input("z", ["2*n+m"]);
    const model = await compile({
      twos: fn({ inputs: {}, sizes: ["n"], outputs: zeros([1]).add(2).broadcastTo(["n"]) }),
      sum: fn({ inputs: { z }, sizes: ["m", "n"], outputs: { sum: z.sum(), n: sizeOf("n"), m: sizeOf("m") } }),
    }, options);
    expect(model.twos({ n: 3 }).toArray()).toEqual([2, 2, 2]);
    const out = model.sum({ z: [1, 2, 3, 4, 5], n: 2, m: 1 });
    expect([out.sum.item(), out.n.item(), out.m.item()]).toEqual([15, 2, 1]);
    expect(() => model.sum({ z: [1, 2, 3, 4, 5], n: 1, m: 2 })).toThrow(/^E503 sum: input z has shape \[5\], its type is f32\[.*\] \(.* is 4\)/);
  });

  test("a wrong size is refused by name, and the state stays", async () => {
    const count = shared("count", 0);
    const model = await compile({ f: fn({ inputs: { x }, sizes: ["n"], outputs: x.broadcastTo(["n", 3]), updates: [[count, count.add(1)]] }) }, options);
    const call = (n: unknown) => () => model.f({ x: [1, 2, 3], n } as never);
    for (const bad of [undefined, Number.NaN, -1, 1.5, "2", 2n, [2], null]) expect(call(bad), String(bad)).toThrow(/^E501 f: the size "n" is .*passed-sizes\.test\.ts:\d+$/);
    expect(call(2 ** 31)).toThrow(/^E605 f: the size "n" is 2147483648.*passed-sizes\.test\.ts:\d+$/);
    expect(() => model.f({ x: [1, 2, 3], n: 1, m: 1 } as never)).toThrow(/^E501 f: there is no input m; the inputs are x, n/);
    expect(model.state["count"]!.get().item()).toBe(0);
  });
});

test("more elements than indices can count are refused, though they are never stored", async () => {
  const f = await compile(fn({ inputs: { x }, sizes: ["n", "m"], outputs: x.sum().broadcastTo(["n", "m"]).sum() }));
  expect(() => f({ x: [1, 0, 0], n: 65536, m: 65536 })).toThrow(/^E605 /);
  expect(f({ x: [1, 0, 0], n: 64, m: 32 }).item()).toBe(2048);
});

describe("fn", () => {
  const n = input("n", []);
  const v = input("v", ["n"]);
  test.each([
    ['E406 fn: the size "rows" of', () => fn({ inputs: { x }, outputs: x.broadcastTo(["rows", 3]) })],
    ["E401 fn: sizes must be a list of names", () => fn({ inputs: { x }, sizes: "rows" as never, outputs: x })],
    ['E401 fn: "2*n" is not the name of a size', () => fn({ inputs: { x }, sizes: ["2*n"], outputs: x.broadcastTo(["2*n", 3]) })],
    ["E401 fn: 3 is not the name of a size", () => fn({ inputs: { x }, sizes: [3 as never], outputs: x })],
    ['E404 fn: the size "n" is listed twice', () => fn({ inputs: { x }, sizes: ["n", "n"], outputs: x.broadcastTo(["n", 3]) })],
    ['E404 fn: the size "n" has the name of an input', () => fn({ inputs: { n }, sizes: ["n"], outputs: n.broadcastTo(["n"]) })],
    ['E404 fn: the size "n" is listed, but stands bare in an input', () => fn({ inputs: { v }, sizes: ["n"], outputs: v })],
    ['E403 fn: the size "n" is not read', () => fn({ inputs: { x }, sizes: ["n"], outputs: x })],
  ])("%s", (expected, define) => {
    expect(define).toThrow(expected);
  });

  test("a size that nothing reads may be meant", async () => {
    const f = await compile(fn({ inputs: { x }, sizes: ["n"], outputs: x, onUnusedInput: "ignore" }));
    expect(f({ x: [1, 2, 3], n: 7 }).toArray()).toEqual([1, 2, 3]);
    expect(() => f({ x: [1, 2, 3] } as never)).toThrow(/^E501 /);
  });
});

describe("an artifact", () => {
  const m = matrix("m", ["a", "b"]);
  const grid = fn({ inputs: { m }, sizes: ["c", "d"], outputs: { sum: m.sum().broadcastTo(["c", "d"]), places: arange(10) } });

  test("f_prepare takes the sizes of the inputs, then those passed, in their order", async () => {
    const { wasm, signature } = await build({ grid });
    expect(signature.functions[0]!.sizes).toEqual(["a", "b", "c", "d"]);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm)) as unknown as { exports: { [name: string]: (...args: number[]) => number } };
    expect(exports["grid_prepare"]!(2, 3, 4, 5)).toBe(0);
    expect([exports["grid_output_dim"]!(0, 0), exports["grid_output_dim"]!(0, 1)]).toEqual([4, 5]);
  });

  test("is loaded with sizes", async () => {
    const { functions } = await load((await build({ grid, rows })).wasm);
    expect(functions["grid"]!({ m: [[1, 2]], c: 1, d: 2 })["sum"]!.toArray()).toEqual([[3, 3]]);
    expect(functions["rows"]!({ x: [1, 2, 3], rows: 2 })["y"]!.toArray()).toEqual([[1, 2, 3], [1, 2, 3]]);
    expect(() => functions["grid"]!({ m: [[1, 2]], c: 1 })).toThrow(/^E501 bad size d: undefined/);
    expect(() => functions["grid"]!({ m: [[1, 2]], c: 1, d: 1.5 })).toThrow(/^E501 bad size d: 1\.5/);
    expect(() => functions["grid"]!({ m: [[1, 2]], c: 1, d: -1 })).toThrow(/^E605 /);
    // A size that an input has is not passed.
    expect(() => functions["grid"]!({ m: [[1, 2]], a: 1, c: 1, d: 1 })).toThrow(/^E501 no input a/);
    const bound = functions["rows"]!.bindBuffers({ rows: 2 });
    (bound.inputs["x"] as Float32Array).set([4, 5, 6]);
    bound.run();
    expect([...(bound.outputs["y"] as Float32Array)]).toEqual([4, 5, 6, 4, 5, 6]);
  });
});

test("buffers are bound for sizes", async () => {
  const f = await compile(rows);
  const bound = f.bindBuffers({ rows: 2 });
  bound.inputs.x.set([1, 2, 3]);
  bound.run();
  expect([...bound.outputs.y]).toEqual([1, 2, 3, 1, 2, 3]);
  expect(() => f.bindBuffers({})).toThrow(/^E501 f: the size "rows" is undefined/);
  expect(() => f.bindBuffers({ rows: 1, n: 1 })).toThrow(/^E501 f: there is no size "n"/);
});
