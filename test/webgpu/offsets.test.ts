// Where the elements of a grid's places lie, as text and in fours, against the kernel's own operations; and how many slices a sum has, as a number and as statements.
import { describe, expect, test } from "vitest";
import { PlaceOffsets } from "../../codegen/wgsl/kernel/offsets.ts";
import { countSlices, defineSliceCount } from "../../codegen/wgsl/slices.ts";
import { KernelBuilder } from "../../ir/kernel/build.ts";
import type { Instruction, Kernel, LoopInstruction, ValueId } from "../../ir/kernel/kernel.ts";

/** WGSL of u32 as JavaScript: numbers below 2^31, division that rounds down. */
function evaluate(text: string, values: { readonly [name: string]: number }): number {
  const tokens = text.replaceAll(/u32\(sizes\.s(\d+)\)/g, "s$1").match(/\w+|[-+*/%()]/g)!;
  let next = 0;
  const unit = (): number => {
    const token = tokens[next++]!;
    if (token === "(") {
      const value = sum();
      next++;
      return value;
    }
    return values[token] ?? Number.parseInt(token, 10);
  };
  const product = (): number => {
    let value = unit();
    for (; ["*", "/", "%"].includes(tokens[next]!); ) {
      const operator = tokens[next++];
      const by = unit();
      value = operator === "*" ? value * by : operator === "/" ? Math.floor(value / by) : value % by;
    }
    return value;
  };
  const sum = (): number => {
    let value = product();
    for (; ["+", "-"].includes(tokens[next]!); ) value += tokens[next++] === "+" ? product() : -product();
    return value;
  };
  return sum();
}

interface Access { readonly offset: ValueId; readonly where: (indices: readonly number[]) => number }

/** Loops in one another, and what some offsets are by the kernel's operations. */
function accessesOf({ kernel, offsets }: Nested, sizes: readonly number[]): { readonly loops: readonly LoopInstruction[]; readonly extents: readonly number[]; readonly accesses: readonly Access[] } {
  const loops: LoopInstruction[] = [];
  const steps: Instruction[] = [];
  const enter = (body: readonly Instruction[]): void => {
    steps.push(...body);
    for (const loop of body) {
      if (loop.kind !== "loop") continue;
      loops.push(loop);
      enter(loop.body);
    }
  };
  enter(kernel.body);
  const valuesAt = (indices: readonly number[]): ReadonlyMap<ValueId, number> => {
    const values = new Map(loops.map(({ index }, i) => [index, indices[i]!] as const));
    for (const step of steps) {
      if (step.kind === "constant") values.set(step.id, Number(step.value));
      if (step.kind === "size") values.set(step.id, sizes[step.parameter]!);
      if (step.kind !== "op") continue;
      const [a, b] = step.args.map((arg) => values.get(arg)!);
      values.set(step.id, step.op === "add" ? a! + b! : step.op === "mul" ? a! * b! : step.op === "sub" ? a! - b! : Number.NaN);
    }
    return values;
  };
  const first = valuesAt(loops.map(() => 0));
  return {
    loops, extents: loops.map(({ extent }) => first.get(extent)!),
    accesses: offsets.map((offset) => ({ offset, where: (indices) => valuesAt(indices).get(offset)! })),
  };
}

/** Every place's number with the indices of the loops. */
function placesOf(extents: readonly number[]): readonly (readonly number[])[] {
  return extents.reduce<readonly (readonly number[])[]>((places, extent) => places.flatMap((place) => Array.from({ length: extent }, (_, i) => [...place, i])), [[]]);
}

interface Nested { readonly kernel: Kernel; readonly offsets: readonly ValueId[] }

type Offsets = (b: KernelBuilder, indices: readonly ValueId[], extents: readonly ValueId[]) => readonly ValueId[];

function nested(extents: readonly (number | "size")[], offsets: Offsets): Nested {
  let found: readonly ValueId[] = [];
  const b = new KernelBuilder("places");
  const [x, y] = [b.buffer("f32", "read"), b.buffer("f32", "write")];
  const ids = extents.map((extent) => (extent === "size" ? b.sizeParameter() : b.i32(extent)));
  const inside = (indices: readonly ValueId[]): void => {
    if (indices.length < ids.length) {
      b.loop(ids[indices.length]!, { order: "parallel" }, (index) => {
        inside([...indices, index]);
        return [];
      });
      return;
    }
    const at = ids.map((_, i) => i).reduce((sum, i) => (i === 0 ? indices[0]! : b.add(b.mul(sum, ids[i]!), indices[i]!)), indices[0]!);
    found = offsets(b, indices, ids);
    b.store(y, at, found.map((offset) => b.load(x, offset)).reduce((sum, value) => b.add(sum, value)));
  };
  inside([]);
  return { kernel: b.finish(), offsets: found };
}

