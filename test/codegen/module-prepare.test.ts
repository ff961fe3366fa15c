// What f_prepare is made of, by itself: placement of slots and regions, and arithmetic on sizes.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ModuleBuilder } from "../../codegen/wasm/encode/index.ts";
import { DimArithmetic, DimEmitter } from "../../codegen/wasm/module/dims.ts";
import { header } from "../../codegen/wasm/module/layout.ts";
import { emitPlacement, entry, mostLines } from "../../codegen/wasm/module/place.ts";
import { Refusals } from "../../codegen/wasm/module/refusals.ts";
import { type Dim, addDims, floorDivDims, maxDims, minDims, mulDims, namedSize, subDims } from "../../ir/size.ts";

function instance(build: (module: ModuleBuilder) => void): { memory: DataView; exports: { [name: string]: (...args: (number | bigint)[]) => bigint } } {
  const module = new ModuleBuilder();
  module.defineMemory({ minimum: 1 });
  module.exportMemory("memory");
  build(module);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.encode()));
  return { memory: new DataView((exports["memory"] as WebAssembly.Memory).buffer), exports: exports as never };
}

interface Slot {
  readonly size: number;
  readonly first: number;
  readonly last: number;
}

describe("placement", () => {
  const { memory, exports } = instance((module) => {
    const { addEntry, placeAll } = emitPlacement(module);
    module.exportFunction("addEntry", addEntry);
    module.exportFunction("placeAll", placeAll);
  });
  const base = 64;
  const write = (slots: readonly Slot[]): number => slots.reduce((at, { size, first, last }) => Number(exports["addEntry"]!(at, BigInt(size), first, last)), base);
  const read = (count: number): { begin: number; end: number }[] => Array.from({ length: count }, (_, i) => {
    const at = base + entry.bytes * i;
    return { begin: memory.getInt32(at + entry.begin, true), end: memory.getInt32(at + entry.end, true) };
  });

  const slot = fc.record({ size: fc.integer({ min: 1, max: 40 }), from: fc.nat(20), length: fc.nat(8) })
    .map(({ size, from, length }): Slot => ({ size, first: from, last: from + length }));

  it("gives slots that live together different bytes, within the total, near the least possible", () => {
    let [used, needed] = [0, 0];
    fc.assert(fc.property(fc.array(slot, { maxLength: 40 }), (slots) => {
      expect(write(slots)).toBe(base + entry.bytes * slots.length);
      const total = Number(exports["placeAll"]!(base, slots.length));
      const places = read(slots.length);
      places.forEach(({ begin, end }, i) => {
        expect(end - begin).toBe(slots[i]!.size);
        expect(begin).toBeGreaterThanOrEqual(0);
        expect(end).toBeLessThanOrEqual(total);
        for (let j = 0; j < i; j++) {
          const together = slots[j]!.first <= slots[i]!.last && slots[i]!.first <= slots[j]!.last;
          if (together) expect(end <= places[j]!.begin || places[j]!.end <= begin).toBe(true);
        }
      });
      const alive = Array.from({ length: 30 }, (_, t) => slots.reduce((sum, { size, first, last }) => sum + (first <= t && t <= last ? size : 0), 0));
      used += total;
      needed += Math.max(0, ...alive);
    }), { numRuns: 300 });
    expect(used / needed).toBeLessThan(1.1);
  });

  it("says that slots do not fit, however large and however many they are", () => {
    for (const size of [mostLines + 1, 2 ** 31, 2 ** 62]) {
      for (const count of [1, 5, 900]) {
        write(Array.from({ length: count }, () => ({ size, first: 0, last: 0 })));
        expect(Number(exports["placeAll"]!(base, count))).toBeGreaterThan(mostLines);
      }
    }
    write([{ size: mostLines, first: 0, last: 1 }, { size: mostLines, first: 2, last: 3 }]);
    expect(exports["placeAll"]!(base, 2)).toBe(mostLines);
  });
});

describe("sizes inside the module", () => {
  const names = ["a", "b", "c"];
  const { dim } = fc.letrec<{ dim: Dim }>((tie) => ({
    dim: fc.oneof({ maxDepth: 4 },
      fc.constantFrom(...names).map((name): Dim => namedSize(name)),
      fc.integer({ min: -9, max: 9 }),
      fc.tuple(fc.constantFrom(addDims, subDims, mulDims, minDims, maxDims), tie("dim"), tie("dim")).map(([op, x, y]) => op(x, y)),
      fc.tuple(tie("dim"), fc.integer({ min: 1, max: 9 })).map(([x, divisor]) => floorDivDims(x, divisor)),
    ),
  }));

  /** Exact, or undefined where something on the way is not within 2^62. */
  function exact(value: Dim, sizes: ReadonlyMap<string, bigint>): bigint | undefined {
    if (typeof value === "number") return BigInt(value);
    const limit = (x: bigint): bigint | undefined => (x >= 2n ** 62n || x <= -(2n ** 62n) ? undefined : x);
    let sum: bigint | undefined;
    for (const { coefficient, atoms } of value.terms) {
      let product: bigint | undefined = BigInt(coefficient);
      for (const atom of atoms) {
        let factor: bigint | undefined;
        if (atom.kind === "name") {
          factor = sizes.get(atom.name)!;
        } else {
          const [x, y] = atom.args.map((arg) => exact(arg, sizes));
          if (x === undefined || y === undefined) return undefined;
          if (atom.kind === "floor_div") factor = x / y - (x % y !== 0n && x < 0n !== y < 0n ? 1n : 0n);
          else factor = (atom.kind === "min") === x < y ? x : y;
        }
        product = limit(product * factor);
        if (product === undefined) return undefined;
      }
      sum = sum === undefined ? product : limit(sum + product);
      if (sum === undefined) return undefined;
    }
    return sum;
  }

  it("are exact, or marked as overflowing", () => {
    const size = fc.oneof(fc.nat(100), fc.nat(2 ** 31 - 1));
    fc.assert(fc.property(dim, size, size, size, (value, ...given) => {
      const { memory, exports } = instance((module) => {
        const arithmetic = new DimArithmetic(module, new Refusals(module));
        module.exportFunction("value", module.addFunction("value", ["i64", "i64", "i64"], ["i64"], (f, ...locals) => {
          new DimEmitter(f, arithmetic, new Map(names.map((name, i) => [name, locals[i]!]))).push(value);
        }));
      });
      const actual = exports["value"]!(...given.map(BigInt));
      const expected = exact(value, new Map(names.map((name, i) => [name, BigInt(given[i]!)])));
      const overflowed = memory.getInt32(header.refused, true) !== 0;
      expect(overflowed).toBe(expected === undefined);
      if (expected !== undefined) expect(actual).toBe(expected);
    }), { numRuns: 400 });
  });
});
