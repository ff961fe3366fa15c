// How a stored tensor is read: for every axis of it, which axis of the reader's iteration space walks it. Two stages
// can share a loop when the later one reads the earlier one at the very indices at which it was made.

import { dimsAttribute, intsAttribute } from "../../ir/attributes.ts";
import type { Node } from "../../ir/node.ts";
import { opOf } from "../../ir/table.ts";
import { dimEquals } from "../../ir/size.ts";
import { operandAxes } from "./contraction.ts";

/** The axis has extent 1: its index is always 0. */
export const unused = -2;
/** The index is some function that is not a single iteration axis. */
export const other = -1;

/** Per axis of a tensor: an iteration axis, `unused` or `other`. */
export type AxisMap = readonly number[];

export interface Access {
  readonly node: Node;
  readonly axes: AxisMap;
}

/** Whether the tensor is read at exactly the iteration index, on its first `count` axes. */
export function isAligned(access: Access, count: number): boolean {
  const { shape } = access.node.type;
  if (shape.length < count) return false;
  for (let axis = 0; axis < count; axis++) {
    if (shape[axis] !== 1 && access.axes[axis] !== axis) return false;
  }
  return true;
}

/** Where each operand of a stored node is read, over the node's iteration space: kept axes, then reduced axes. */
export function operandMaps(node: Node): readonly AxisMap[] {
  const { lower } = opOf(node.op);
  const rank = node.type.shape.length;
  const identity = node.type.shape.map((_, axis) => axis);
  if (lower.kind === "reduction") {
    const reduced = lower.axes(node);
    let kept = 0;
    const map = node.inputs[0]!.type.shape.map((_, axis) => {
      const at = reduced.indexOf(axis);
      return at < 0 ? kept++ : rank + at;
    });
    return [map];
  }
  if (lower.kind === "contraction") {
    return (["lhs", "rhs"] as const).map((side, i) => {
      const axes = operandAxes(node, side);
      const firstFree = axes.batch.length + (side === "lhs" ? 0 : operandAxes(node, "lhs").free.length);
      return node.inputs[i]!.type.shape.map((_, axis) => {
        const [batch, free, contract] = [axes.batch.indexOf(axis), axes.free.indexOf(axis), axes.contract.indexOf(axis)];
        return batch >= 0 ? batch : free >= 0 ? firstFree + free : rank + contract;
      });
    });
  }
  return node.inputs.map((_, input) => throughOp(node, input, identity));
}

/** All reads of stored tensors that computing `node` needs, with everything between inlined. */
export function accessesOf(node: Node, isStored: (node: Node) => boolean): readonly Access[] {
  const found = new Map<string, Access>();
  const seen = new Set<string>();
  const pending: Access[] = [];
  operandMaps(node).forEach((axes, i) => pending.push({ node: node.inputs[i]!, axes }));
  while (pending.length > 0) {
    const access = pending.pop()!;
    const axes = access.axes.map((axis, i) => (access.node.type.shape[i] === 1 ? unused : axis));
    const key = `${access.node.id}:${axes.join()}`;
    if (seen.has(key)) continue;
    seen.add(key);
    if (isStored(access.node)) found.set(key, { node: access.node, axes });
    else access.node.inputs.forEach((input, i) => pending.push({ node: input, axes: throughOp(access.node, i, axes) }));
  }
  return [...found.values()];
}

function throughOp(node: Node, input: number, axes: AxisMap): AxisMap {
  const operand = node.inputs[input]!.type.shape;
  const { shape } = node.type;
  const { kind } = opOf(node.op).lower;
  if (kind === "elementwise" || (kind === "effect" && input === 0)) return axes;
  switch (node.op) {
    case "assume":
      return axes;
    case "broadcast": {
      const targets = intsAttribute(node, "axes");
      return operand.map((dim, axis) => (dimEquals(dim, shape[targets[axis]!]!) ? axes[targets[axis]!]! : unused));
    }
    case "transpose": {
      const map = new Array<number>(operand.length).fill(other);
      intsAttribute(node, "permutation").forEach((from, to) => { map[from] = axes[to]!; });
      return map;
    }
    case "reshape": {
      // Axes that survive in order keep their meaning; anything split or merged does not.
      const map = new Array<number>(operand.length).fill(other);
      let to = 0;
      for (let from = 0; from < operand.length; from++) {
        if (operand[from] === 1) { map[from] = unused; continue; }
        while (to < shape.length && shape[to] === 1) to++;
        if (to >= shape.length || !dimEquals(operand[from]!, shape[to]!)) break;
        map[from] = axes[to++]!;
      }
      return map;
    }
    case "slice": {
      const [start, step] = [dimsAttribute(node, "start"), intsAttribute(node, "step")];
      return operand.map((dim, axis) =>
        start[axis] === 0 && step[axis] === 1 && dimEquals(dim, shape[axis]!) ? axes[axis]! : other);
    }
    case "concat": {
      return operand.map((dim, axis) => (dimEquals(dim, shape[axis]!) ? axes[axis]! : other));
    }
    case "gather": {
      const indexed = intsAttribute(node, "axes");
      const indexRank = node.inputs[1]!.type.shape.length;
      if (input > 0) return axes.slice(0, indexRank);
      let rest = indexRank;
      return operand.map((_, axis) => (indexed.includes(axis) ? other : axes[rest++]!));
    }
    default:
      return operand.map(() => other);
  }
}
