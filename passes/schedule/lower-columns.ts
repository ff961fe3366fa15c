// Reductions over leading axes as a kernel that streams rows: the rows of memory are walked one after another and each
// adds to a row of partial results, which stays in the first-level cache. Every element is the sequential combination over
// the reduced axes, first to last.

import type { Kernel, ValueId } from "../../ir/kernel/kernel.ts";
import type { Launch } from "../../ir/program/program.ts";
import type { Node } from "../../ir/node.ts";
import { opOf } from "../../ir/table.ts";
import { type Dim, productOfDims } from "../../ir/size.ts";
import { type Access, other, unused } from "./access.ts";
import type { LoopGroup, Member } from "./group.ts";
import { KernelScope, kernelName } from "./kernel-scope.ts";
import { beginReduction, type Reduction } from "./reduction.ts";

type Index = readonly ValueId[];

/** Columns whose partial results are held at a time: 16 KB of f32, half of a first-level cache. */
const columnBlock = 4096;
/** Rows taken in one turn, so that a partial result is loaded and stored once for several rows: as many as a processor reads ahead
 *  side by side, and more where rows are so short that one is soon through with them. */
const rowsPerTurn = 10;
const shortRowsPerTurn = 16;
const shortRow = 1024;
/** Fewer columns than this are a vector or two, and fewer rows are best kept in registers. */
const leastColumns = 17;
const leastRows = 17;

/**
 * Whether all phases of the group are reductions along which memory is not contiguous while it is along the last kept axis.
 * It depends on ops, layouts and static sizes alone: the order of accumulation follows from it.
 */
export function reducesColumns(group: LoopGroup, accessesOfMember: (node: Node) => readonly Access[]): boolean {
  const columns = group.outer.at(-1);
  if (group.product !== undefined || columns === undefined || isLess(columns, leastColumns)) return false;
  const mapped = group.members.filter((member) => !member.perRow);
  return mapped.length > 0 && mapped.every((member) =>
    opOf(member.node.op).lower.kind === "reduction" && !isLess(productOfDims(member.inner), leastRows) && walksColumns(accessesOfMember(member.node), group.outer.length - 1));
}

function isLess(dim: Dim, least: number): boolean {
  return typeof dim === "number" && dim < least;
}

function walksColumns(accesses: readonly Access[], column: number): boolean {
  const last = accesses.map(({ axes }) => axes.findLast((axis) => axis !== unused)).filter((axis) => axis !== undefined);
  return last.includes(column) && last.every((axis) => axis === column || (axis !== other && axis < column));
}

/** `bufferOf` gives every member a buffer: what one loop computes the next loads. */
export function lowerColumns(group: LoopGroup, bufferOf: (node: Node) => number | undefined, optimize: (kernel: Kernel) => Kernel): Launch {
  const scope = new KernelScope(kernelName(group.members.map((member) => member.node)), bufferOf);
  for (const { node } of group.members) scope.parameter(bufferOf(node)!, node.type.dtype, "readwrite");
  const writer = new ColumnWriter(group, scope, bufferOf);
  scope.nest(group.outer.slice(0, -1), "parallel", [], [], (lead) => {
    writer.blocks(lead);
    return [];
  });
  return scope.launch(optimize);
}

class ColumnWriter {
  readonly #group: LoopGroup;
  readonly #scope: KernelScope;
  readonly #bufferOf: (node: Node) => number | undefined;
  readonly #rowsPerTurn: number;

  constructor(group: LoopGroup, scope: KernelScope, bufferOf: (node: Node) => number | undefined) {
    this.#group = group;
    this.#scope = scope;
    this.#bufferOf = bufferOf;
    this.#rowsPerTurn = isLess(group.outer.at(-1)!, shortRow) ? shortRowsPerTurn : rowsPerTurn;
  }

  blocks(lead: Index): void {
    const { kernel } = this.#scope;
    const extent = this.#group.outer.at(-1)!;
    const all = this.#scope.dim(extent);
    if (typeof extent === "number" && extent <= columnBlock) {
      this.#block(lead, kernel.i32(0), all);
      return;
    }
    const block = kernel.i32(columnBlock);
    this.#scope.loop(kernel.div(kernel.add(all, kernel.i32(columnBlock - 1)), block), { order: "parallel" }, (at) => {
      const first = kernel.mul(at, block);
      this.#block(lead, first, kernel.min(kernel.sub(all, first), block));
      return [];
    });
  }

  #block(lead: Index, first: ValueId, count: ValueId): void {
    const { kernel } = this.#scope;
    const columns = (body: (index: Index) => void): void => {
      this.#scope.loop(count, { order: "parallel" }, (at) => {
        body([...lead, kernel.add(first, at)]);
        return [];
      });
    };
    const phases = this.#group.phases.map((extents, phase) => ({
      extents, reductions: this.#members(phase, false).map(({ node }) => beginReduction(node, this.#scope)),
    }));
    columns((index) => {
      this.#perColumn(-1, index);
      for (const { node, init } of phases[0]!.reductions) this.#store(node, index, init);
    });
    phases.forEach(({ extents, reductions }, phase) => {
      this.#turns(extents, (above, first, count) => columns((index) => this.#combine(reductions, index, above, first, count)));
      const next = phases[phase + 1]?.reductions ?? [];
      if (next.length === 0 && this.#members(phase, true).length === 0) return;
      columns((index) => {
        this.#perColumn(phase, index);
        for (const { node, init } of next) this.#store(node, index, init);
      });
    });
  }

  /** Turns of several rows: `above`, all of the reduced index but its last axis, and on that axis the first row and how many. */
  #turns(extents: readonly Dim[], body: (above: Index, first: ValueId, count: ValueId) => void): void {
    const { kernel } = this.#scope;
    this.#scope.nest(extents.slice(0, -1), "serial", [], [], (above) => {
      const all = this.#scope.dim(extents.at(-1)!);
      const most = kernel.i32(this.#rowsPerTurn);
      this.#scope.loop(kernel.div(kernel.add(all, kernel.i32(this.#rowsPerTurn - 1)), most), { order: "serial" }, (turn) => {
        const first = kernel.mul(turn, most);
        body(above, first, kernel.min(kernel.sub(all, first), most));
        return [];
      });
      return [];
    });
  }

  /** Loads the partial results of a column, combines rows into them and stores them. */
  #combine(reductions: readonly Reduction[], index: Index, above: Index, first: ValueId, count: ValueId): void {
    const { kernel } = this.#scope;
    const init = reductions.map(({ node }) => this.#scope.load(node, index));
    const last = this.#scope.loop(count, { order: "serial", init, combine: reductions.map(({ combine }) => combine) }, (at, current) => {
      const row = [...above, kernel.add(first, at)];
      return reductions.map(({ step }, i) => step(index, row, current[i]!));
    });
    reductions.forEach(({ node }, i) => this.#store(node, index, last[i]!));
  }

  #members(phase: number, perRow: boolean): readonly Member[] {
    return this.#group.members.filter((member) => member.perRow === perRow && member.phase === phase);
  }

  #perColumn(phase: number, index: Index): void {
    const values = this.#members(phase, true).map(({ node }) => {
      const value = this.#scope.inline(node, index);
      this.#scope.define(node, index, value);
      return { node, value };
    });
    for (const { node, value } of values) this.#store(node, index, value);
  }

  #store(node: Node, index: Index, value: ValueId): void {
    const parameter = this.#scope.parameter(this.#bufferOf(node)!, node.type.dtype, "readwrite");
    this.#scope.kernel.store(parameter, this.#scope.offset(index, node.type.shape), value);
  }
}
