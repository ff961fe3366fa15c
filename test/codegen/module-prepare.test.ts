// What f_prepare is made of, by itself: placement of slots and regions, and arithmetic on sizes.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ModuleBuilder } from "../../codegen/wasm/encode/index.ts";
import { DimEmitter, emitDimArithmetic } from "../../codegen/wasm/module/dims.ts";
import { header } from "../../codegen/wasm/module/layout.ts";
import { emitPlacement, entry } from "../../codegen/wasm/module/place.ts";
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
    const { firstFit, placeSlots } = emitPlacement(module);
    module.exportFunction("firstFit", firstFit);
    module.exportFunction("placeSlots", placeSlots);
  });
  const base = 64;
  const write = (slots: readonly Slot[]): void => slots.forEach(({ size, first, last }, i) => {
    const at = base + entry.bytes * i;
    memory.setBigInt64(at + entry.size, BigInt(size), true);
    memory.setInt32(at + entry.first, first, true);
    memory.setInt32(at + entry.last, last, true);
  });
  const read = (count: number): { begin: number; end: number }[] => Array.from({ length: count }, (_, i) => {
    const at = base + entry.bytes * i;
    return { begin: Number(memory.getBigInt64(at + entry.begin, true)), end: Number(memory.getBigInt64(at + entry.end, true)) };
  });

  const slot = fc.record({ size: fc.integer({ min: 1, max: 40 }).map((n) => 64 * n), from: fc.nat(20), length: fc.nat(8) })
    .map(({ size, from, length }): Slot => ({ size, first: from, last: from + length }));

  it("gives slots that live together different bytes, within the total, near the least possible", () => {
    let [used, needed] = [0, 0];
    fc.assert(fc.property(fc.array(slot, { maxLength: 40 }), (slots) => {
      write(slots);
      const total = Number(exports["placeSlots"]!(base, slots.length));
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
        const arithmetic = emitDimArithmetic(module);
        module.exportFunction("value", module.addFunction("value", ["i64", "i64", "i64"], ["i64"], (f, ...locals) => {
          new DimEmitter(f, arithmetic, new Map(names.map((name, i) => [name, locals[i]!]))).push(value);
        }));
      });
      const actual = exports["value"]!(...given.map(BigInt));
      const expected = exact(value, new Map(names.map((name, i) => [name, BigInt(given[i]!)])));
      const overflowed = memory.getInt32(header.overflow, true) !== 0;
      expect(overflowed).toBe(expected === undefined);
      if (expected !== undefined) expect(actual).toBe(expected);
    }), { numRuns: 400 });
  });
});
