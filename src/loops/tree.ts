// Trees of tensors as flat lists, and back.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import { Expression } from "../expression.ts";
import { toTensor } from "../methods.ts";
import { describeArgument, isWeak } from "../ops/operand.ts";
import { HostValue } from "../value.ts";

export interface FlatTree {
  readonly leaves: readonly unknown[];
  /** A tree of the same form with other leaves. */
  build(leaves: readonly unknown[]): unknown;
}

const isLeaf = (tree: unknown): boolean => isWeak(tree) || tree instanceof Expression || tree instanceof HostValue;

/** Lists and records are walked; null and undefined are trees without leaves. E209 for anything that is no tensor. */
export function flatten(op: string, tree: unknown): FlatTree {
  if (isLeaf(tree)) return { leaves: [tree], build: ([leaf]) => leaf };
  if (tree === null || tree === undefined) return { leaves: [], build: () => undefined };
  const isList = Array.isArray(tree);
  if (!isList && Object.getPrototypeOf(tree) !== Object.prototype) {
    throw userError("E209", { op, message: `${describeArgument(tree)} is not a tensor, a list or a record of tensors` });
  }
  const entries = Object.entries(tree as object).map(([name, value]) => [name, flatten(op, value)] as const);
  return {
    leaves: entries.flatMap(([, flat]) => flat.leaves),
    build(leaves) {
      let at = 0;
      const built = entries.map(([name, flat]) => [name, flat.build(leaves.slice(at, at += flat.leaves.length))] as const);
      return isList ? built.map(([, value]) => value) : Object.fromEntries(built);
    },
  };
}

/** The leaves of a tree that must have the form of another. E211 otherwise. */
export function flattenLike(op: string, what: string, tree: unknown, like: FlatTree): readonly unknown[] {
  const { leaves } = flatten(op, tree);
  if (leaves.length === like.leaves.length) return leaves;
  throw userError("E211", { op, message: `${what} has ${leaves.length} tensors where ${like.leaves.length} are needed` });
}

export function buildTensors(tree: FlatTree, nodes: readonly Node[]): unknown {
  return tree.build(nodes.map((node) => toTensor(node)));
}
