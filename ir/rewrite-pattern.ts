// Patterns of rewrite rules and the matcher. A pattern is data: it is matched against nodes, and the same combinators
// write the replacement (`buildTemplate`), where every variable must be bound by the pattern.

import { InternalError } from "./errors.ts";
import type { Attributes, Node } from "./node.ts";
import type { GraphBuilder } from "./op.ts";
import { normalValue } from "./ops/leaf.ts";
import { opOf } from "./table.ts";
import type { TensorType } from "./types.ts";

export type Pattern =
  | { readonly kind: "any"; readonly name: string; readonly where: ((type: TensorType) => boolean) | undefined }
  /** A `full` node: of this value, or of any value. In a template: of the type of the node `like`, or of the root. */
  | { readonly kind: "constant"; readonly value: number | undefined; readonly name: string | undefined }
  | {
    readonly kind: "op"; readonly op: string; readonly inputs: readonly Pattern[];
    readonly attributes: Attributes | undefined;
    /** Templates only: the attributes of a bound node. */
    readonly like: string | undefined;
  }
  | { readonly kind: "bind"; readonly name: string; readonly pattern: Pattern };

/** Any node. The same name twice means the same node. */
export function any(name: string, where?: (type: TensorType) => boolean): Pattern {
  return { kind: "any", name, where };
}

/** A `full` of this value (exactly: 0 is not -0). In a template `like` names the node whose type it takes; default: the root. */
export function constant(value: number, like?: string): Pattern {
  return { kind: "constant", value, name: like };
}

/** A `full` of any value, bound to a name. Patterns only. */
export function anyConstant(name: string): Pattern {
  return { kind: "constant", value: undefined, name };
}

/** An op. Operands of commutative ops are matched in both orders. */
export function op(name: string, ...inputs: readonly Pattern[]): Pattern {
  return checkedOp(name, inputs, undefined, undefined);
}

/** An op with these attributes: in a pattern those named must be equal, in a template these are all. */
export function opWith(name: string, attributes: Attributes, ...inputs: readonly Pattern[]): Pattern {
  return checkedOp(name, inputs, attributes, undefined);
}

/** Templates only: an op with the attributes of the node bound to `like`. */
export function opLike(like: string, name: string, ...inputs: readonly Pattern[]): Pattern {
  return checkedOp(name, inputs, undefined, like);
}

/** Binds the node that the pattern matches. */
export function as(name: string, pattern: Pattern): Pattern {
  return { kind: "bind", name, pattern };
}

function checkedOp(name: string, inputs: readonly Pattern[], attributes: Attributes | undefined, like: string | undefined): Pattern {
  const { arity } = opOf(name);
  if (arity !== "variadic" && arity !== inputs.length) throw new InternalError(`a pattern gives ${name} ${inputs.length} operands`);
  return { kind: "op", op: name, inputs, attributes, like };
}

/** Ops whose bits do not depend on the order of their operands. */
export const commutativeOps: ReadonlySet<string> = new Set(["add", "mul", "max", "min", "eq", "ne", "and", "or", "xor"]);

/** Bindings as a list, so that going back after a wrong order of operands costs nothing. */
export interface Bindings {
  readonly name: string;
  readonly node: Node;
  readonly rest: Bindings | undefined;
}

export function lookUp(bindings: Bindings | undefined, name: string): Node | undefined {
  for (let at = bindings; at !== undefined; at = at.rest) if (at.name === name) return at.node;
  return undefined;
}

interface Goal {
  readonly pattern: Pattern;
  readonly node: Node;
  readonly next: Goal | undefined;
}

/** May refuse a match and so ask for another. */
type Accept = (bindings: Bindings | undefined) => boolean;

/** Solves the goals under the bindings; false if that cannot be done. */
function solve(goal: Goal | undefined, bindings: Bindings | undefined, accept: Accept): boolean {
  if (goal === undefined) return accept(bindings);
  const { pattern, node, next } = goal;
  switch (pattern.kind) {
    case "any": {
      const known = lookUp(bindings, pattern.name);
      if (known !== undefined) return known === node && solve(next, bindings, accept);
      if (pattern.where !== undefined && !pattern.where(node.type)) return false;
      return solve(next, { name: pattern.name, node, rest: bindings }, accept);
    }
    case "bind":
      return solve({ pattern: pattern.pattern, node, next }, { name: pattern.name, node, rest: bindings }, accept);
    case "constant": {
      if (node.op !== "full" || !isValue(node, pattern.value)) return false;
      const bound = pattern.value === undefined ? { name: pattern.name!, node, rest: bindings } : bindings;
      return solve(next, bound, accept);
    }
    case "op": {
      if (node.op !== pattern.op || node.inputs.length !== pattern.inputs.length || !hasAttributes(node, pattern.attributes)) return false;
      const { inputs } = node;
      return solveInputs(pattern.inputs, inputs, next, bindings, accept)
        || (commutativeOps.has(node.op) && solveInputs(pattern.inputs, [inputs[1]!, inputs[0]!], next, bindings, accept));
    }
  }
}

