// Branches: only the one that is taken runs.

import { userError } from "../../ir/errors.ts";
import { reachableNodes } from "../../ir/graph.ts";
import type { Node } from "../../ir/node.ts";
import { cond as condOp } from "../../ir/ops/cond.ts";
import { extractRegions } from "../../ir/region.ts";
import { type DType, isInt } from "../../ir/types.ts";
import { located } from "../location.ts";
import { lt } from "../ops/elementwise.ts";
import { expectDType, toOperand, weakNode } from "../ops/operand.ts";
import { full, make } from "../ops/primitive.ts";
import { valueFor } from "../replacement.ts";
import type { AnyTensor, Weak } from "../types/index.ts";
import { conditionOf } from "./body.ts";
import { buildTensors, type FlatTree, flatten, flattenLike } from "./tree.ts";
import type { Like, Traced, Tree } from "./types.ts";

/**
 * What `then` gives if the condition (a bool scalar) holds, else what `otherwise` gives: tensors, or lists and records of
 * them. Both are called once to be traced; when the program runs, only one of them does, and the other can neither cost time nor
 * fail. E211 where their types differ.
 */
export const cond = buildCond as unknown as Cond;

interface Cond {
  <const T extends Tree>(condition: AnyTensor<"bool"> | boolean, then: () => T, otherwise: () => Like<NoInfer<T>>): Traced<T>;
}

function buildCond(condition: unknown, then: () => unknown, otherwise: () => unknown): never {
  const test = located(() => conditionOf("cond", condition));
  const first = located(firstId);
  const results = [then(), otherwise()];
  return located(() => {
    const { tree, sides } = flattenSides("cond", results);
    return buildTensors(tree, makeCond(test, sides[0]!, sides[1]!, madeAfter(first)));
  }) as never;
}

/** Theano's name for it, with values in place of functions: what one value needs and the other does not is its branch. */
export const ifelse = buildIfElse as unknown as IfElse;

interface IfElse {
  <const T extends Tree>(condition: AnyTensor<"bool"> | boolean, then: T, otherwise: Like<NoInfer<T>>): Traced<T>;
}

function buildIfElse(condition: unknown, then: unknown, otherwise: unknown): never {
  return located(() => {
    const test = conditionOf("ifelse", condition);
    const { tree, sides } = flattenSides("ifelse", [then, otherwise]);
    const reached = [[test], ...sides].map((nodes) => new Set(reachableNodes(nodes)));
    const isOwn = (node: Node, side: number): boolean => node.inputs.length > 0 && !reached[0]!.has(node) && !reached[2 - side]!.has(node);
    return buildTensors(tree, makeCond(test, sides[0]!, sides[1]!, isOwn));
  }) as never;
}

/** What the branch with the number `index` gives, an integer scalar; the first or last for a number that is none. */
export const switchCase = buildSwitch as unknown as SwitchCase;

interface SwitchCase {
  <const T extends Tree>(index: AnyTensor<DType> | Weak, branches: readonly [() => T, ...(() => Like<NoInfer<T>>)[]]): Traced<T>;
}

function buildSwitch(index: unknown, branches: readonly (() => unknown)[]): never {
  const first = located(firstId);
  const results = branches.map((branch) => branch());
  return located(() => {
    if (results.length === 0) throw userError("E205", { op: "switchCase", message: "there is no branch" });
    const at = typeof index === "number" ? weakNode("switchCase", index, "i32", []) : expectDType("switchCase", toOperand("switchCase", index), isInt, "an integer scalar");
    const { tree, sides } = flattenSides("switchCase", results);
    return buildTensors(tree, choose(at, sides, 0, madeAfter(first)));
  }) as never;
}

/** What a branch makes is its own, but for variables, which stand outside of functions. */
const madeAfter = (first: number) => (node: Node): boolean => node.id > first && node.op !== "parameter";

/** Nodes that are made from now on have larger ids. */
const firstId = (): number => full(0, "i32", []).id;

function flattenSides(op: string, results: readonly unknown[]): { readonly tree: FlatTree; readonly sides: readonly (readonly Node[])[] } {
  const tree = flatten(op, results[0]);
  const first = tree.leaves.map((leaf) => toOperand(op, leaf));
  const others = results.slice(1).map((result) =>
    flattenLike(op, "a branch", result, tree).map((value, i) => valueFor("E211", op, `value ${i} of a branch`, first[i]!, value)));
  return { tree, sides: [first, ...others] };
}

/** A tree of branches, as deep as the logarithm of their number. */
function choose(index: Node, sides: readonly (readonly Node[])[], from: number, isInside: (node: Node) => boolean): readonly Node[] {
  if (sides.length === 1) return sides[0]!;
  const half = sides.length >> 1;
  const test = lt(index, from + half);
  return makeCond(test, choose(index, sides.slice(0, half), from, isInside), choose(index, sides.slice(half), from + half, isInside), isInside);
}

function makeCond(condition: Node, then: readonly Node[], otherwise: readonly Node[], isInside: (node: Node, side: number) => boolean): readonly Node[] {
  if (then.length === 0) return [];
  const { regions, captures } = extractRegions([then, otherwise], isInside, "branch");
  const node = make(condOp.name, [condition, ...captures], { then: regions[0]!, otherwise: regions[1]! });
  return then.map((_, index) => make("result", [node], { index }));
}
