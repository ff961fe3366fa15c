// Every opcode of the tables, read back by wabt: the name in its text form must be the name in the table.

import { beforeAll, describe, expect, test } from "vitest";
import wabt from "wabt";
import { type FunctionBuilder, type LoadOp, ModuleBuilder, type StoreOp } from "../../codegen/wasm/encode/index.ts";
import {
  type AtomicOp, type LaneMemoryOp, type LaneOp, type MemoryOp, type PlainOp, laneMemoryOpcodes, laneOpcodes,
  memoryOpcodes, plainOpcodes,
} from "../../codegen/wasm/encode/opcodes.ts";

type Wabt = Awaited<ReturnType<typeof wabt>>;
let tools: Wabt;
beforeAll(async () => {
  tools = await wabt();
});

const keysOf = <K extends string>(table: Readonly<Record<K, unknown>>): K[] => Object.keys(table) as K[];
const features = {
  simd: true, relaxed_simd: true, threads: true, bulk_memory: true, sign_extension: true, sat_float_to_int: true,
  mutable_globals: true, reference_types: true, multi_value: true,
};

const bytesOf = ({ buffer }: { readonly buffer: ArrayBuffer }): Uint8Array => new Uint8Array(buffer);

/** One function per instruction, in unreachable code, where any operand types are valid; their text lines. */
function instructionLines(writers: readonly ((f: FunctionBuilder) => void)[]): string[] {
  const module = new ModuleBuilder();
  module.importMemory("m", "m", { minimum: 1, maximum: 1, shared: true });
  module.addPassiveData(new Uint8Array(4));
  for (const write of writers) {
    module.addFunction("f", [], [], (f) => {
      f.op("unreachable");
      write(f);
      f.op("unreachable");
    });
  }
  const read = tools.readWasm(module.encode(), { readDebugNames: false, ...features });
  const text = read.toText({ foldExprs: false, inlineExport: false });
  read.destroy();
  return [...text.matchAll(/^ {4}unreachable\n {4}(.*?)\n {4}unreachable/gms)].map((match) => match[1] ?? "");
}

