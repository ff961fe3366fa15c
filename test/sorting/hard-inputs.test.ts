// Lines that are hard to sort: NaN of both signs and many payloads, zeros of both signs, ends of the range, order that is there or turned round, and lengths around
// the borders at which the routine changes its way. Held against sorts by comparison, element by element and to the bit.
import { compile, constant, fn, input, type Tensor } from "damo";
import { argsort, bincount, histogram, median, quantile, searchSorted, sort, sortBy, topK, unique } from "damo/sorting";
import { describe, expect, it, test } from "vitest";

type Data = Float32Array | Float64Array | Int32Array | Uint32Array | BigInt64Array | Int8Array | Uint8Array;
const arrays = { f32: Float32Array, f64: Float64Array, i32: Int32Array, u32: Uint32Array, i64: BigInt64Array, i8: Int8Array, u8: Uint8Array } as const;
type Sortable = keyof typeof arrays;

const bits32 = (words: readonly number[]): Float32Array => new Float32Array(Uint32Array.from(words).buffer);
const bits64 = (words: readonly bigint[]): Float64Array => new Float64Array(BigUint64Array.from(words).buffer);

/** Values at which something may turn, in no order, most of them twice. */
const edges: { readonly [D in Sortable]: Data } = {
  // NaNs, infinities, zeros, least and greatest subnormal and normal numbers, 1 and its neighbours.
  f32: bits32([0x7fc00000, 0x80000000, 0, 0xffc00000, 0x3f800000, 0x7f800001, 0xffffffff, 0x7fffffff, 0xff800001, 0x7f800000, 0xff800000, 1, 0x80000001, 0x7fffff, 0x807fffff, 0x800000, 0x80800000,
    0x7f7fffff, 0xff7fffff, 0x3f800001, 0x3f7fffff, 0xbf800000, 0, 0x80000000, 0x7f800000, 0xff800000, 0x80000001, 1, 0x7fc00000]),
  f64: bits64([0x7ff8000000000000n, 1n << 63n, 0n, 0xfff8000000000000n, 0x3ff0000000000000n, 0x7ff0000000000001n, 0xffffffffffffffffn, 0x7fffffffffffffffn, 0xfff0000000000001n, 0x7ff0000000000000n,
    0xfff0000000000000n, 1n, (1n << 63n) + 1n, 0xfffffffffffffn, 0x800fffffffffffffn, 0x10000000000000n, 0x8010000000000000n, 0x7fefffffffffffffn, 0xffefffffffffffffn, 0x3ff0000000000001n,
    // Equal in their upper or lower halves.
    0x3ff0000100000000n, 0x3ff00000ffffffffn, 0n, 1n << 63n, 0x7ff0000000000000n, 0xfff0000000000000n, 1n, 0x7ff8000000000000n]),
  i32: Int32Array.from([0, -1, 2 ** 31 - 1, -(2 ** 31), 1, 2 ** 30, -(2 ** 30), 65535, 65536, -65536, 255, 256, 2047, 2048, -2048, 0, -1, 2 ** 31 - 1, -(2 ** 31)]),
  u32: Uint32Array.from([0, 2 ** 32 - 1, 2 ** 31, 2 ** 31 - 1, 1, 2 ** 21, 2 ** 22 - 1, 255, 256, 2 ** 32 - 2, 0, 2 ** 32 - 1, 2 ** 31]),
  i64: BigInt64Array.from([0n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 32n, 2n ** 32n - 1n, -(2n ** 32n), 2n ** 53n + 1n, 2n ** 53n, 2n ** 31n, -(2n ** 31n), 0n, -1n, 2n ** 63n - 1n, -(2n ** 63n)]),
  i8: Int8Array.from([0, -128, 127, -1, 1, 127, -128, 0]),
  u8: Uint8Array.from([0, 255, 128, 127, 1, 255, 0, 128]),
};

