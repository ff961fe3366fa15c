// What of a kernel is done in four lanes, and what is not: where neighbours lie apart, where their number is not known to be of fours, and where an element is stored by itself.
import { describe, expect, test } from "vitest";
import { BoundBuffers, type BufferBindings } from "../../codegen/wgsl/kernel/bound-buffers.ts";
import { membersInFours, placesInFours, wideBindings } from "../../codegen/wgsl/kernel/fours.ts";
import { chooseGrid } from "../../codegen/wgsl/kernel/grid.ts";
import { PlaceOffsets } from "../../codegen/wgsl/kernel/offsets.ts";
import { KernelBuilder } from "../../ir/kernel/build.ts";
import type { Access, Instruction, Kernel, LoopInstruction, ValueId } from "../../ir/kernel/kernel.ts";

type Element = (b: KernelBuilder, x: number, at: ValueId, index: ValueId) => ValueId;
type Rest = (b: KernelBuilder, buffers: readonly number[], row: ValueId, columns: ValueId, sum: ValueId, i: ValueId) => void;

const asItIs: Element = (b, x, at) => b.load(x, at);

/** Of each row of a matrix the sum of what becomes of its elements, to the second buffer. */
function rows(columns: number | "size", element: Element = asItIs, rest: Rest = (b, [, y], _, __, sum, i) => b.store(y!, i, sum), access: Access = "read"): Kernel {
  const b = new KernelBuilder("rows");
  const buffers = [b.buffer("f32", access), b.buffer("f32", "write"), b.buffer("i32", "read")];
  const count = b.sizeParameter();
  const extent = columns === "size" ? b.sizeParameter() : b.i32(columns);
  b.loop(count, { order: "parallel" }, (i) => {
    const row = b.mul(i, extent);
    const [sum] = b.loop(extent, { order: "parallel", init: [b.constant(0, "f32")], combine: ["add"] }, (j, [all]) => [b.add(all!, element(b, buffers[0]!, b.add(row, j), j))]);
    rest(b, buffers, row, extent, sum!, i);
    return [];
  });
  return b.finish();
}

/** Of each column the sum over the rows of what becomes of its elements. */
function columns(count: number | "size", element: Element = asItIs, access: Access = "read", to = 1): Kernel {
  const b = new KernelBuilder("columns");
  const buffers = [b.buffer("f32", access), b.buffer("f32", "write")];
  const over = b.sizeParameter();
  const extent = count === "size" ? b.sizeParameter() : b.i32(count);
  b.loop(extent, { order: "parallel" }, (j) => {
    const [sum] = b.loop(over, { order: "parallel", init: [b.constant(0, "f32")], combine: ["add"] }, (i, [all]) => [b.add(all!, element(b, buffers[0]!, b.add(b.mul(i, extent), j), j))]);
    b.store(buffers[to]!, j, sum!);
    return [];
  });
  return b.finish();
}

function loopsOf(body: readonly Instruction[]): readonly LoopInstruction[] {
  return body.flatMap((loop) => (loop.kind === "loop" ? [loop, ...loopsOf(loop.body)] : []));
}

const bound = (kernel: Kernel, bindings: BufferBindings = {}): BoundBuffers => new BoundBuffers(kernel, bindings);

function members(kernel: Kernel, bindings: BufferBindings = {}): { readonly loops: readonly number[]; readonly wide: readonly number[] } | undefined {
  const own = bound(kernel, bindings);
  const found = membersInFours(kernel, chooseGrid(kernel, own, []), own, []);
  const loops = loopsOf(kernel.body);
  return found && { loops: [...found.nests.keys()].map((loop) => loops.indexOf(loop)), wide: [...wideBindings(found, own)].sort() };
}

function places(kernel: Kernel, bindings: BufferBindings = {}): readonly number[] | undefined {
  const own = bound(kernel, bindings);
  const found = placesInFours(kernel, chooseGrid(kernel, own, [])!, own, []);
  return found && [...wideBindings(found, own)].sort();
}

