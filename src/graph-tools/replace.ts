// Expressions with others in the place of some of their parts.

import type { Node } from "../../ir/node.ts";
import { type Dim, nameOfDim, showDim } from "../../ir/size.ts";
import { substitute } from "../../ir/substitute.ts";
import { userError } from "../../ir/errors.ts";
import { describeTyped } from "../expression.ts";
import { readGivens } from "../fn.ts";
import { located } from "../location.ts";
import { buildTensors, flatten } from "../loops/tree.ts";
import type { Traced, Tree } from "../loops/types.ts";
import { isWeak, toNode, toOperand, weakNode } from "../ops/operand.ts";
import type { Tensor } from "../tensor.ts";
import type { Operand, Replacement, Replacements } from "../types/index.ts";

export interface ReplaceOptions<Strict extends boolean = boolean> {
  /** `true` by default: what replaces an expression has its dtype and shape (E407). With `false` it may have others: named sizes of
   *  the expression become those of what replaces it, everywhere, and types are inferred anew; an operation that they do not fit is an error. */
  readonly strict?: Strict;
}

/** The tree with tensors whose types are not known before they are built. */
export type Rebuilt<T> = T extends Operand ? Tensor : { -readonly [K in keyof T]: Rebuilt<T[K]> };

/**
 * The outputs (a tensor, or lists and records of tensors) with expressions replaced, wherever they are read: also in bodies of loops and
 * branches, and in what gradients are taken of. All replacements are made at once; what replaces is not searched. The inputs
 * that are not replaced are shared with the original.
 */
export function replace<const T extends Tree, const R extends readonly Replacement[], Strict extends boolean = true>(
  outputs: T, replacements: Strict extends false ? R : Replacements<"replace", R, "an expression">, options: ReplaceOptions<Strict> = {},
): Strict extends false ? Rebuilt<T> : Traced<T> {
  return located(() => {
    const tree = flatten("replace", outputs);
    const nodes = tree.leaves.map((leaf) => toOperand("replace", leaf));
    const given = options.strict === false ? readLoose(replacements) : { pairs: readGivens("replace", "replacements", replacements), sizes: new Map<string, Dim>() };
    return buildTensors(tree, substitute(nodes, given.pairs, given.sizes));
  }) as Strict extends false ? Rebuilt<T> : Traced<T>;
}

/** Pairs whose types may differ, and what the named sizes of the targets become. */
function readLoose(replacements: unknown): { readonly pairs: readonly (readonly [Node, Node])[]; readonly sizes: ReadonlyMap<string, Dim> } {
  const sizes = new Map<string, Dim>();
  const pairs = readGivens("replace", "replacements", replacements, (target, value) => {
    const node = isWeak(value) ? weakNode("replace", value, target.type.dtype, []) : toNode("replace", value);
    matchSizes(target, node, sizes);
    return node;
  });
  return { pairs, sizes };
}

function matchSizes(target: Node, value: Node, sizes: Map<string, Dim>): void {
  if (target.type.shape.length !== value.type.shape.length) return;
  target.type.shape.forEach((dim, axis) => {
    const name = nameOfDim(dim);
    const now = value.type.shape[axis]!;
    if (name === undefined) return;
    const known = sizes.get(name);
    if (known !== undefined && known !== now) {
      throw userError("E407", { op: "replace", message: `the size "${name}" becomes ${showDim(known)} and, in the replacement of ${describeTyped(target)}, ${showDim(now)}` });
    }
    sizes.set(name, now);
  });
}