/** As docs/semantics.md has it: NaN behind every number and equal to NaN, -0 equal to 0. */
function compare(a: number | bigint, b: number | bigint): number {
  const [first, second] = [a !== a, b !== b];
  return first || second ? Number(first) - Number(second) : a < b ? -1 : Number(a > b);
}
const orderOf = (data: Data, descending = false): number[] => Array.from(data.keys()).sort((a, b) => (descending ? -1 : 1) * compare(data[a]!, data[b]!) || a - b);
const take = (data: Data, order: readonly number[]): (number | bigint)[] => order.map((i) => data[i]!);

/** A line of so many elements that takes turns in the edges, in the order in which they come, ascending, descending, or all one. */
function linesOf(dtype: Sortable, length: number): Data[] {
  const source = edges[dtype];
  // A step that has no divisor in common with any of the sources' lengths.
  const mixed = (arrays[dtype] as unknown as { from(of: { length: number }, map: (_: unknown, i: number) => number | bigint): Data }).from({ length }, (_, i) => source[(i * 31 + (i >> 5)) % source.length]!);
  const turned = (order: readonly number[]): Data => mixed.slice().map(((_: unknown, i: number) => mixed[order[i]!]!) as never);
  const same = mixed.slice().fill(source[0] as never);
  return [mixed, turned(orderOf(mixed)), turned(orderOf(mixed).reverse()), same];
}

