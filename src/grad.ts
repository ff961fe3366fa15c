// Gradients as expressions. `grad` and its kin bind the computation between the variables and the cost as a region, by
// identity; the differentiate pass expands it. So gradients of gradients need nothing of their own.

import { userError } from "../ir/errors.ts";
import { reachableNodes } from "../ir/graph.ts";
import type { Node } from "../ir/node.ts";
import { extractRegion, independentGroups } from "../ir/region.ts";
import { substitute } from "../ir/substitute.ts";
import { isFloat, typeEquals } from "../ir/types.ts";
import { describeTyped, Expression } from "./expression.ts";
import { located } from "./location.ts";
import { toTensor } from "./methods.ts";
import { add } from "./ops/elementwise.ts";
import { isWeak, toNode, weakNode } from "./ops/operand.ts";
import { full, fullLike, make } from "./ops/primitive.ts";
import type { Tensor } from "./tensor.ts";
import type { AnyTensor, Arg, Assign, Cost, Operand, ShapeOf, Variables, Wrt } from "./types/index.ts";

type AsTensor<T> = T extends AnyTensor<infer D, infer S> ? Tensor<D, S> : never;
/** One gradient per variable, in the form in which the variables were given. */
export type Grads<W> = W extends AnyTensor ? AsTensor<W> : { -readonly [K in keyof W]: AsTensor<W[K]> };
export type Tangents<W> = W extends AnyTensor<infer D, infer S> ? AnyTensor<D, S>
  : { readonly [K in keyof W]: W[K] extends AnyTensor<infer D, infer S> ? AnyTensor<D, S> : never };

export interface GradOptions {
  /** What to do when the cost does not depend on a variable, whose gradient is then zero. `raise` by default. */
  readonly disconnectedInputs?: "raise" | "warn" | "ignore";
  /** Expressions through which no gradient passes. */
  readonly considerConstant?: readonly AnyTensor[];
  /** Expressions whose gradient is known: the paths beyond them are not followed. */
  readonly knownGrads?: readonly (readonly [expression: AnyTensor, gradient: AnyTensor])[];
}

/** x, through which no gradient passes. */
export function stopGradient<T extends AnyTensor>(x: T): AsTensor<T> {
  return located(() => toTensor(make("stop_gradient", [toNode("stopGradient", x)]))) as unknown as AsTensor<T>;
}

/** Variables as a list, and how to give the results in the form in which they came. */
export interface Form {
  readonly nodes: readonly Node[];
  shape(results: readonly unknown[]): unknown;
}

export function formOf(op: string, wrt: unknown): Form {
  if (wrt instanceof Expression) return { nodes: [wrt.node], shape: ([only]) => only };
  if (Array.isArray(wrt)) return { nodes: wrt.map((x) => toNode(op, x)), shape: (results) => [...results] };
  if (typeof wrt === "object" && wrt !== null) {
    const names = Object.keys(wrt);
    const values = wrt as { readonly [name: string]: unknown };
    return {
      nodes: names.map((name) => toNode(op, values[name])),
      shape: (results) => Object.fromEntries(names.map((name, i) => [name, results[i]])),
    };
  }
  throw userError("E209", { op, message: "takes a tensor, a list or a record of tensors to differentiate by" });
}

export function checkWrt(op: string, wrt: readonly Node[]): void {
  for (const node of wrt) {
    if (!isFloat(node.type.dtype)) throw userError("E302", { op, message: `${describeTyped(node)} is not of a float dtype` });
  }
}

/** Vector-Jacobian products: one cotangent per output in, one per variable out; undefined where nothing depends on it. */
export function pullBack(op: string, outputs: readonly Node[], cotangents: readonly Node[], wrt: readonly Node[]): (Node | undefined)[] {
  checkWrt(op, wrt);
  const reached = new Set(reachableNodes(outputs));
  const connected = [...new Set(wrt)].filter((node) => reached.has(node));
  const gradients = new Map<Node, Node>();
  // Where one variable depends on another, each gradient follows all paths: one product per independent group.
  for (const group of independentGroups(connected)) {
    const { region, captures } = extractRegion(outputs, group, op);
    const product = make("vjp", [...group, ...captures, ...cotangents], { region, wrt: group.length });
    for (const [index, node] of group.entries()) gradients.set(node, make("result", [product], { index }));
  }
  return wrt.map((node) => gradients.get(node));
}

/** The outputs with some expressions replaced; what is differentiated by stays itself. */
function replaceIn(outputs: readonly Node[], replacements: ReadonlyMap<Node, Node>, wrt: readonly Node[]): Node[] {
  if (replacements.size === 0) return [...outputs];
  const kept = wrt.filter((node) => !replacements.has(node)).map((node) => [node, node] as const);
  return substitute(outputs, [...kept, ...replacements]);
}

export function gradientNodes(op: string, cost: Node | undefined, wrt: readonly Node[], options: GradOptions): Node[] {
  if (cost !== undefined && (cost.type.shape.length > 0 || !isFloat(cost.type.dtype))) {
    throw userError("E301", { op, message: `the cost is ${describeTyped(cost)}, it must be a floating-point scalar`, hint: "use mean() or sum()" });
  }
  const known = (options.knownGrads ?? []).map(([value, gradient]) => {
    const node = toNode(op, value);
    return [node, cotangentFor(op, node, gradient)] as const;
  });
  const constants = (options.considerConstant ?? []).map((value) => toNode(op, value));
  const blocked = new Map<Node, Node>();
  for (const node of [...constants, ...known.map(([node]) => node)]) blocked.set(node, make("stop_gradient", [node]));
  const starts = cost === undefined ? [] : replaceIn([cost], blocked, wrt);
  const constantsOnly = new Map([...blocked].filter(([node]) => constants.includes(node)));
  const seeds = replaceIn(known.map(([node]) => node), constantsOnly, wrt);
  const outputs = [...starts, ...seeds];
  const cotangents = [...starts.map((start) => fullLike(start, 1)), ...known.map(([, gradient]) => gradient)];
  const found = pullBack(op, outputs, cotangents, wrt);
  return found.map((gradient, i) => gradient ?? disconnected(op, wrt[i]!, options));
}

