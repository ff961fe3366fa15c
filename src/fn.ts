// Function definitions: inputs and their defaults, outputs, updates of shared variables, givens. `fn` checks what can be
// known without a target; nothing is compiled here.

import { userError } from "../ir/errors.ts";
import { reachableNodes } from "../ir/graph.ts";
import type { Node, SourceLocation } from "../ir/node.ts";
import type { Dim } from "../ir/size.ts";
import { nameOfDim, namesInDim } from "../ir/size.ts";
import { substitute } from "../ir/substitute.ts";
import type { TensorData } from "../ir/data.ts";
import { keptVariable, readDefaults } from "./defaults.ts";
import { describeTyped, Expression } from "./expression.ts";
import { checkName, InputExpression } from "./input.ts";
import { captureLocation, located } from "./location.ts";
import { toNode } from "./ops/operand.ts";
import { valueFor } from "./replacement.ts";
import { SharedExpression, sharedOf } from "./shared.ts";
import type { AnyFn, AnyShared, Defaults, Inputs, Outputs, Replacement, Replacements, Updates, WithDefaults, WithSizes } from "./types/index.ts";

/** A function as it was defined. Its static type is `Fn`. */
export class FunctionDefinition {
  readonly name: string | undefined;
  readonly inputs: ReadonlyMap<string, InputExpression>;
  /** Values of inputs that a call may leave out. */
  readonly defaults: ReadonlyMap<string, TensorData>;
  /** Inputs whose value stays from call to call: variables that a call may set before it runs. */
  readonly kept: ReadonlyMap<string, SharedExpression>;
  readonly outputs: ReadonlyMap<string, Node>;
  /** Sizes that calls pass by name, because they stand bare in no input. */
  readonly sizes: readonly string[];
  /** One expression was given as `outputs`, not a record: calls give one value. */
  readonly single: boolean;
  readonly updates: ReadonlyMap<SharedExpression, Node>;
  readonly location: SourceLocation;

  constructor(fields: Readonly<FunctionDefinition>) {
    this.name = fields.name;
    this.inputs = fields.inputs;
    this.defaults = fields.defaults;
    this.kept = fields.kept;
    this.outputs = fields.outputs;
    this.sizes = fields.sizes;
    this.single = fields.single;
    this.updates = fields.updates;
    this.location = fields.location;
  }
}

export interface Fn<out I = Inputs, out O = unknown> extends AnyFn<I, O> {
  readonly name: string | undefined;
}

interface FnSpec<
  I extends Inputs, O extends Outputs, U extends readonly Replacement[], G extends readonly Replacement[], Z extends readonly string[], D extends Defaults<I>,
> {
  readonly inputs: I;
  readonly outputs: O;
  /** Values of inputs, by name: calls may leave these out. */
  readonly defaults?: D & { readonly [K in Exclude<keyof D, keyof I>]: never };
  /** Names of sizes that no input's shape tells: calls pass them, beside the inputs, as integers. */
  readonly sizes?: Z;
  /** New values of shared variables, applied together after the outputs were computed. An input with a default can have one, too: it
   *  then keeps its value from call to call, as a variable of its name, and a call that passes it sets it. */
  readonly updates?: [keyof D] extends [never] ? Updates<U> : Replacements<"updates", U, "a variable">;
  /** Expressions that replace others, also in loops, branches and what gradients are taken of. */
  readonly givens?: Replacements<"givens", G, "an expression">;
  /** Variables that are not updated by default (see `shared`), or `true` for all. */
  readonly noDefaultUpdates?: boolean | readonly AnyShared[];
  readonly name?: string;
  /** What to do about an input that nothing reads. `raise` by default. */
  readonly onUnusedInput?: "raise" | "warn" | "ignore";
}

/** Defines a function. E401-E407 for what is not well formed. */
export function fn<
  const I extends Inputs, const O extends Outputs, const U extends readonly Replacement[] = readonly [], const G extends readonly Replacement[] = readonly [],
  const Z extends readonly string[] = readonly [], const D extends Defaults<I> = {},
