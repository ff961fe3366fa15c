// Transposes: a nest that reads along one loop and writes along another is cut into tiles, so that cache lines are used
// whole on both sides. In a tile several neighbouring reads stand side by side: a target loads them at once.

import { InternalError } from "../../ir/errors.ts";
import { KernelBuilder } from "../../ir/kernel/build.ts";
import type { Instruction, Kernel, LoopInstruction, StoreInstruction, ValueId } from "../../ir/kernel/kernel.ts";
import { type Stride, Strides } from "./stride.ts";

/** Neighbouring elements that a tile reads of each row. */
const tileReads = 8;
/** Elements that it writes of each row, `tileLanes` at a time. */
const tileWrites = 64;
const tileLanes = 4;
/** Larger bodies are not written out `tileReads` times: there memory is not what takes the time. */
const mostValues = 12;

type Pure = Exclude<Instruction, { kind: "store" | "loop" }>;

interface Nest {
  readonly loops: readonly LoopInstruction[];
  readonly stores: readonly StoreInstruction[];
  readonly definitions: ReadonlyMap<ValueId, Pure>;
}

/** The same kernel where there is nothing to gain. All loops are parallel, so that their order is free. */
export function tileLoops(kernel: Kernel): Kernel {
  const nest = perfectNest(kernel);
  if (nest === undefined) return kernel;
  const along = readingLoop(nest);
  return along === undefined ? kernel : new TileBuilder(kernel, nest, along).build();
}

/** The kernel as one nest of two or more parallel loops, all stores in the innermost. */
function perfectNest(kernel: Kernel): Nest | undefined {
  const loops: LoopInstruction[] = [];
  const pure: Pure[] = [];
  const stores: StoreInstruction[] = [];
  for (let body = kernel.body; ;) {
    let inner: LoopInstruction | undefined;
    for (const instruction of body) {
      if (instruction.kind === "store") stores.push(instruction);
      else if (instruction.kind !== "loop") pure.push(instruction);
      else if (inner === undefined) inner = instruction;
      else return undefined;
    }
    if (inner === undefined) {
      return loops.length >= 2 && stores.length > 0 ? { loops, stores, definitions: new Map(pure.map((instruction) => [instruction.id, instruction])) } : undefined;
    }
    if (stores.length > 0 || inner.order !== "parallel" || inner.carried.length > 0) return undefined;
    loops.push(inner);
    body = inner.body;
  }
}

/** The loop along which some operand is contiguous, while along the innermost it is not and all stores are. */
function readingLoop({ loops, stores, definitions }: Nest): LoopInstruction | undefined {
  const loads = [...definitions.values()].filter((instruction) => instruction.kind === "load");
  const written = new Set(stores.map(({ buffer }) => buffer));
  const innermost = loops.at(-1)!;
  const [moving, ...others] = [innermost, ...loops.slice(0, -1)].map((loop) => ({ loop, strides: stridesAlong(loop, definitions) }));
  const movesAlong = (value: ValueId): Stride => moving!.strides.of(value);
  const isScattered = (stride: Stride): boolean => stride === "fixed" || (typeof stride === "number" && Math.abs(stride) > 1);
  if (loads.some(({ buffer }) => written.has(buffer)) || stores.some(({ offset }) => movesAlong(offset) !== 1)) return undefined;
  const scattered = loads.filter(({ offset }) => isScattered(movesAlong(offset)));
  const [found] = others.filter(({ strides }) => scattered.some(({ offset }) => strides.of(offset) === 1));
  if (found === undefined || isShort(innermost, definitions) || isShort(found.loop, definitions)) return undefined;
  const irregular = [movesAlong, ...others.map(({ strides }) => (value: ValueId) => strides.of(value))]
    .some((strideOf) => loads.some(({ offset }) => strideOf(offset) === "irregular"));
  // A value made of an index is not in the definitions, an index itself neither.
  const data = dataValues(stores, definitions);
  return irregular || data.size > mostValues || ![...data].every((id) => definitions.has(id)) ? undefined : found.loop;
}

function stridesAlong(loop: LoopInstruction, definitions: Nest["definitions"]): Strides {
  const strides = new Strides(loop.index);
  for (const instruction of definitions.values()) strides.visit(instruction);
  return strides;
}

function isShort({ extent }: LoopInstruction, definitions: Nest["definitions"]): boolean {
  const instruction = definitions.get(extent);
  return instruction?.kind === "constant" && Number(instruction.value) < tileReads;
}