describe.each([{ target: "wasm" }, { target: "reference" }] as const)("%o", (options) => {
  const isSlow = options.target === "reference";
  describe.each(Object.keys(arrays) as Sortable[])("%s", (dtype) => {
    it("in order, up and down, whole and in part", async () => {
      const x = input("x", ["n"], { dtype });
      const [up, down] = [topK(x, 3, { smallest: true }), topK(x, 3)];
      const sorts = { up: sort(x), order: argsort(x), down: sort(x, { descending: true }), orderDown: argsort(x, { descending: true }) };
      const f = await compile(fn({ inputs: { x }, outputs: sorts }), options);
      const g = await compile(fn({ inputs: { x }, outputs: { least: up.values, leastAt: up.indices, most: down.values, mostAt: down.indices } }), options);
      // Few, insertion or digits (60), narrow digits or wide ones (2^14).
      for (const length of [0, 1, 2, 3, 4, 5, 59, 60, 61, 255, 256, 257, 2049, ...(isSlow ? [] : [2 ** 14 - 1, 2 ** 14, 2 ** 14 + 1])]) {
        for (const [turn, data] of linesOf(dtype, length).entries()) {
          const result = f({ x: { data, shape: [length] } } as never);
          const [ascending, descending] = [orderOf(data), orderOf(data, true)];
          const what = `${length} elements, turn ${turn}`;
          expect(Array.from(result.order.data), what).toEqual(ascending);
          expect(Array.from(result.orderDown.data), what).toEqual(descending);
          expect(Array.from(result.up.data as Data as Float64Array), what).toEqual(take(data, ascending));
          expect(Array.from(result.down.data as Data as Float64Array), what).toEqual(take(data, descending));
          if (length < 3) continue;
          const few = g({ x: { data, shape: [length] } } as never);
          expect([Array.from(few.leastAt.data), Array.from(few.mostAt.data)], what).toEqual([ascending.slice(0, 3), descending.slice(0, 3)]);
          expect([Array.from(few.least.data as Data as Float64Array), Array.from(few.most.data as Data as Float64Array)], what).toEqual([take(data, ascending.slice(0, 3)), take(data, descending.slice(0, 3))]);
        }
      }
    });

    it("searched, from either side", async () => {
      const [line, x] = [input("line", ["n"], { dtype }), input("x", ["m"], { dtype })];
      const f = await compile(fn({ inputs: { line, x }, outputs: { left: searchSorted(line, x), right: searchSorted(line, x, { side: "right" }) } }), options);
      for (const length of [0, 1, 2, 3, 28, 29, 30, 63, 64, 65]) {
        for (const data of linesOf(dtype, length).slice(1)) {
          if (data.some((value, i) => i > 0 && compare(data[i - 1]!, value) > 0)) continue;
          const values = edges[dtype];
          const { left, right } = f({ line: { data, shape: [length] }, x: { data: values, shape: [values.length] } } as never);
          const count = (isCounted: (order: number) => boolean): number[] => Array.from(values as Float64Array, (value) => (data as Float64Array).reduce((sum, element) => sum + Number(isCounted(compare(element, value))), 0));
          expect([Array.from(left.data), Array.from(right.data)], String(length)).toEqual([count((order) => order < 0), count((order) => order <= 0)]);
        }
      }
    });

    it("different elements, with where they stand first and how often", async () => {
      const x = input("x", ["n"], { dtype });
      const f = await compile(fn({ inputs: { x }, outputs: { ...unique(x, { size: 40 }) } }), options);
      for (const length of [0, 1, 2, 3, 61, 200]) {
        for (const data of linesOf(dtype, length)) {
          const result = f({ x: { data, shape: [length] } } as never) as unknown as Record<string, { readonly data: ArrayLike<number> }>;
          const firsts = orderOf(data).filter((i, at, order) => at === 0 || compare(data[order[at - 1]!]!, data[i]!) !== 0);
          expect(Number(result["count"]!.data[0])).toBe(firsts.length);
          expect(Array.from(result["indices"]!.data).slice(0, firsts.length)).toEqual(firsts);
          expect(Array.from(result["values"]!.data).slice(0, firsts.length)).toEqual(take(data, firsts));
          expect(Array.from(result["counts"]!.data).slice(0, firsts.length)).toEqual(firsts.map((first) => (data as Float64Array).filter((value) => compare(value, data[first]!) === 0).length));
          expect(Array.from(result["inverse"]!.data)).toEqual(Array.from(data as Float64Array, (value) => firsts.findIndex((first) => compare(value, data[first]!) === 0)));
        }
      }
    });
  });

  it("bool: false before true, in their order", async () => {
    const x = input("x", ["n"], { dtype: "bool" });
    const f = await compile(fn({ inputs: { x }, outputs: { up: sort(x), order: argsort(x), down: argsort(x, { descending: true }), top: topK(x, 2).indices } }), options);
    for (const length of [2, 3, 61, 1000]) {
      const data = Uint8Array.from({ length }, (_, i) => Number(i % 3 !== 0));
      const { up, order, down, top } = f({ x: { data, shape: [length] } } as never);
      expect(Array.from(order.data)).toEqual(orderOf(data));
      expect(Array.from(down.data)).toEqual(orderOf(data, true));
      expect(Array.from(top.data)).toEqual(orderOf(data, true).slice(0, 2));
      expect(Array.from(up.data as Uint8Array, Number)).toEqual(take(data, orderOf(data)));
    }
  });

  it("along every axis of rank 3, with others in their order", async () => {
    const shape = [3, 4, 5] as const;
    const data = linesOf("f32", 60)[0] as Float32Array;
    const x = input("x", shape);
    const places = constant({ data: Int32Array.from({ length: 60 }, (_, i) => i), shape });
    const all = [0, 1, 2].map((axis) => sortBy(x, [places] as never, { axis }) as unknown as [Tensor, Tensor]);
    const f = await compile(fn({ inputs: { x }, outputs: Object.fromEntries(all.flatMap(([values, from], axis) => [[`values${axis}`, values], [`from${axis}`, from]])) } as never) as never, options) as unknown as (inputs: object) => Record<string, { readonly data: ArrayLike<number> }>;
    const result = f({ x: { data, shape } });
    const steps = [20, 5, 1];
    for (const axis of [0, 1, 2]) {
      const expected = new Array<number>(60);
      for (let start = 0; start < 60; start++) {
        if (Math.floor(start / steps[axis]!) % shape[axis]! !== 0) continue;
        const line = Array.from({ length: shape[axis]! }, (_, i) => start + i * steps[axis]!);
        orderOf(Float32Array.from(line, (i) => data[i]!)).forEach((from, to) => (expected[line[to]!] = line[from]!));
      }
      expect(Array.from(result[`from${axis}`]!.data)).toEqual(expected);
      expect(Array.from(result[`values${axis}`]!.data)).toEqual(expected.map((i) => data[i]));
    }
  });

  it.each(["i8", "u8", "i32", "u32", "i64"] as const)("integers of every size are counted: %s", async (dtype) => {
    const data = edges[dtype];
    const x = input("x", [data.length], { dtype });
    // More places than the dtype has values.
    const f = await compile(fn({ inputs: { x }, outputs: { few: bincount(x as never, { length: 2 }), many: bincount(x as never, { length: 300 }) } }), options);
    const { few, many } = f({ x: { data, shape: [data.length] } } as never);
    const count = (length: number): number[] => Array.from({ length }, (_, i) => Array.from(data as Int32Array).filter((value) => Number(value) === i).length);
    expect([Array.from(few.data), Array.from(many.data)]).toEqual([count(2), count(300)]);
  });

  it("quantiles between numbers whose difference overflows", async () => {
    const [x, y] = [input("x", [2], { dtype: "f64" }), input("y", [4])];
    const f = await compile(fn({ inputs: { x, y }, outputs: { middle: median(x), single: median(y), quarter: quantile(x, 0.25), most: quantile(x, constant([0, 0.75, 1], { dtype: "f64" })) } }), options);
    const { middle, single, quarter, most } = f({ x: [-1.5 * 2 ** 1023, 1.5 * 2 ** 1023], y: [-3e38, 3e38, 3e38, -3e38] });
    expect([middle.data[0], single.data[0], quarter.data[0], ...most.data]).toEqual([0, 0, -0.75 * 2 ** 1023, -1.5 * 2 ** 1023, 0.75 * 2 ** 1023, 1.5 * 2 ** 1023]);
  });

  it("bins of a range that is wide, narrow, or none", async () => {
    const x = input("x", [4], { dtype: "f64" });
    const { counts, edges: borders } = histogram(x, { bins: 2 });
    const f = await compile(fn({ inputs: { x }, outputs: { counts, borders } }), options);
    const read = (values: readonly number[]): unknown => Object.values(f({ x: values as never })).map(({ data }) => Array.from(data));
    expect(read([-(2 ** 1000), 2 ** 1000, 0, 5])).toEqual([[1, 3], [-(2 ** 1000), 0, 2 ** 1000]]);
    expect(read([5e-324, 1e-323, 0, 2e-323])).toEqual([[2, 2], [0, 1e-323, 2e-323]]);
    expect(read([3, 3, 3, 3])).toEqual([[0, 4], [2.5, 3, 3.5]]);
  });
});

test("lines of a batch keep to themselves: NaN in one, all equal in another", async () => {
  const x = input("x", ["rows", "n"]);
  const f = await compile(fn({ inputs: { x }, outputs: { y: sort(x), order: argsort(x) } }));
  const lines = [61, 62, 63].map((_, row) => Float32Array.from({ length: 61 }, (_unused, i) => (row === 1 ? Number.NaN : row === 2 ? 7 : (i * 37) % 61)));
  const { y, order } = f({ x: { data: Float32Array.from(lines.flatMap((line) => [...line])), shape: [3, 61] } });
  lines.forEach((line, row) => {
    expect(Array.from(order.data.subarray(row * 61, row * 61 + 61))).toEqual(orderOf(line));
    expect(Array.from(y.data.subarray(row * 61, row * 61 + 61))).toEqual(take(line, orderOf(line)));
  });
});
