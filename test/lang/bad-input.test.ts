// Damaged files and hostile values: each is a coded error or a correct result, never a trap, and the state stays.

import { build, compile, fn, incSubtensor, input, shared, zeros } from "damo";
import { load } from "damo/load";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DamoError } from "../../ir/errors.ts";
import { formatNpy, parseNpy } from "../../src/formats/npy.ts";
import { formatSafetensors, parseSafetensors } from "../../src/formats/safetensors.ts";
import { readSections, readSignature } from "../../src/formats/wasm-sections.ts";

const x = input("x", ["n", 2]);
const i = input("i", ["n"], { dtype: "i32" });
const w = shared("w", zeros([3, 2]));
const step = fn({ inputs: { x, i }, outputs: { seen: w.at(i).mul(x).sum() }, updates: [[w, incSubtensor(w, [i], x)]] });
const artifact = (await build({ step })).wasm;

/** Runs `read` on the file with each byte changed in a few ways, and cut at each length. */
function damage(file: Uint8Array, read: (bytes: Uint8Array) => void): void {
  for (let at = 0; at < file.length; at++) {
    read(file.slice(0, at));
    for (const byte of [0, 0xff, file[at]! ^ 1, file[at]! ^ 0x80, 0x39]) {
      const copy = file.slice();
      copy[at] = byte;
      read(copy);
    }
  }
}

/** What is thrown must be an error with a code. */
function coded(run: () => unknown, code: RegExp): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof DamoError)) throw error;
    expect(error.code).toMatch(code);
  }
}

describe("files damaged at each byte", () => {
  it(".npy", () => {
    for (const tensor of [
      { dtype: "f32", shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }, { dtype: "bool", shape: [2], data: Uint8Array.of(0, 1) },
      { dtype: "i64", shape: [], data: BigInt64Array.of(7n) },
    ] as const) {
      damage(formatNpy(tensor), (bytes) => coded(() => {
        const { shape, data, dtype } = parseNpy(bytes);
        expect(data).toHaveLength(shape.reduce((a, b) => a * b, 1));
        if (dtype === "bool") expect(Math.max(0, ...(data as Uint8Array))).toBeLessThanOrEqual(1);
      }, /^E703$/));
    }
  });

  it(".safetensors", () => {
    damage(formatSafetensors(new Map([["w", { dtype: "f64", shape: [2], data: Float64Array.of(1, 2) }], ["b", { dtype: "bool", shape: [2], data: Uint8Array.of(0, 1) }]])),
      (bytes) => coded(() => {
        for (const { shape, data, dtype } of parseSafetensors(bytes).values()) {
          expect(data).toHaveLength(shape.reduce((a, b) => a * b, 1));
          if (dtype === "bool") expect(Math.max(0, ...(data as Uint8Array))).toBeLessThanOrEqual(1);
        }
      }, /^E704$/));
  });

  it("sections and signature of a module", () => {
    damage(artifact.slice(0, 600), (bytes) => coded(() => readSections(bytes), /^E701$/));
    const section = readSections(artifact).find(({ name }) => name === "damo")!;
    const from = section.bytes.byteOffset - artifact.byteOffset;
    for (let at = 0; at < section.bytes.length; at++) {
      const copy = artifact.slice();
      copy[from + at]! ^= 1;
      coded(() => readSignature(copy), /^E70[12]$/);
    }
  });
});

describe("damo/load", () => {
  const codedLoad = async (bytes: Uint8Array): Promise<void> => {
    try {
      await load(bytes);
    } catch (error) {
      expect(String(error)).toMatch(/^DamoError: E70[12] /);
    }
  };

  it("refuses an artifact cut at any length", async () => {
    for (let length = 0; length < artifact.length; length += length < 300 ? 1 : 97) {
      await expect(load(artifact.slice(0, length)), String(length)).rejects.toThrow(/^E701 /);
    }
  });

  it("refuses random bytes, other modules, and what cannot be read", async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
      await expect(load(bytes)).rejects.toThrow(/^E701 /);
      await expect(load(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...bytes))).rejects.toThrow(/^E701 /);
    }), { numRuns: 200 });
    await expect(load("no/such/file.wasm")).rejects.toThrow(/^E701 .*ENOENT/);
    await expect(load(5 as never)).rejects.toThrow(/^E701 /);
  });

  it("loads an artifact with flipped bits, or says what is wrong", async () => {
    await fc.assert(fc.asyncProperty(fc.integer({ min: 0, max: artifact.length - 1 }), fc.integer({ min: 0, max: 7 }), async (at, bit) => {
      const copy = artifact.slice();
      copy[at]! ^= 1 << bit;
      await codedLoad(copy);
    }), { numRuns: 300 });
  });
});

