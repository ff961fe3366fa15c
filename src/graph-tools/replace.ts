// Expressions with others in the place of some of their parts.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import { type Dim, nameOfDim, showDim } from "../../ir/size.ts";
import { substitute } from "../../ir/substitute.ts";
import { describeTyped } from "../expression.ts";
import { readGivens } from "../fn.ts";
import { located } from "../location.ts";
import { buildTensors, flatten } from "../loops/tree.ts";
import type { Traced, Tree } from "../loops/types.ts";
import { isWeak, toNode, toOperand, weakNode } from "../ops/operand.ts";
import type { Tensor } from "../tensor.ts";
import type { Operand, Replacement, Replacements } from "../types/index.ts";
import { Retyping } from "./retyping.ts";

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
    const pairs = options.strict === false ? readLoose(replacements) : readGivens("replace", "replacements", replacements);
    return buildTensors(tree, options.strict === false ? new Retyping(pairs, sizesOf(pairs)).apply(nodes) : substitute(nodes, pairs));
  }) as Strict extends false ? Rebuilt<T> : Traced<T>;
}

type Pairs = readonly (readonly [target: Node, value: Node])[];

/** Pairs whose types may differ. */
function readLoose(replacements: unknown): Pairs {
  return readGivens("replace", "replacements", replacements, (target, value) =>
    (isWeak(value) ? weakNode("replace", value, target.type.dtype, []) : toNode("replace", value)));
}

/** What the named sizes of the targets become. */
function sizesOf(pairs: Pairs): ReadonlyMap<string, Dim> {
  const sizes = new Map<string, Dim>();
  for (const [target, value] of pairs) matchSizes(target, value, sizes);
  return sizes;
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
