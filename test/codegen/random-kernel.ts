// Random kernels: loop nests over buffers of mixed dtypes with lanes, strides, tails, gathers, reductions and inner
// loops. Every access is in range and no two iterations of a parallel loop meet, by construction.

import { type TypedArray, allocateArray } from "../../ir/data.ts";
import { KernelBuilder } from "../../ir/kernel/build.ts";
import type { Kernel, ValueId } from "../../ir/kernel/kernel.ts";
import type { BaseOp, CombineOp } from "../../ir/kernel/scalar.ts";
import { type DType, dtypes as allDtypes, isFloat, isInt } from "../../ir/types.ts";

export interface Case {
  readonly kernel: Kernel;
  readonly buffers: readonly TypedArray[];
  readonly sizes: readonly number[];
}

/** A source of choices: integers in [0, below). */
export type Choose = (below: number) => number;

const floatOps: readonly BaseOp[] = ["add", "sub", "mul", "div", "min", "max"];
const floatUnary: readonly BaseOp[] = ["neg", "abs", "sqrt", "floor", "ceil", "trunc", "nearest"];
const intOps: readonly BaseOp[] = ["add", "sub", "mul", "div", "rem", "min", "max", "and", "or", "xor", "shl", "shr"];
const intUnary: readonly BaseOp[] = ["neg", "abs", "not"];
const boolOps: readonly BaseOp[] = ["and", "or", "xor", "min", "max"];
const comparisons: readonly BaseOp[] = ["eq", "ne", "lt", "le", "gt", "ge"];

/** Those of WebAssembly. */
const dtypes = allDtypes.filter((dtype) => dtype !== "f16");

const special: { readonly [D in Exclude<DType, "f16">]: readonly (number | bigint)[] } = {
  f32: [0, -0, 1, -1, 0.5, 1.5, 2.5, Infinity, -Infinity, Number.NaN, 1e-40, 3e38, 300, -129, 4294967296, 2147483648],
  f64: [0, -0, 1, -1, 0.5, 1.5, 2.5, Infinity, -Infinity, Number.NaN, 1e-310, 1e300, 2 ** 63, -(2 ** 63), 255.5, 1e-40],
  i32: [0, 1, -1, 2147483647, -2147483648, 31, 33, 128, 255, -129],
  u32: [0, 1, 4294967295, 2147483648, 31, 33, 128, 255],
  i64: [0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 63n, 65n, 2n ** 40n + 3n, 255n, 9007199254740993n],
  i8: [0, 1, -1, 127, -128, 7, 9],
  u8: [0, 1, 255, 128, 7, 9],
  bool: [0, 1],
};

export function randomElement(choose: Choose, dtype: DType): number | bigint {
  const pool = special[dtype as Exclude<DType, "f16">];
  if (dtype === "bool" || choose(3) === 0) return pool[choose(pool.length)]!;
  const small = choose(64) - (dtype === "u8" || dtype === "u32" ? 0 : 32);
  return dtype === "i64" ? BigInt(small) : isFloat(dtype) ? small / 8 : small;
}

function randomArray(choose: Choose, dtype: DType, length: number): TypedArray {
  const array = allocateArray(dtype, length);
  for (let i = 0; i < length; i++) array[i] = randomElement(choose, dtype);
  return array;
}

class Generator {
  readonly #choose: Choose;
  readonly b = new KernelBuilder("random");
  readonly #dtypes: DType[] = [];
  readonly #lengths: number[] = [];
  readonly sizes: number[] = [];

  constructor(choose: Choose) {
    this.#choose = choose;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.#choose(list.length)]!;
  }

  buffer(dtype: DType, access: "read" | "write", length: number): number {
    this.#dtypes.push(dtype);
    this.#lengths.push(length);
    return this.b.buffer(dtype, access);
  }

