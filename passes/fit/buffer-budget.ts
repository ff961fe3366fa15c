// Keeps kernels within the buffers that a target binds: cuts what is computed inline, and says when a group is full.

import type { Node } from "../../ir/node.ts";
import { opOf } from "../../ir/table.ts";
import type { Access } from "../schedule/access.ts";
import type { BufferBudget } from "../schedule/buffer-budget.ts";
import { type LoopGroup, readLater } from "../schedule/group.ts";

/** `most` buffers, the results' included. */
export function budgetOf(most: number): BufferBudget {
  return {
    // One is for the result, or for the flag of a check.
    storeMore: (order, stored) => storeMore(order, stored, most - 1),
    groupTest: (order, stored, leaving, accessesOf) => {
      const readers = readersOf(order, stored, accessesOf);
      return (group) => countBuffers(group, readers, leaving, accessesOf) <= most;
    },
  };
}

function storeMore(order: readonly Node[], stored: Set<Node>, most: number): boolean {
  const loads = new Map<Node, ReadonlySet<Node>>();
  const none: ReadonlySet<Node> = new Set();
  const loadsOf = (input: Node): ReadonlySet<Node> => (stored.has(input) ? new Set([input]) : loads.get(input) ?? none);
  const before = stored.size;
  for (const node of order) {
    const { kind } = opOf(node.op).lower;
    if (kind === "leaf" || kind === "control") continue;
    for (;;) {
      const all = new Set(node.inputs.flatMap((input) => [...loadsOf(input)]));
      const widest = node.inputs.filter((input) => !stored.has(input) && loadsOf(input).size > 1).sort((a, b) => loadsOf(b).size - loadsOf(a).size)[0];
      if (all.size <= most || widest === undefined) {
        loads.set(node, all);
        break;
      }
      stored.add(widest);
    }
  }
  return stored.size > before;
}

/** Who loads each stored value. */
function readersOf(order: readonly Node[], stored: ReadonlySet<Node>, accessesOf: (node: Node) => readonly Access[]): ReadonlyMap<Node, readonly Node[]> {
  const readers = new Map<Node, Node[]>();
  for (const node of order) {
    if (!stored.has(node) || opOf(node.op).lower.kind === "leaf") continue;
    for (const access of accessesOf(node)) {
      const list = readers.get(access.node);
      if (list === undefined) readers.set(access.node, [node]);
      else list.push(node);
    }
  }
  return readers;
}

function countBuffers(group: LoopGroup, readers: ReadonlyMap<Node, readonly Node[]>, leaving: ReadonlySet<Node>, accessesOf: (node: Node) => readonly Access[]): number {
  const members = new Set(group.members.map(({ node }) => node));
  const again = readLater(group, accessesOf);
  const kept = [...members].filter((node) => leaving.has(node) || again.has(node) || (readers.get(node) ?? []).some((reader) => !members.has(reader)));
  // A product has two operands; what it computes is among the reads.
  return [...group.reads].filter((node) => !members.has(node)).length + kept.length + (group.product === undefined ? 0 : 2);
}