>(spec: FnSpec<I, O, U, G, Z, D>): Fn<WithDefaults<WithSizes<I, Z>, D>, O> {
  return located(() => define(spec as unknown as Spec)) as unknown as Fn<WithDefaults<WithSizes<I, Z>, D>, O>;
}

interface Spec {
  readonly inputs: unknown;
  readonly outputs: unknown;
  readonly defaults?: unknown;
  readonly sizes?: unknown;
  readonly updates?: unknown;
  readonly givens?: unknown;
  readonly noDefaultUpdates?: unknown;
  readonly name?: unknown;
  readonly onUnusedInput?: unknown;
}

const known: ReadonlySet<string> = new Set(["inputs", "outputs", "defaults", "sizes", "updates", "givens", "noDefaultUpdates", "name", "onUnusedInput"]);

function define(spec: Spec): FunctionDefinition {
  if (!isRecord(spec)) throw userError("E401", { op: "fn", message: "takes a record", hint: "write fn({ inputs, outputs })" });
  const stray = Object.keys(spec).find((key) => !known.has(key));
  if (stray !== undefined) throw userError("E401", { op: "fn", message: `there is no option ${stray}`, hint: `the options are ${[...known].join(", ")}` });
  const name = spec.name === undefined ? undefined : checkName("fn", spec.name);
  const inputs = readInputs(spec.inputs);
  const defaults = readDefaults(spec.defaults, inputs);
  const sizes = readSizes(spec.sizes, inputs);
  const single = spec.outputs instanceof Expression;
  const named = single ? new Map([["output", (spec.outputs as Expression).node]]) : readOutputs(spec.outputs);
  const { targets, kept } = readUpdates(spec.updates, inputs, defaults);
  const given = replaceAll(named, targets, spec);
  checkDefinition(inputs, sizes, given, spec.onUnusedInput ?? "raise");
  const results = kept.size === 0 ? given : substitute(given, [...kept].map(([key, variable]) => [inputs.get(key)!.node, variable.node]));
  for (const key of kept.keys()) {
    inputs.delete(key);
    defaults.delete(key);
  }
  const outputs = new Map([...named.keys()].map((key, i) => [key, results[i]!]));
  const updates = new Map([...targets.keys()].map((variable, i) => [variable, results[named.size + i]!]));
  return new FunctionDefinition({ name, inputs, defaults, kept, outputs, sizes, single, updates, location: captureLocation() });
}

/** Outputs and updates with the givens in place; adds to `targets` the default updates of what they read. */
function replaceAll(outputs: ReadonlyMap<string, Node>, targets: Map<SharedExpression, Node>, { givens, noDefaultUpdates: fixed = false }: Spec): Node[] {
  if (typeof fixed !== "boolean" && !(Array.isArray(fixed) && fixed.every((variable) => variable instanceof SharedExpression))) {
    throw userError("E401", { op: "fn", message: "noDefaultUpdates must be true or a list of shared variables" });
  }
  const isFixed = (variable: SharedExpression): boolean => (Array.isArray(fixed) ? fixed.includes(variable) : fixed === true);
  const pairs = readGivens("fn", "givens", givens);
  for (;;) {
    const results = substitute([...outputs.values(), ...targets.values()], pairs);
    const read = reachableNodes(results).flatMap((node) => sharedOf(node) ?? []);
    const missing = read.filter((variable) => variable.defaultUpdate !== undefined && !targets.has(variable) && !isFixed(variable));
    if (missing.length === 0) return results;
    for (const variable of missing) targets.set(variable, variable.defaultUpdate!);
  }
}

function isRecord(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Expression);
}

