// Which axis of which tensor is mapped over: one axis for a whole tree of tensors, or a list or record of such choices in
// the tree's form. null means none.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import { flatten } from "../loops/tree.ts";
import { toAxis } from "../shape.ts";

/** An axis for each tensor of a tree, or null. Axes that a record does not name are 0. E205 for another form. */
export function axesOfLeaves(name: "inAxes" | "outAxes", axes: unknown, tree: unknown): readonly unknown[] {
  if (axes === null || axes === undefined || typeof axes === "number") {
    return flatten("vmap", tree).leaves.map(() => (axes === undefined ? 0 : axes));
  }
  if (!haveSameForm(axes, tree)) {
    throw userError("E205", { op: "vmap", message: `${name} does not have the form of what it speaks of`, hint: "pass an axis, null, or a list or record of them" });
  }
  return Object.entries(tree as object).flatMap(([key, part]) => axesOfLeaves(name, (axes as { readonly [key: string]: unknown })[key], part));
}

function haveSameForm(axes: unknown, tree: unknown): boolean {
  if (Array.isArray(axes)) return Array.isArray(tree) && axes.length === tree.length;
  const isRecord = (value: unknown): value is object => typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  return isRecord(axes) && isRecord(tree) && Object.keys(axes).every((key) => Object.hasOwn(tree, key));
}

/** The axis counted from 0, of a tensor of that rank. E204 where it is not there. */
export function mappedAxis(axis: unknown, node: Node): number {
  return toAxis("vmap", axis, node.type.shape.length);
}