describe("opcodes read back by wabt", () => {
  test("without immediates", () => {
    const names = keysOf<PlainOp>(plainOpcodes);
    expect(instructionLines(names.map((name) => (f) => f.op(name)))).toEqual(names);
  });

  test("loads, stores and atomics, with offsets and alignments", () => {
    const names = keysOf<MemoryOp>(memoryOpcodes);
    const emit = (f: FunctionBuilder, name: MemoryOp, offset: number): void => {
      if (name.includes("atomic")) f.atomic(name as AtomicOp, offset);
      else if (name.includes("store")) f.store(name as StoreOp, offset);
      else f.load(name as LoadOp, offset);
    };
    expect(instructionLines(names.map((name) => (f) => emit(f, name, 0)))).toEqual(names);
    expect(instructionLines(names.map((name) => (f) => emit(f, name, 70_000)))).toEqual(names.map((name) => `${name} offset=70000`));
    expect(instructionLines([(f) => f.load("v128.load", 0, 4), (f) => f.store("f64.store", 8, 1)])).toEqual([
      "v128.load align=4",
      "f64.store offset=8 align=1",
    ]);
  });

  test("lanes", () => {
    const names = keysOf<LaneOp>(laneOpcodes);
    expect(instructionLines(names.map((name) => (f) => f.lane(name, 1)))).toEqual(names.map((name) => `${name} 1`));
    const memoryNames = keysOf<LaneMemoryOp>(laneMemoryOpcodes);
    const emit = (f: FunctionBuilder, name: LaneMemoryOp): void => {
      if (name.includes("store")) f.storeLane(name as "v128.store8_lane", 1, 12);
      else f.loadLane(name as "v128.load32_lane", 1, 12);
    };
    expect(instructionLines(memoryNames.map((name) => (f) => emit(f, name)))).toEqual(memoryNames.map((name) => `${name} offset=12 1`));
  });

  test("the rest", () => {
    const cases: [string, (f: FunctionBuilder) => void][] = [
      ["memory.size", (f) => f.memorySize()],
      ["memory.grow", (f) => f.memoryGrow()],
      ["memory.copy", (f) => f.memoryCopy()],
      ["memory.fill", (f) => f.memoryFill()],
      ["memory.init 0", (f) => f.memoryInit(0)],
      ["data.drop 0", (f) => f.dataDrop(0)],
      ["i32.const -2147483648", (f) => f.i32(-2147483648)],
      ["i64.const -9223372036854775808", (f) => f.i64(-(2n ** 63n))],
      ["i64.const 4294967296", (f) => f.i64(2 ** 32)],
      ["v128.const i32x4 0x00000001 0xffffffff 0x00000003 0x00000004", (f) => f.v128(bytesOf(Int32Array.of(1, -1, 3, 4)))],
      ["v128.const i32x4 0x00000000 0x3ff00000 0x00000000 0xc0000000", (f) => f.v128(bytesOf(Float64Array.of(1, -2)))],
      ["i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23", (f) => f.shuffle([0, 4, 1, 5])],
      ["i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31", (f) => f.shuffle([1, 3])],
    ];
    expect(instructionLines(cases.map(([, write]) => write))).toEqual(cases.map(([line]) => line));
  });

  test("vector constants of equal words are splats", () => {
    const constants = [new Float32Array(4).fill(1), new Int16Array(8).fill(-2), new Uint8Array(16).fill(128), new Float64Array(2)];
    expect(instructionLines(constants.map((values) => (f) => f.v128(bytesOf(values)))).map((lines) => lines.split(/\n */))).toEqual([
      ["i32.const 1065353216", "i32x4.splat"], ["i32.const -65538", "i32x4.splat"], ["i32.const -2139062144", "i32x4.splat"], ["i32.const 0", "i32x4.splat"],
    ]);
  });

  test("a value that is read where it is set stays on the stack", () => {
    const many = 200;
    const lines = instructionLines([
      (f) => f.i32(1).set(f.local("i32")).get(0).op("drop").get(0).op("drop"),
      (f) => f.i32(1).set(f.localsOf("i32", many)[many - 1]!).get(many - 1).op("drop"),
      (f) => f.i32(1).tee(f.local("i32")).tee(f.local("i32")).op("drop").get(1).op("drop"),
      (f) => f.i32(1).set(f.local("i32")).block(() => f.get(0).op("drop")),
    ]);
    expect(lines.map((text) => text.split(/\n */).filter((line) => !line.startsWith("(")))).toEqual([
      ["i32.const 1", "local.tee 0", "drop", "local.get 0", "drop"],
      ["i32.const 1", "drop"],
      ["i32.const 1", "local.tee 1", "drop", "local.get 1", "drop"],
      ["i32.const 1", "local.set 0", "block  ;; label = @1", "local.get 0", "drop", "end"],
    ]);
  });

  test("no name stands in two tables, and little of relaxed SIMD and atomics is there", () => {
    const names = [...keysOf(plainOpcodes), ...keysOf(memoryOpcodes), ...keysOf(laneOpcodes), ...keysOf(laneMemoryOpcodes)];
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => name.includes("relaxed"))).toEqual(["f32x4.relaxed_madd", "f32x4.relaxed_nmadd", "f64x2.relaxed_madd", "f64x2.relaxed_nmadd"]);
    // Of the atomics only those that threads meet by.
    expect(names.filter((name) => name.includes("atomic")).sort()).toEqual([
      "i32.atomic.load", "i32.atomic.rmw.add", "i32.atomic.rmw.cmpxchg", "i32.atomic.rmw.sub", "i32.atomic.store", "memory.atomic.notify", "memory.atomic.wait32",
    ]);
  });
});
