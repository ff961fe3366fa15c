// Writes a nest that reads along one loop and writes along another in tiles. In a tile several neighbouring reads stand side by side: a target loads them at once.

import { InternalError } from "../../ir/errors.ts";
import { KernelBuilder } from "../../ir/kernel/build.ts";
import type { Kernel, LoopInstruction, ValueId } from "../../ir/kernel/kernel.ts";
import { type Nest, type TileNest, tileReads } from "./tile.ts";

/** Elements that a tile writes of each row, `tileLanes` at a time. */
const tileWrites = 64;
const tileLanes = 4;

export const tileNest: TileNest = (kernel, nest, along) => new TileBuilder(kernel, nest, along).build();

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