function readInputs(given: unknown): Map<string, InputExpression> {
  if (!isRecord(given)) throw userError("E401", { op: "fn", message: "inputs must be a record of inputs", hint: "write inputs: { x, y }" });
  const inputs = new Map<string, InputExpression>();
  for (const [name, value] of Object.entries(given)) {
    if (!(value instanceof InputExpression)) {
      const what = value instanceof Expression ? describeTyped(value.node) : String(value);
      throw userError("E401", { op: "fn", message: `input ${name} is ${what}, not made by input()`, hint: "replace other expressions with givens" });
    }
    const twice = [...inputs].find(([, other]) => other === value);
    if (twice !== undefined) throw userError("E404", { op: "fn", message: `inputs ${twice[0]} and ${name} are the same` });
    inputs.set(checkName("fn", name), value);
  }
  return inputs;
}

function readSizes(given: unknown, inputs: ReadonlyMap<string, InputExpression>): readonly string[] {
  if (given === undefined) return [];
  if (!Array.isArray(given)) throw userError("E401", { op: "fn", message: "sizes must be a list of names", hint: 'write sizes: ["n"]' });
  const bare = bareSizes(inputs);
  given.forEach((name: unknown, i) => {
    if (typeof name !== "string" || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw userError("E401", { op: "fn", message: `${JSON.stringify(name)} is not the name of a size`, hint: "use letters, digits and _" });
    }
    if (given.indexOf(name) < i) throw userError("E404", { op: "fn", message: `the size "${name}" is listed twice` });
    if (inputs.has(name)) throw userError("E404", { op: "fn", message: `the size "${name}" has the name of an input`, hint: "calls pass both by name: rename one" });
    if (bare.has(name)) throw userError("E404", { op: "fn", message: `the size "${name}" is listed, but stands bare in an input`, hint: "leave it out of sizes: calls take it from the input" });
  });
  return given as readonly string[];
}

/** Sizes that a call takes from the shape of an input. */
function bareSizes(inputs: ReadonlyMap<string, InputExpression>): ReadonlySet<string> {
  return new Set([...inputs.values()].flatMap(({ node }) => node.type.shape.flatMap((dim) => nameOfDim(dim) ?? [])));
}

function readOutputs(given: unknown): Map<string, Node> {
  if (!isRecord(given)) throw userError("E401", { op: "fn", message: "outputs must be a tensor or a record of tensors" });
  return new Map(Object.entries(given).map(([name, value]) => [checkName("fn", name), toNode(`fn: output ${name}`, value)]));
}

function pairsOf(op: string, what: string, given: unknown): (readonly [unknown, unknown])[] {
  if (given === undefined) return [];
  const pairs = given instanceof Map ? [...given] : given;
  if (!Array.isArray(pairs) || !pairs.every((pair) => Array.isArray(pair) && pair.length === 2)) {
    throw userError("E401", { op, message: `${what} must be a list of pairs`, hint: `write ${what}: [[target, value], ...]` });
  }
  return pairs as (readonly [unknown, unknown])[];
}

interface ReadUpdates {
  readonly targets: Map<SharedExpression, Node>;
  /** Inputs that have an update, by name. */
  readonly kept: ReadonlyMap<string, SharedExpression>;
}

function readUpdates(given: unknown, inputs: ReadonlyMap<string, InputExpression>, defaults: ReadonlyMap<string, TensorData>): ReadUpdates {
  const targets = new Map<SharedExpression, Node>();
  const kept = new Map<string, SharedExpression>();
  const variableOf = (target: unknown): SharedExpression => {
    if (target instanceof SharedExpression) return target;
    const [key, value] = [...inputs].find(([, input]) => input === target) ?? [];
    if (key === undefined) throw userError("E401", { op: "fn", message: "only shared variables, and inputs with defaults, can be updated" });
    const variable = kept.get(key) ?? keptVariable(key, value!, defaults.get(key));
    kept.set(key, variable);
    return variable;
  };
  for (const [target, value] of pairsOf("fn", "updates", given)) {
    const variable = variableOf(target);
    if (targets.has(variable)) throw userError("E405", { op: "fn", message: `${variable.name} is updated twice` });
    targets.set(variable, valueFor("E405", "fn", `the update of ${variable.name}`, variable.node, value));
  }
  return { targets, kept };
}

/** What stands in a target's place: a value of its type. */
function strictly(op: string): (target: Node, value: unknown) => Node {
  return (target, value) => valueFor("E407", op, `the replacement of ${describeTyped(target)}`, target, value);
}