const sizes = fc.constantFrom<unknown>(0, 1, 2, 7, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53, -1, -(2 ** 31), 0.5, Number.NaN, Infinity, "3", null, undefined, 3n, [], {});

describe("sizes", () => {
  const y = input("y", [1]);
  const big = fn({ inputs: { y }, sizes: ["n", "m"], outputs: { sum: y.broadcastTo(["n", "m"]).exp().cumsum(0).sum() }, onUnusedInput: "ignore" });

  it("of any kind give a result or an error with a code", async () => {
    const model = await compile({ big });
    const { functions: { big: loaded } } = await load((await build({ big })).wasm);
    const allowed = /^E(501|602|605) /;
    fc.assert(fc.property(sizes, sizes, (n, m) => {
      // What would take long is not run: 2^31 - 1 by a small number of elements may fit into memory.
      if (typeof n === "number" && typeof m === "number" && n > 0 && m > 0 && n * m > 1e6 && n * m < 2 ** 31) return;
      for (const call of [() => model.big({ y: [0], n, m } as never).sum.item(), () => loaded!({ y: [0], n, m } as never)["sum"]!.item()]) {
        let sum: unknown;
        try {
          sum = call();
        } catch (error) {
          expect((error as Error).message).toMatch(allowed);
          continue;
        }
        // Running sums of n ones, m times.
        expect(sum).toBe(Number(m) * Number(n) * (Number(n) + 1) / 2);
      }
      expect(model.big({ y: [0], n: 2, m: 3 }).sum.item()).toBe(9);
    }), { numRuns: 300 });
  });

  it("whose memory is refused leave the function as it was prepared", async () => {
    const v = input("v", ["k"]);
    const { functions: { f } } = await load((await build({ f: fn({ inputs: { v }, outputs: { c: v.cumsum(0) } }) })).wasm);
    const bound = f!.bindBuffers({ k: 3 });
    (bound.inputs["v"] as Float32Array).set([1, 2, 3]);
    for (const k of [2 ** 30, 2 ** 31 - 1]) expect(() => f!.bindBuffers({ k })).toThrow(/^E602 /);
    bound.run();
    expect([...(bound.outputs["c"] as Float32Array)]).toEqual([1, 3, 6]);
  });
});

describe.each(["reference", "wasm"] as const)("indices of any value on %s", (target) => {
  it("are in range or E601, and a failed call changes no state", async () => {
    const model = await compile({ step }, { target });
    const rows = [[0, 0], [0, 0], [0, 0]];
    const index = fc.oneof(fc.integer({ min: -5, max: 4 }), fc.constantFrom(-(2 ** 31), 2 ** 31 - 1, -4, 3));
    fc.assert(fc.property(fc.array(index, { maxLength: 9 }), (indices) => {
      const feed = { x: { data: new Float32Array(2 * indices.length).fill(1), shape: [indices.length, 2] }, i: Int32Array.from(indices) };
      const outside = indices.some((at) => at < -3 || at > 2);
      if (outside) expect(() => model.step(feed)).toThrow(/^E601 .*bad-input\.test\.ts:\d+$/);
      else {
        model.step(feed);
        for (const at of indices) rows[(at + 3) % 3]!.forEach((_, column, row) => row[column]!++);
      }
      expect(model.state["w"]!.get().toArray()).toEqual(rows);
    }), { numRuns: 200 });
  });
});
