// The order in which values are computed. Work that only feeds state updates comes last, after everything that reads
// the old state; among the updates, those at the far end of the longest chains come first, since they need the others' old state.

import type { Node } from "../../ir/node.ts";
import { opOf } from "../../ir/table.ts";

export function scheduleOrder(outputs: readonly Node[], updates: readonly Node[]): readonly Node[] {
  const height = new Map<Node, number>();
  const all = postorder([...outputs, ...updates]);
  for (const node of all) height.set(node, 1 + node.inputs.reduce((most, input) => Math.max(most, height.get(input)!), 0));
  const byHeight = [...new Set(updates)].sort((a, b) => height.get(b)! - height.get(a)!);
  const order = postorder([...outputs, ...byHeight]);
  const tail = updateTail(order, new Set(outputs), new Set(updates));
  return [...order.filter((node) => !tail.has(node)), ...order.filter((node) => tail.has(node))];
}

/** Elementwise work that nothing but updates depends on. */
function updateTail(order: readonly Node[], outputs: ReadonlySet<Node>, updates: ReadonlySet<Node>): ReadonlySet<Node> {
  const users = new Map<Node, Node[]>();
  for (const node of order) for (const input of node.inputs) {
    const list = users.get(input);
    if (list === undefined) users.set(input, [node]);
    else list.push(node);
  }
  const tail = new Set<Node>();
  for (let i = order.length - 1; i >= 0; i--) {
    const node = order[i]!;
    const { kind } = opOf(node.op).lower;
    const readers = users.get(node) ?? [];
    if ((kind === "elementwise" || kind === "movement") && !outputs.has(node)
      && (updates.has(node) || readers.length > 0) && readers.every((reader) => tail.has(reader))) tail.add(node);
  }
  return tail;
}

/** Every node after its inputs; iterative, so that depth is no limit. */
function postorder(roots: readonly Node[]): readonly Node[] {
  const order: Node[] = [];
  const done = new Set<Node>();
  const stack: { node: Node; next: number }[] = [];
  for (const root of roots) {
    if (!done.has(root)) stack.push({ node: root, next: 0 });
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      if (done.has(top.node)) { stack.pop(); continue; }
      const input = top.node.inputs[top.next++];
      if (input === undefined) {
        done.add(top.node);
        order.push(top.node);
        stack.pop();
      } else if (!done.has(input)) {
        stack.push({ node: input, next: 0 });
      }
    }
  }
  return order;
}