const cases: readonly { readonly name: string; readonly extents: readonly (number | "size")[]; readonly sizes: readonly number[]; readonly offsets: Offsets; readonly fours: readonly ("vector" | "one" | undefined)[] }[] = [
  { name: "dense rows", extents: [5, 12], sizes: [], fours: ["vector", "vector", "one"], offsets: (b, [i, j], [, n]) => [b.add(b.mul(i!, n!), j!), j!, i!] },
  { name: "a transpose", extents: [8, 4], sizes: [], fours: [undefined], offsets: (b, [i, j], [m]) => [b.add(b.mul(j!, m!), i!)] },
  { name: "symbolic rows", extents: ["size", 8], sizes: [7], fours: ["vector", "one"], offsets: (b, [i, j], [, n]) => [b.add(b.mul(i!, n!), j!), i!] },
  { name: "symbolic columns", extents: [3, "size"], sizes: [8], fours: [undefined, "vector"], offsets: (b, [i, j], [, n]) => [b.add(b.mul(i!, n!), j!), j!] },
  { name: "columns from a number of fours, and from one that is none", extents: [3, 4], sizes: [], fours: ["vector", undefined, undefined],
    offsets: (b, [i, j]) => [b.add(b.add(b.mul(i!, b.i32(16)), j!), b.i32(8)), b.add(b.add(b.mul(i!, b.i32(16)), j!), b.i32(2)), b.add(b.mul(i!, b.i32(6)), j!)] },
  { name: "three axes with the middle one broadcast", extents: [2, 3, 4], sizes: [], fours: ["vector", "one", "vector"],
    offsets: (b, [g, i, j], [, m, n]) => [b.add(b.mul(g!, n!), j!), b.add(b.mul(g!, m!), i!), b.add(b.mul(b.add(b.mul(g!, m!), i!), n!), j!)] },
  { name: "every other column", extents: [3, 8], sizes: [], fours: [undefined], offsets: (b, [i, j], [, n]) => [b.mul(b.add(b.mul(i!, n!), j!), b.i32(2))] },
];

describe.each(cases)("$name", ({ extents: given, sizes, offsets: write, fours }) => {
  const written = nested(given, write);
  const { kernel } = written;
  const { loops, extents, accesses } = accessesOf(written, sizes);
  const words = Object.fromEntries(sizes.map((size, i) => [`s${i}`, size]));

  test.each([[[]], [sizes]])("as the kernel computes them, of sizes %j", (known) => {
    const offsets = new PlaceOffsets(kernel, loops, known);
    expect(accesses.length).toBe(fours.length);
    for (const { offset, where } of accesses) {
      const text = offsets.text(offset, "at")!;
      placesOf(extents).forEach((indices, at) => expect(evaluate(text, { at, ...words }), text).toBe(where(indices)));
    }
    expect(evaluate(offsets.total(1)!, words)).toBe(placesOf(extents).length);
  });

  test("four at a time", () => {
    const offsets = new PlaceOffsets(kernel, loops, []);
    expect(offsets.isOfFours()).toBe(given.at(-1) !== "size");
    accesses.forEach(({ offset, where }, i) => {
      expect(offsets.ofFour(offset), `access ${i}`).toBe(fours[i]);
      if (fours[i] === undefined || !offsets.isOfFours()) return;
      const text = offsets.text(offset, "at", true)!;
      placesOf(extents).forEach((indices, place) => {
        // The four lanes lie side by side from four times the text, or in one place.
        const [first, lane] = [evaluate(text, { at: Math.floor(place / 4), ...words }), place % 4];
        expect(fours[i] === "vector" ? first * 4 + lane : first, text).toBe(where(indices));
      });
    });
    if (offsets.isOfFours()) expect(evaluate(offsets.total(4)!, words) * 4).toBe(placesOf(extents).length);
  });
});

test("what is no sum of multiples of the indices has no text", () => {
  const written = nested([4, 8], (b, [i, j]) => [b.mul(i!, j!), b.add(b.mul(i!, b.i32(-8)), b.i32(24)), b.op("rem", j!, b.i32(4))]);
  const { loops, accesses } = accessesOf(written, []);
  const offsets = new PlaceOffsets(written.kernel, loops, []);
  expect(accesses.map(({ offset }) => [offsets.text(offset, "at"), offsets.ofFour(offset)])).toEqual([[undefined, undefined], [undefined, undefined], [undefined, undefined]]);
});

test("neighbours along a loop that is not the innermost", () => {
  const written = nested([8, 3], (b, [i, j], [m]) => [b.add(b.mul(j!, m!), i!), b.add(b.mul(i!, b.i32(3)), j!)]);
  const { loops, accesses } = accessesOf(written, []);
  const offsets = new PlaceOffsets(written.kernel, loops, []);
  expect(accesses.map(({ offset }) => offsets.ofFour(offset, 0))).toEqual(["vector", undefined]);
  expect([offsets.isOfFours(0), offsets.isOfFours(1)]).toEqual([true, false]);
});

test.each([[256, 16], [4, 16], [9, 64]])("slices by statements are those by number: at most %i, of %i each", (most, worth) => {
  for (const suffix of ["", "u"] as const) {
    const [worthwhile, slices] = defineSliceCount({ most, worth }, "k", suffix).map((line) => /^let \w+ = (.*);$/.exec(line)![1]!);
    const [, less, otherwise, bound] = /^select\(min\(worthwhile, (\d+)u?\), (\d+)u?, worthwhile < (\d+)u?\)$/.exec(slices!)!.map(Number);
    for (const k of [0, 1, worth - 1, worth, 3 * worth, 3 * worth + 1, 8 * worth, 9 * worth + 5, 1e6]) {
      const found = evaluate(worthwhile!, { k });
      expect(found < bound! ? otherwise : Math.min(found, less!), `${k}`).toBe(countSlices({ most, worth }, k));
    }
  }
});