describe("four members of a team", () => {
  test("take rows of a number of fours", () => {
    expect(members(rows(12))).toEqual({ loops: [1], wide: [0] });
    expect([members(rows(13)), members(rows("size"))]).toEqual([undefined, undefined]);
  });

  test("compute values of four elements, and with the index of each", () => {
    const kernel = rows(12, (b, x, at, j) => b.mul(b.load(x, at), b.convert(j, "f32")));
    const own = bound(kernel);
    const [lanes] = membersInFours(kernel, chooseGrid(kernel, own, []), own, [])!.nests.values();
    const [, inner] = loopsOf(kernel.body);
    expect(lanes!.index).toBe(inner!.index);
    const wide = inner!.body.filter((instruction) => "id" in instruction && lanes!.values.has(instruction.id));
    expect(wide.map((instruction) => (instruction.kind === "op" ? instruction.op : instruction.kind)).sort()).toEqual(["add", "convert", "load", "mul"]);
    expect([...lanes!.accesses]).toEqual(inner!.body.filter(({ kind }) => kind === "load"));
  });

  test.each<readonly [string, Element]>([
    ["begin at a number that is none of fours", (b, x, at) => b.load(x, b.add(at, b.i32(2)))],
    ["lie apart", (b, x, at) => b.load(x, b.mul(at, b.i32(2)))],
    ["are where something that is loaded says", (b, x, at) => b.load(x, b.load(2, at))],
    ["lie where a value says that is computed with, too", (b, x, at) => b.mul(b.load(x, at), b.convert(at, "f32"))],
  ])("do not take elements that %s", (_, element) => {
    expect(members(rows(12, element))).toBeUndefined();
  });

  test("load single elements, too, of what they load in fours", () => {
    expect(members(rows(12, (b, x, at) => b.mul(b.load(x, at), b.load(x, b.i32(0)))))).toEqual({ loops: [1], wide: [0] });
  });

  test("do not take what is stored one by one as well", () => {
    const inPlace: Rest = (b, [x], row, _, sum) => b.store(x!, row, sum);
    expect(members(rows(12, asItIs, inPlace, "readwrite"))).toBeUndefined();
    expect(members(rows(12), { bindings: [0, 0, 1] })).toBeUndefined();
  });

  test("leave loops that combine nothing to single ones, where they must", () => {
    const each = (at: (b: KernelBuilder, row: ValueId, j: ValueId) => ValueId): Rest => (b, [x, y], row, extent, sum) => void b.loop(extent, { order: "parallel" }, (j) => {
      b.store(y!, at(b, row, j), b.sub(b.load(x!, b.add(row, j)), sum));
      return [];
    });
    expect(members(rows(12, asItIs, each((b, row, j) => b.add(row, j))))).toEqual({ loops: [1, 2], wide: [0, 1] });
    expect(members(rows(12, asItIs, each((b, row, j) => b.mul(b.i32(3), b.add(row, j)))))).toEqual({ loops: [1], wide: [0] });
  });

  test("are none where another loop combines what they cannot take, or runs in order", () => {
    const again = (order: "parallel" | "serial"): Rest => (b, [x, y], row, extent, sum, i) => {
      const [all] = b.loop(extent, { order, init: [sum], ...(order === "parallel" ? { combine: ["add"] as const } : {}) }, (j, [before]) => {
        const next = b.add(before!, b.load(x!, b.mul(b.i32(3), b.add(row, j))));
        if (order === "serial") b.store(y!, b.add(row, j), next);
        return [next];
      });
      if (order === "parallel") b.store(y!, i, all!);
    };
    expect(members(rows(12, asItIs, again("parallel")))).toBeUndefined();
    expect(members(rows(12, asItIs, again("serial")))).toBeUndefined();
  });

  test("need buffers that begin where their bindings do", () => {
    expect(members(rows(12), { bases: [1] })).toBeUndefined();
  });
});

describe("four places", () => {
  test("are four columns, if there is a number of fours", () => {
    expect(places(columns(8))).toEqual([0, 1]);
    expect([places(columns(9)), places(columns("size"))]).toEqual([undefined, undefined]);
    expect(places(columns(8), { bases: [1] })).toBeUndefined();
  });

  test("may add to what stands where the result goes, but not load one element of it", () => {
    expect(places(columns(8, asItIs, "readwrite", 0))).toEqual([0]);
    expect(places(columns(8, (b, x, at) => b.mul(b.load(x, at), b.load(x, b.i32(3))), "readwrite", 0))).toBeUndefined();
    expect(places(columns(8, (b, x, at) => b.mul(b.load(x, at), b.load(x, b.i32(3)))))).toEqual([0, 1]);
  });

  test("are found from their number where an invocation does all that is in them", () => {
    const kernel = columns(8);
    const own = bound(kernel);
    const grid = chooseGrid(kernel, own, [])!;
    expect(placesInFours(kernel, grid, own, [], new PlaceOffsets(kernel, grid.loops, []))?.place.index).toBe(grid.loops[0]!.index);
  });
});