/** Pairs of expressions and what replaces them. All replacements are made at once: what replaces is not searched again. */
export function readGivens(op: string, what: string, given: unknown, read = strictly(op)): (readonly [Node, Node])[] {
  const pairs = pairsOf(op, what, given).map(([target, value]) => {
    const node = toNode(`${op}: ${what}`, target);
    return [node, read(node, value)] as const;
  });
  const targets = pairs.map(([target]) => target);
  if (new Set(targets).size < targets.length) throw userError("E407", { op, message: `${what} replace the same expression twice` });
  return pairs;
}

/** What a function reads must be among its inputs, and the other way round; every size must be known. */
export function checkDefinition(inputs: ReadonlyMap<string, InputExpression>, passed: readonly string[], results: readonly Node[], onUnused: unknown): void {
  checkReads(inputs, passed, results, onUnused);
  checkSizes(inputs, passed, results);
}

function checkReads(inputs: ReadonlyMap<string, InputExpression>, passed: readonly string[], results: readonly Node[], onUnused: unknown): void {
  const known = new Set([...inputs.values()].map((value) => value.node));
  const reached = reachableNodes(results);
  for (const node of reached) {
    if (node.op !== "parameter" || known.has(node) || sharedOf(node) !== undefined) continue;
    throw userError("E402", { op: "fn", message: `${describeTyped(node)} is read but is not among the inputs`, hint: "add it to inputs, or replace it with givens" });
  }
  if (onUnused === "ignore") return;
  if (onUnused !== "raise" && onUnused !== "warn") {
    throw userError("E209", { op: "fn", message: `onUnusedInput is ${String(onUnused)}`, hint: 'use "raise", "warn" or "ignore"' });
  }
  const read = new Set(reached);
  const used = new Set([...symbolicDims(reached).keys()].flatMap((dim) => [...namesInDim(dim)]));
  const unread: string[] = [];
  const shaping = new Set(used);
  for (const [name, value] of inputs) {
    // An input may be there for its sizes alone.
    const sizes = value.node.type.shape.flatMap((dim) => [...namesInDim(dim)]);
    if (!read.has(value.node) && !sizes.some((size) => used.has(size))) unread.push(`input ${name}`);
    // A size that is passed may be there for the shape of an input.
    for (const size of sizes) shaping.add(size);
  }
  for (const size of passed) if (!shaping.has(size)) unread.push(`the size "${size}"`);
  for (const what of unread) {
    const error = userError("E403", { op: "fn", message: `${what} is not read`, hint: 'pass onUnusedInput: "ignore" if that is meant' });
    if (onUnused === "raise") throw error;
    console.warn(error.message);
  }
}

// Every size must be known from some input's shape, where it stands by itself, or be passed.
function checkSizes(inputs: ReadonlyMap<string, InputExpression>, passed: readonly string[], results: readonly Node[]): void {
  const known = new Set([...bareSizes(inputs), ...passed]);
  const all = [...[...inputs.values()].map((value) => value.node), ...reachableNodes(results)];
  for (const [dim, node] of symbolicDims(all)) {
    for (const name of namesInDim(dim)) {
      if (known.has(name)) continue;
      throw userError("E406", {
        op: "fn", message: `the size "${name}" of ${describeTyped(node)} stands bare in no input`, hint: `add an input with the axis "${name}", or sizes: ["${name}"] to pass it`, location: node.location,
      });
    }
  }
}

/** The symbolic dimensions of the nodes' shapes, and those read as values, each with the first node that has it: there are
 *  few different ones. */
function symbolicDims(nodes: readonly Node[]): Map<Dim, Node> {
  const found = new Map<Dim, Node>();
  for (const node of nodes) {
    const dims = node.op === "size" ? (node.attributes["size"] as readonly Dim[]) : node.type.shape;
    for (const dim of dims) if (typeof dim !== "number" && !found.has(dim)) found.set(dim, node);
  }
  return found;
}
