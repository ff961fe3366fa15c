// A group of values as one kernel: outer loops over rows; in each row the phases, one after another, and the values that
// exist once per row. Every store of a loop's body stands after all its loads, so that a value may take the place of one
// that is read at the same element.

import { InternalError } from "../../ir/errors.ts";
import type { Kernel, ValueId } from "../../ir/kernel/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { Launch } from "../../ir/program/program.ts";
import type { LoopGroup } from "./group.ts";
import { KernelScope, kernelName } from "./kernel-scope.ts";
import { beginReduction } from "./reduction.ts";

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
  const loadedAgain = new Set([...buffers.reread].map((node) => requireBuffer(buffers, node)));
  for (const { node } of group.members) {
    if (!buffers.written.has(node)) continue;
    const buffer = requireBuffer(buffers, node);
    scope.parameter(buffer, node.type.dtype, loadedAgain.has(buffer) ? "readwrite" : "write");
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
    const results = scope.nest(extents, "parallel", reductions.map(({ init }) => init), reductions.map(({ combine }) => combine), (inner, current) => {
      const late: (() => void)[] = [];
      for (const { node, reduces } of members) {
        if (reduces) continue;
        const index = [...outer, ...inner];
        const value = scope.inline(node, index);
        scope.define(node, index, value);
        store(node, index, value, late);
      }
      const next = reductions.map(({ step }, i) => step(outer, inner, current[i]!));
      for (const write of late) write();
      return next;
    });
    reductions.forEach(({ node }, i) => {
      scope.define(node, outer, results[i]!);
      store(node, outer, results[i]!, stores);
    });
    perRow(phase);
  });
  for (const write of stores) write();
}
