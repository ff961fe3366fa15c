// Functions made of functions: the same graph over other variables, with parts replaced.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import { substitute } from "../../ir/substitute.ts";
import { checkDefinition, type Fn, FunctionDefinition, readGivens } from "../fn.ts";
import { checkName } from "../input.ts";
import { captureLocation, located } from "../location.ts";
import { type SharedExpression, sharedOf } from "../shared.ts";
import type { AnyShared, Replacement, Replacements } from "../types/index.ts";

export interface CopyOptions<S extends readonly Swap[] = readonly Swap[], G extends readonly Replacement[] = readonly Replacement[]> {
  readonly name?: string;
  /** Variables and those that the copy reads and updates instead. */
  readonly swap?: Replacements<"swap", S, "a variable">;
  /** Expressions that replace others, as in `fn`; they may be parts of the outputs and of updates. */
  readonly givens?: Replacements<"givens", G, "an expression">;
  /** Leaves all updates out. */
  readonly deleteUpdates?: boolean;
}

type Swap = readonly [variable: AnyShared, other: AnyShared];

/**
 * A function like another. Compiled together they share the variables that are not swapped (also those of inputs that keep their
 * value), and each is a function of its own. E401 for what cannot be swapped, E407 for what does not have the type of what it replaces.
 */
export function copy<I, O, const S extends readonly Swap[] = readonly [], const G extends readonly Replacement[] = readonly []>(f: Fn<I, O>, options: CopyOptions<S, G> = {}): Fn<I, O> {
  return located(() => copied(f, options as CopyOptions), "copy") as unknown as Fn<I, O>;
}

function copied(f: unknown, { name, swap, givens, deleteUpdates = false }: CopyOptions): FunctionDefinition {
  if (!(f instanceof FunctionDefinition)) throw userError("E401", { op: "copy", message: "takes a function made by fn()" });
  if (typeof deleteUpdates !== "boolean") throw userError("E209", { op: "copy", message: `deleteUpdates is ${String(deleteUpdates)}` });
  const swapped = new Map(readGivens("copy", "swap", swap));
  for (const node of [...swapped].flat()) {
    if (sharedOf(node) === undefined) throw userError("E401", { op: "copy", message: "only shared variables can be swapped", hint: "replace other expressions with givens" });
  }
  const kept = deleteUpdates ? [] : [...f.updates].map(([variable, value]) => [swappedOf(variable, swapped), value] as const);
  const updates = new Map<SharedExpression, Node>(kept);
  if (updates.size < kept.length) throw userError("E405", { op: "copy", message: "two variables that are updated become one" });
  // What replaces an expression is of the copy: its variables are swapped, too.
  const pairs = readGivens("copy", "givens", givens).map(([target, value]) => [target, substitute([value], swapped)[0]!] as const);
  const results = substitute([...f.outputs.values(), ...updates.values()], [...swapped, ...pairs]);
  checkDefinition(f.inputs, f.sizes, results, "ignore");
  const count = f.outputs.size;
  return new FunctionDefinition({
    ...f, name: name === undefined ? f.name : checkName("copy", name),
    outputs: new Map([...f.outputs.keys()].map((key, i) => [key, results[i]!])),
    updates: new Map([...updates.keys()].map((variable, i) => [variable, results[count + i]!])),
    location: captureLocation(),
  });
}

function swappedOf(variable: SharedExpression, swapped: ReadonlyMap<Node, Node>): SharedExpression {
  const other = swapped.get(variable.node);
  return other === undefined ? variable : sharedOf(other)!;
}