export function disconnected(op: string, node: Node, { disconnectedInputs = "raise" }: GradOptions): Node {
  const error = userError("E303", {
    op, message: `the cost does not depend on ${describeTyped(node)}`, hint: 'pass { disconnectedInputs: "ignore" } for a zero gradient',
  });
  if (disconnectedInputs === "raise") throw error;
  if (disconnectedInputs === "warn") console.warn(error.message);
  else if (disconnectedInputs !== "ignore") {
    throw userError("E209", { op, message: `disconnectedInputs is ${String(disconnectedInputs)}`, hint: 'use "raise", "warn" or "ignore"' });
  }
  return full(0, node.type.dtype, node.type.shape);
}

function cotangentFor(op: string, node: Node, value: unknown): Node {
  const given = isWeak(value) ? weakNode(op, value, node.type.dtype, node.type.shape) : toNode(op, value);
  if (typeEquals(given.type, node.type)) return given;
  throw userError("E305", { op, message: `${describeTyped(given)} is given for ${describeTyped(node)}` });
}

function gradientsOf(op: string, cost: unknown, wrt: unknown, options: GradOptions): { cost: Node | undefined; gradients: unknown } {
  const form = formOf(op, wrt);
  const node = cost === null ? undefined : toNode(op, cost);
  const gradients = gradientNodes(op, node, form.nodes, options);
  return { cost: node, gradients: form.shape(gradients.map((gradient) => toTensor(gradient))) };
}

/** Gradient of a scalar cost by one tensor, a list or a record of them. `cost` may be null if `knownGrads` are given. */
export function grad<C extends AnyTensor, const W extends Wrt>(
  cost: Arg<"grad", Cost<C["dtype"], ShapeOf<C>>, C> | null, wrt: Variables<"grad", W>, options: GradOptions = {}): Grads<W> {
  return located(() => gradientsOf("grad", cost, wrt, options).gradients) as Grads<W>;
}

/** The cost itself and its gradients. */
export function valueAndGrad<C extends AnyTensor, const W extends Wrt>(
  cost: Arg<"valueAndGrad", Cost<C["dtype"], ShapeOf<C>>, C>, wrt: Variables<"valueAndGrad", W>, options: GradOptions = {}): [value: AsTensor<C>, gradients: Grads<W>] {
  return located(() => {
    const { gradients } = gradientsOf("valueAndGrad", cost, wrt, options);
    return [cost, gradients] as unknown as [AsTensor<C>, Grads<W>];
  });
}

/** The product of a cotangent of `output` and its Jacobian by each variable. */
export function vjp<T extends AnyTensor, const W extends Wrt, V extends Operand>(
  output: T, wrt: Variables<"vjp", W>,
  cotangent: V extends AnyTensor ? Arg<"vjp", Assign<T["dtype"], ShapeOf<T>, V["dtype"], ShapeOf<V>, "a cotangent">, V> : V): Grads<W> {
  return located(() => {
    const form = formOf("vjp", wrt);
    const node = toNode("vjp", output);
    const found = pullBack("vjp", [node], [cotangentFor("vjp", node, cotangent)], form.nodes);
    return form.shape(found.map((gradient, i) => toTensor(gradient ?? disconnected("vjp", form.nodes[i]!, {})))) as Grads<W>;
  });
}

/** The product of the Jacobian of `output` and one tangent per variable, given in the form of `wrt`. */
export function jvp<T extends AnyTensor, const W extends Wrt>(output: T, wrt: Variables<"jvp", W>, tangents: Tangents<W>): AsTensor<T> {
  return located(() => {
    const node = toNode("jvp", output);
    const { nodes } = formOf("jvp", wrt);
    return toTensor(pushForward("jvp", [node], nodes, differentialsFor("jvp", nodes, tangents))[0]!) as unknown as AsTensor<T>;
  });
}

/** One differential for each value, given in a form of its own. E305 for another number or type. */
export function differentialsFor(op: string, values: readonly Node[], given: unknown): Node[] {
  const { nodes } = formOf(op, given);
  if (nodes.length !== values.length) throw userError("E305", { op, message: `${nodes.length} differentials for ${values.length} values` });
  return values.map((value, i) => cotangentFor(op, value, nodes[i]!));
}

/** The outputs' derivatives in the direction of all tangents: along a chain of variables, each is moved by itself. */
export function pushForward(op: string, outputs: readonly Node[], wrt: readonly Node[], tangents: readonly Node[]): Node[] {
  checkWrt(op, wrt);
  const reached = new Set(reachableNodes(outputs));
  let total: readonly Node[] | undefined;
  for (const group of independentGroups([...new Set(wrt)].filter((node) => reached.has(node)))) {
    const { region, captures } = extractRegion(outputs, group, op);
    const moved = group.map((node) => tangents[wrt.indexOf(node)]!);
    const product = make("jvp", [...group, ...captures, ...moved], { region, wrt: group.length });
    const parts = outputs.map((_, index) => make("result", [product], { index }));
    total = total === undefined ? parts : total.map((sum, i) => add(sum, parts[i]!));
  }
  return outputs.map((output, i) => total?.[i] ?? fullLike(output, 0));
}