  /** A constant or a size parameter. */
  extent(value: number): ValueId {
    if (this.#choose(2) === 0) return this.b.i32(value);
    this.sizes.push(value);
    return this.b.sizeParameter();
  }

  /** An element of a fresh buffer at an affine or computed place that is in range for all index values. */
  load(dtype: DType, indices: readonly { id: ValueId; extent: number }[]): ValueId {
    const { b } = this;
    let offset = b.i32(this.#choose(3));
    let length = 3;
    for (const { id, extent } of indices) {
      const stride = this.pick([0, 1, 1, 1, 2, 3, 7, -1, -3]);
      if (stride === 0) continue;
      const reach = Math.abs(stride) * Math.max(0, extent - 1);
      if (stride < 0) offset = b.add(offset, b.i32(reach));
      offset = b.add(offset, b.mul(id, b.i32(stride)));
      length += reach;
    }
    const buffer = this.buffer(dtype, "read", length);
    if (this.#choose(5) === 0) {
      const table = this.buffer("i32", "read", length);
      const index = b.load(table, offset);
      offset = b.max(b.i32(0), b.min(index, b.i32(length - 1)));
    }
    return b.load(buffer, offset);
  }

  constant(dtype: DType): ValueId {
    return this.b.constant(randomElement(this.#choose, dtype), dtype);
  }

  /** Of any dtype, from values that are in scope. */
  expression(scope: readonly ValueId[], dtype: DType, depth: number): ValueId {
    const { b } = this;
    const of = (wanted: DType): ValueId => this.expression(scope, wanted, depth - 1);
    const here = scope.filter((value) => b.dtypeOf(value) === dtype);
    if (depth <= 0) return here.length > 0 && this.#choose(5) > 0 ? this.pick(here) : this.leaf(scope, dtype);
    switch (this.#choose(8)) {
      case 0: return this.convert(of(this.pick(dtypes)), dtype);
      case 1: return this.#choose(3) > 0 ? b.select(of("bool"), of(dtype), of(dtype)) : this.selectOfCompared(of(dtype), of(dtype));
      case 2: return this.bitcast(of, dtype);
      case 3: return dtype === "bool" ? b.op("not", of("bool")) : b.op(this.pick(isFloat(dtype) ? floatUnary : intUnary), of(dtype));
      default:
        if (isFloat(dtype) && this.#choose(7) === 0) return b.op("copysign", of(dtype), this.notNaN(of(dtype)));
        if (dtype !== "bool") return b.op(this.pick(isFloat(dtype) ? floatOps : intOps), of(dtype), of(dtype));
        if (this.#choose(3) === 0) return b.op(this.pick(boolOps), of("bool"), of("bool"));
        {
          const operands = this.pick(dtypes);
          return b.op(this.pick(comparisons), of(operands), of(operands));
        }
    }
  }

  leaf(scope: readonly ValueId[], dtype: DType): ValueId {
    return scope.length > 0 && this.#choose(2) === 0 ? this.convert(this.pick(scope), dtype) : this.constant(dtype);
  }

  convert(value: ValueId, dtype: DType): ValueId {
    return this.b.convert(value, dtype);
  }

  /** One of two values by how they compare. */
  selectOfCompared(x: ValueId, y: ValueId): ValueId {
    const condition = this.b.op(this.pick(["lt", "gt", "le", "ge"] as const), x, y);
    return this.#choose(2) === 0 ? this.b.select(condition, x, y) : this.b.select(condition, y, x);
  }

  bitcast(of: (dtype: DType) => ValueId, dtype: DType): ValueId {
    const from: { readonly [D in DType]: readonly DType[] } = {
      f16: ["f16"], f32: ["i32", "u32"], i32: ["f32", "u32"], u32: ["f32", "i32"], f64: ["i64"], i64: ["f64"], i8: ["u8", "bool"], u8: ["i8", "bool"],
      bool: ["bool"],
    };
    return this.b.bitcast(this.notNaN(of(this.pick(from[dtype]))), dtype);
  }

  /** The bits of a NaN differ between engines and may not show. */
  notNaN(value: ValueId): ValueId {
    const dtype = this.b.dtypeOf(value);
    return isFloat(dtype) ? this.b.select(this.b.op("eq", value, value), value, this.b.constant(0, dtype)) : value;
  }

  combineOf(dtype: DType): CombineOp {
    return this.pick<CombineOp>(
      isFloat(dtype) ? ["add", "mul", "min", "max"] : isInt(dtype) ? ["add", "mul", "min", "max", "and", "or", "xor"] : ["and", "or", "xor"],
    );
  }

  finish(): Case {
    const buffers = this.#lengths.map((length, i) => randomArray(this.#choose, this.#dtypes[i]!, length));
    return { kernel: this.b.finish(), buffers, sizes: this.sizes };
  }
}

export function randomKernel(choose: Choose): Case {
  const g = new Generator(choose);
  const { b } = g;
  const rows = choose(4) === 0 ? 1 : choose(5);
  const columns = choose(3) === 0 ? 4 * choose(9) : choose(40);
  const lanes = [1, 4, 8, 16][choose(4)]!;
  const shape = choose(4);
  const scalars = [g.constant(g.pick(dtypes)), g.constant(g.pick(dtypes))];
  b.loop(g.extent(rows), { order: "parallel", lanes: shape === 3 ? lanes : 1 }, (row) => {
    const rowIndex = { id: row, extent: rows };
    const outer = [...scalars, row, g.load(g.pick(dtypes), [rowIndex])];
    if (shape === 3) storeElement(g, choose, outer, row, rows);
    else if (shape === 2) reduceInLanes(g, choose, outer, rowIndex, columns, lanes);
    else {
      b.loop(g.extent(columns), { order: "parallel", lanes }, (column) => {
        const indices = [rowIndex, { id: column, extent: columns }];
        const inner = [...outer, column, g.load(g.pick(dtypes), indices), g.load(g.pick(dtypes), indices)];
        if (shape === 1) inner.push(...serialLoop(g, choose, inner, indices));
        storeElement(g, choose, inner, b.add(b.mul(row, b.i32(columns)), column), rows * columns);
        return [];
      });
    }
    return [];
  });
  return g.finish();
}

function storeElement(g: Generator, choose: Choose, scope: readonly ValueId[], offset: ValueId, length: number): void {
  const dtype = g.pick(dtypes);
  const stride = g.pick([1, 1, 1, 2, 3, -1]);
  const buffer = g.buffer(dtype, "write", Math.max(1, length * Math.abs(stride)));
  const at = stride > 0 ? g.b.mul(offset, g.b.i32(stride)) : g.b.sub(g.b.i32(length - 1), offset);
  g.b.store(buffer, at, g.expression(scope, dtype, 1 + choose(4)));
}

/** A loop inside the lanes: its carried values are vectors. */
function serialLoop(
  g: Generator, choose: Choose, scope: readonly ValueId[], indices: readonly { id: ValueId; extent: number }[],
): readonly ValueId[] {
  const turns = choose(4);
  const carried = [g.pick(dtypes), g.pick(dtypes)].slice(choose(2));
  const init = carried.map((dtype) => g.expression(scope, dtype, 1));
  return g.b.loop(g.extent(turns), { order: "serial", init }, (turn, current) => {
    const element = g.load(g.pick(dtypes), [...indices, { id: turn, extent: turns }]);
    return carried.map((dtype) => g.expression([...scope, ...current, element, turn], dtype, 2));
  });
}

function reduceInLanes(
  g: Generator, choose: Choose, scope: readonly ValueId[], row: { id: ValueId; extent: number }, columns: number, lanes: number,
): void {
  const { b } = g;
  const carried = [g.pick(dtypes), g.pick(dtypes)].slice(choose(2));
  const combine = carried.map((dtype) => g.combineOf(dtype));
  const init = carried.map((dtype) => g.expression(scope, dtype, 1));
  const results = b.loop(g.extent(columns), { order: "serial", lanes, init, combine }, (column, current) => {
    const element = g.load(g.pick(dtypes), [row, { id: column, extent: columns }]);
    const inner = [...scope, column, element];
    return carried.map((dtype, i) => b.op(combine[i]!, current[i]!, g.expression(inner, dtype, choose(3))));
  });
  for (const result of results) storeElement(g, choose, [...scope, result, result], row.id, row.extent);
}
