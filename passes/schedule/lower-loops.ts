// A group of values as one kernel: outer loops over rows; in each row the phases, one after another, and the values that
// exist once per row. Every store of a loop's body stands after all its loads, so that a value may take the place of one
// that is read at the same element.

import { InternalError } from "../../ir/errors.ts";
import type { Kernel, ValueId } from "../../ir/kernel/kernel.ts";
import type { CombineOp } from "../../ir/kernel/scalar.ts";
import type { Node } from "../../ir/node.ts";
import type { Launch } from "../../ir/program/program.ts";
import { opOf } from "../../ir/table.ts";
import { operandMaps } from "./access.ts";
import type { LoopGroup } from "./group.ts";
import { KernelScope, kernelName } from "./kernel-scope.ts";

type Index = readonly ValueId[];

export interface GroupBuffers {
  /** The buffer of a stored node that this kernel may load. */
  bufferOf(node: Node): number | undefined;
  /** Members that are written to their buffers. */
  readonly written: ReadonlySet<Node>;
  /** Members that a later phase loads again. */
  readonly reread: ReadonlySet<Node>;
}

export function lowerLoops(group: LoopGroup, buffers: GroupBuffers, optimize: (kernel: Kernel) => Kernel): Launch {
  const members = new Set(group.members.map((member) => member.node));
  const scope = new KernelScope(kernelName(group.members.map((member) => member.node)),
    (node) => (members.has(node) && !buffers.reread.has(node) ? undefined : buffers.bufferOf(node)));
  // The rows of a product come in blocks: the range is the kernel's first two sizes.
  const rows = group.product === undefined ? undefined : { begin: scope.sizeParameter(0), end: scope.sizeParameter(group.outer[0]!) };
  for (const { node } of group.members) {
    if (!buffers.written.has(node)) continue;
    scope.parameter(requireBuffer(buffers, node), node.type.dtype, buffers.reread.has(node) ? "readwrite" : "write");
  }
  const row = (index: Index) => lowerRow(group, buffers, scope, index);
  if (rows === undefined) {
    scope.nest(group.outer, "parallel", [], [], (index) => { row(index); return []; });
  } else {
    const { kernel } = scope;
    kernel.loop(kernel.sub(rows.end, rows.begin), { order: "parallel" }, (at) => { row([kernel.add(rows.begin, at)]); return []; });
  }
  return scope.launch(optimize);
}

function requireBuffer(buffers: GroupBuffers, node: Node): number {
  const buffer = buffers.bufferOf(node);
  if (buffer === undefined) throw new InternalError(`${node.op} (node ${node.id}) has no buffer`);
  return buffer;
}

function lowerRow(group: LoopGroup, buffers: GroupBuffers, scope: KernelScope, outer: Index): void {
  const stores: (() => void)[] = [];
  const store = (node: Node, index: Index, value: ValueId, into: (() => void)[]) => {
    if (!buffers.written.has(node)) return;
    const parameter = scope.parameter(requireBuffer(buffers, node), node.type.dtype, "write");
    const offset = scope.offset(index, node.type.shape);
    into.push(() => scope.kernel.store(parameter, offset, value));
  };
  const perRow = (phase: number) => {
    for (const member of group.members) {
      if (!member.perRow || member.phase !== phase) continue;
      const value = scope.inline(member.node, outer);
      scope.define(member.node, outer, value);
      store(member.node, outer, value, stores);
    }
  };
  perRow(-1);
  group.phases.forEach((extents, phase) => {
    const members = group.members.filter((member) => !member.perRow && member.phase === phase);
    const reductions = members.filter((member) => member.reduces).map((member) => beginReduction(member.node, scope));
    const results = scope.nest(extents, reductions.every((reduction) => reduction.combine !== undefined) ? "parallel" : "serial",
      reductions.flatMap((reduction) => reduction.init),
      reductions.flatMap((reduction) => reduction.init.map(() => reduction.combine)),
      (inner, current) => {
        const late: (() => void)[] = [];
        const next: ValueId[] = [];
        for (const member of members) {
          if (member.reduces) {
            const reduction = reductions.find((candidate) => candidate.node === member.node)!;
            next.push(...reduction.step(outer, inner, current.slice(next.length, next.length + reduction.init.length)));
          } else {
            const index = [...outer, ...inner];
            const value = scope.inline(member.node, index);
            scope.define(member.node, index, value);
            store(member.node, index, value, late);
          }
        }
        for (const write of late) write();
        return next;
      });
    let from = 0;
    for (const reduction of reductions) {
      const value = reduction.finish(results.slice(from, from + reduction.init.length));
      from += reduction.init.length;
      scope.define(reduction.node, outer, value);
      store(reduction.node, outer, value, stores);
    }
    perRow(phase);
  });
  for (const write of stores) write();
}

interface Reduction {
  readonly node: Node;
  readonly init: Index;
  readonly combine: CombineOp | undefined;
  step(outer: Index, inner: Index, current: Index): Index;
  finish(last: Index): ValueId;
}

function beginReduction(node: Node, scope: KernelScope): Reduction {
  const { lower } = opOf(node.op);
  const { kernel } = scope;
  const maps = operandMaps(node);
  const operand = (input: number, outer: Index, inner: Index) => {
    const index = [...outer, ...inner];
    return scope.element(node.inputs[input]!, maps[input]!.map((axis) => index[axis]!));
  };
  if (lower.kind === "contraction") {
    return {
      node,
      init: [kernel.constant(0, node.type.dtype)],
      combine: "add",
      step: (outer, inner, current) => [kernel.add(current[0]!, kernel.mul(operand(0, outer, inner), operand(1, outer, inner)))],
      finish: (last) => last[0]!,
    };
  }
  if (lower.kind !== "reduction") throw new InternalError(`${node.op} is no reduction`);
  const extents = lower.axes(node).map((axis) => node.inputs[0]!.type.shape[axis]!);
  return {
    node,
    init: lower.init(kernel, node),
    combine: lower.combine,
    step: (outer, inner, current) => lower.step(kernel, current, operand(0, outer, inner), scope.offset(inner, extents), node),
    finish: (last) => lower.finish(kernel, last, node),
  };
}