/** What the stored values are made of, offsets left out. */
function dataValues(stores: readonly StoreInstruction[], definitions: Nest["definitions"]): ReadonlySet<ValueId> {
  const found = new Set<ValueId>();
  const pending = stores.map(({ value }) => value);
  while (pending.length > 0) {
    const id = pending.pop()!;
    if (found.has(id)) continue;
    found.add(id);
    const instruction = definitions.get(id);
    if (instruction?.kind === "op") pending.push(...instruction.args);
  }
  return found;
}

class TileBuilder {
  readonly #kernel: Kernel;
  readonly #nest: Nest;
  readonly #along: LoopInstruction;
  readonly #builder: KernelBuilder;
  readonly #sizes: readonly ValueId[];

  constructor(kernel: Kernel, nest: Nest, along: LoopInstruction) {
    this.#kernel = kernel;
    this.#nest = nest;
    this.#along = along;
    this.#builder = new KernelBuilder(kernel.name);
    for (const { dtype, access } of kernel.buffers) this.#builder.buffer(dtype, access);
    this.#sizes = Array.from({ length: kernel.sizes }, () => this.#builder.sizeParameter());
  }

  build(): Kernel {
    const outer = this.#nest.loops.slice(0, -1).filter((loop) => loop !== this.#along);
    this.#open(outer, new Map());
    return this.#builder.finish();
  }

  #open([loop, ...rest]: readonly LoopInstruction[], indices: ReadonlyMap<ValueId, ValueId>): void {
    if (loop === undefined) {
      this.#tiles(indices);
      return;
    }
    this.#builder.loop(this.#value(loop.extent, new Map()), { order: "parallel" }, (at) => {
      this.#open(rest, new Map([...indices, [loop.index, at]]));
      return [];
    });
  }

  #tiles(indices: ReadonlyMap<ValueId, ValueId>): void {
    const builder = this.#builder;
    const innermost = this.#nest.loops.at(-1)!;
    const [reads, writes] = [builder.i32(tileReads), builder.i32(tileWrites)];
    const [rows, columns] = [this.#value(this.#along.extent, new Map()), this.#value(innermost.extent, new Map())];
    const blocks = builder.div(builder.add(columns, builder.i32(tileWrites - 1)), writes);
    builder.loop(blocks, { order: "parallel" }, (block) => {
      const first = builder.mul(block, writes);
      const count = builder.min(builder.sub(columns, first), writes);
      const write = (row: ValueId, copies: number): void => {
        builder.loop(count, { order: "parallel", lanes: tileLanes }, (at) => {
          const column = builder.add(first, at);
          this.#elements(Array.from({ length: copies }, (_, i) =>
            new Map([...indices, [this.#along.index, builder.add(row, builder.i32(i))], [innermost.index, column]])));
          return [];
        });
      };
      const tiles = builder.div(rows, reads);
      builder.loop(tiles, { order: "parallel" }, (tile) => {
        write(builder.mul(tile, reads), tileReads);
        return [];
      });
      const done = builder.mul(tiles, reads);
      builder.loop(builder.sub(rows, done), { order: "parallel" }, (at) => {
        write(builder.add(done, at), 1);
        return [];
      });
      return [];
    });
  }

  /** The innermost body at several indices: all values, then all stores. */
  #elements(places: readonly Map<ValueId, ValueId>[]): void {
    const stores = places.flatMap((known) => this.#nest.stores.map(({ buffer, offset, value }) =>
      ({ buffer, offset: this.#value(offset, known), value: this.#value(value, known) })));
    for (const { buffer, offset, value } of stores) this.#builder.store(buffer, offset, value);
  }

  /** `known` gives the new indices, and keeps what was built with them. */
  #value(id: ValueId, known: Map<ValueId, ValueId>): ValueId {
    let value = known.get(id);
    if (value === undefined) known.set(id, (value = this.#build(id, known)));
    return value;
  }

  #build(id: ValueId, known: Map<ValueId, ValueId>): ValueId {
    const instruction = this.#nest.definitions.get(id);
    if (instruction === undefined) throw new InternalError(`kernel ${this.#kernel.name}: %${id} is not defined`);
    switch (instruction.kind) {
      case "constant": return this.#builder.constant(instruction.value, instruction.dtype);
      case "size": return this.#sizes[instruction.parameter]!;
      case "load": return this.#builder.load(instruction.buffer, this.#value(instruction.offset, known));
      case "op": {
        const args = instruction.args.map((arg) => this.#value(arg, known));
        if (instruction.op === "convert") return this.#builder.convert(args[0]!, instruction.dtype);
        if (instruction.op === "bitcast") return this.#builder.bitcast(args[0]!, instruction.dtype);
        return this.#builder.op(instruction.op, ...args);
      }
    }
  }
}