function solveInputs(patterns: readonly Pattern[], inputs: readonly Node[], next: Goal | undefined, bindings: Bindings | undefined, accept: Accept): boolean {
  // Most matches fail at the roots of operands, before there are goals to allocate.
  for (let i = 0; i < patterns.length; i++) if (!hasRoot(patterns[i]!, inputs[i]!)) return false;
  let goal = next;
  for (let i = patterns.length - 1; i >= 0; i--) goal = { pattern: patterns[i]!, node: inputs[i]!, next: goal };
  return solve(goal, bindings, accept);
}

/** Whether the node is of the kind that the pattern starts with. */
function hasRoot(pattern: Pattern, node: Node): boolean {
  switch (pattern.kind) {
    case "any": return true;
    case "bind": return hasRoot(pattern.pattern, node);
    case "constant": return node.op === "full";
    case "op": return node.op === pattern.op;
  }
}

function isValue(node: Node, value: number | undefined): boolean {
  if (value === undefined) return true;
  const actual = node.attributes["value"];
  if (typeof actual === "bigint") return Number.isInteger(value) && !Object.is(value, -0) && actual === BigInt(value);
  return Object.is(actual, node.type.dtype === "f32" ? Math.fround(value) : value);
}

function hasAttributes(node: Node, attributes: Attributes | undefined): boolean {
  const equal = (a: unknown, b: unknown): boolean =>
    Object.is(a, b) || (Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => equal(item, b[i])));
  return attributes === undefined || Object.entries(attributes).every(([name, value]) => equal(value, node.attributes[name]));
}

/** The first match that `accept` takes. */
export function matchPattern(pattern: Pattern, node: Node, accept: Accept): boolean {
  return solve({ pattern, node, next: undefined }, undefined, accept);
}

/** Names that the pattern binds, or, for a template, that it needs. */
export function namesIn(pattern: Pattern, names: Set<string> = new Set()): Set<string> {
  if (pattern.kind !== "op") {
    if (pattern.name !== undefined && !(pattern.kind === "constant" && pattern.value !== undefined)) names.add(pattern.name);
    if (pattern.kind === "bind") namesIn(pattern.pattern, names);
    return names;
  }
  for (const input of pattern.inputs) namesIn(input, names);
  return names;
}

/** Names of nodes whose type or attributes a template takes. */
export function likeNamesIn(template: Pattern, names: Set<string> = new Set()): Set<string> {
  if (template.kind === "constant" && template.value !== undefined && template.name !== undefined) names.add(template.name);
  if (template.kind === "op") {
    if (template.like !== undefined) names.add(template.like);
    for (const input of template.inputs) likeNamesIn(input, names);
  }
  return names;
}

/** Number of ops that a template makes, or a pattern takes away at most. */
export function countOps(pattern: Pattern): number {
  if (pattern.kind === "bind") return countOps(pattern.pattern);
  return pattern.kind === "op" ? pattern.inputs.reduce((sum, input) => sum + countOps(input), 1) : 0;
}

/** Builds a template; `nodeOf` gives the bound nodes, `root` is the node being replaced (its type is that of constants). */
export function buildTemplate(b: GraphBuilder, template: Pattern, nodeOf: (name: string) => Node, rootType: TensorType): Node {
  switch (template.kind) {
    case "any": return nodeOf(template.name);
    case "bind": return buildTemplate(b, template.pattern, nodeOf, rootType);
    case "constant": {
      if (template.value === undefined) return nodeOf(template.name!);
      const { dtype, shape } = template.name === undefined ? rootType : nodeOf(template.name).type;
      return b.full(normalValue(template.value, dtype), dtype, shape);
    }
    case "op": {
      const inputs = template.inputs.map((input) => buildTemplate(b, input, nodeOf, rootType));
      const attributes = template.like === undefined ? (template.attributes ?? {}) : nodeOf(template.like).attributes;
      return b.make(template.op, inputs, attributes);
    }
  }
}
