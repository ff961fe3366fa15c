// Sizes as programs of bundles: what the loader computes of them is what signatures say; needs no device.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addDims, type Dim, evaluateDim, floorDivDims, maxDims, minDims, mulDims, namedSize, showDim } from "../../ir/size.ts";
import { errorNumbers, firstMessageNumber } from "../../ir/program/signature.ts";
import { loaderMessages } from "../../src/load-webgpu/messages.ts";
import { openProgram } from "../../src/load-webgpu/walk.ts";
import { SizeProgram } from "../../src/webgpu/size-program.ts";

const names = ["n", "m_2", "max"];
const refuse = (error: number, ...details: readonly unknown[]): never => {
  throw new Error(`${error}: ${details.join()}`);
};
const limit = 1000;
const run = (program: SizeProgram, sizes: readonly number[]): ((place: number) => number) => openProgram(program.entries, [limit, ...sizes], refuse)[0];

const dims: fc.Arbitrary<Dim> = fc.letrec<{ dim: Dim }>((tie) => ({
  dim: fc.oneof(
    { maxDepth: 4 },
    fc.integer({ min: -9, max: 9 }), fc.constantFrom(...names.map(namedSize)),
    ...[addDims, mulDims, minDims, maxDims].map((make) => fc.tuple(tie("dim"), tie("dim")).map(([a, b]) => make(a, b))),
    fc.tuple(tie("dim"), fc.integer({ min: 1, max: 9 })).map(([a, b]) => floorDivDims(a, b)),
  ),
})).dim;

describe("a program of sizes", () => {
  test("has the values of the expressions", () => {
    fc.assert(fc.property(fc.array(dims, { maxLength: 5 }), fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 3, maxLength: 3 }), (list, sizes) => {
      const program = new SizeProgram(names);
      const places = list.map((dim) => program.size(typeof dim === "number" ? dim : showDim(dim)));
      const valueAt = run(program, sizes);
      const named = new Map(names.map((name, i) => [name, sizes[i]!]));
      // No sign of zeros.
      expect(places.map((place) => valueAt(place) + 0)).toEqual(list.map((dim) => evaluateDim(dim, named) + 0));
    }), { numRuns: 500, ...(process.env["DAMO_SEED"] === undefined ? {} : { seed: Number(process.env["DAMO_SEED"]) }) });
  });

  test.each(["", "n+", "n n", "k", "max(n", "max(n)", "sin(n,1)", "n*", "(n)", "2.5"])("is made of no text like %j", (text) => {
    expect(() => new SizeProgram(names).size(text)).toThrow("internal error: the size ");
  });

  test("checks, clamps, divides and counts without end", () => {
    const program = new SizeProgram(["n"]);
    const n = program.size("n");
    const [clamped, quotient, least, endless] = [program.clamp(n, 2, 5), program.quotient(n, 4), program.min(n, program.limit), program.infinity()];
    program.check(n, least, 17);
    for (const [size, expected] of [[0, [2, 0, 0]], [4, [4, 1, 4]], [5, [5, 2, 5]], [9, [5, 3, 9]]] as const) {
      const valueAt = run(program, [size]);
      expect([clamped, quotient, least].map((place) => valueAt(place) + 0)).toEqual(expected);
      expect(valueAt(endless)).toBe(Infinity);
    }
    expect(() => run(program, [limit + 1])).toThrow("17: 1001,1000");
  });

  test("has equal values in one place", () => {
    const program = new SizeProgram(names);
    const places = ["n", "2*n", "2*n+m_2"].map((text) => program.size(text));
    const { length } = program.entries;
    expect(["n", "2*n", "2*n+m_2"].map((text) => program.size(text))).toEqual(places);
    expect(program.entries.length).toBe(length);
  });
});

test("numbers of the loader's messages are not those of programs", () => {
  const numbers = Object.keys(loaderMessages).map(Number);
  expect(numbers.filter((number) => number >= firstMessageNumber || number === errorNumbers.badSize || number === errorNumbers.outOfMemory)).toEqual([]);
});
