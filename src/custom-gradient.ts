// damo/custom-gradient: functions of tensors whose derivatives the user gives. The functions are traced at each call, with
// stand-ins for what they take; the call becomes one node, which gradients do not look into and which is put in line afterwards.

import { userError } from "../ir/errors.ts";
import type { Node } from "../ir/node.ts";
import { customGradient as customGradientOp } from "../ir/ops/custom-gradient.ts";
import { type Computation, extractFunctions } from "../ir/region.ts";
import { isFloat } from "../ir/types.ts";
import { describeTyped, Expression } from "./expression.ts";
import { located } from "./location.ts";
import { standIns } from "./loops/body.ts";
import { buildTensors, type FlatTree, flatten, flattenLike } from "./loops/tree.ts";
import type { Like } from "./loops/types.ts";
import { toTensor } from "./methods.ts";
import { toNode, toOperand } from "./ops/operand.ts";
import { fullLike, make } from "./ops/primitive.ts";
import { valueFor } from "./replacement.ts";
import type { AnyTensor } from "./types/index.ts";

/** A tensor, or a list or record of tensors. */
type Tensors = AnyTensor | readonly unknown[] | { readonly [name: string]: unknown };
/** A function of tensors. */
export type TensorFunction = (...inputs: never[]) => Tensors;

/** Whether a tensor can have a derivative: not if its dtype is known to be no float. */
type IsMoved<T> = T extends AnyTensor<infer D> ? ([Extract<D, "f32" | "f64">] extends [never] ? false : true) : false;
type GradientOf<T> = IsMoved<T> extends true ? (T extends AnyTensor<infer D> ? AnyTensor<D> | number | null : null) : null;
/** One tangent per argument, `null` for those that are no floats. */
export type Tangents<A extends readonly unknown[]> = { readonly [K in keyof A]: IsMoved<A[K]> extends true ? A[K] : null };
/** One gradient per argument, `null` for none; of a single argument it need not be in a list. */
export type GivenGradients<A extends readonly unknown[]> = { readonly [K in keyof A]: GradientOf<A[K]> } | (A extends readonly [infer Only] ? GradientOf<Only> : never);

export interface CustomGradientOptions<F extends TensorFunction> {
  /** The derivative in forward mode (`jvp`): the tangent of the output, from one tangent per argument (zero where nothing moves). */
  readonly tangent?: (tangents: Tangents<Parameters<F>>, inputs: Parameters<F>, output: ReturnType<F>) => Like<ReturnType<F>>;
}

/**
 * `f` with a gradient of its own: `gradient(cotangent, inputs, output)` gives the cotangent of each argument from that of the
 * output. It is built of tensors and may be differentiated again. Outputs are floats (E302); arguments of other dtypes have the
 * gradient `null`. What `f` reads beside its arguments is a constant: to ask for a gradient by it is E304, and so is
 * forward mode without `tangent`. E305 for a gradient that does not have its argument's type.
 */
export function customGradient<F extends TensorFunction>(
  f: F, gradient: (cotangent: ReturnType<F>, inputs: Parameters<F>, output: ReturnType<F>) => GivenGradients<Parameters<F>>, options: CustomGradientOptions<F> = {},
): F {
  const given = { f, gradient, tangent: options.tangent } as unknown as Given;
  for (const [name, value] of Object.entries(given)) {
    if (typeof value === "function" || (name === "tangent" && value === undefined)) continue;
    throw located(() => userError("E209", { op, message: `${name} is ${String(value)}`, hint: "it is a function of tensors" }));
  }
  return ((...inputs: readonly unknown[]) => call(given, inputs)) as unknown as F;
}

interface Given {
  readonly f: (...inputs: readonly unknown[]) => unknown;
  readonly gradient: (cotangent: unknown, inputs: readonly unknown[], output: unknown) => unknown;
  readonly tangent: ((tangents: readonly unknown[], inputs: readonly unknown[], output: unknown) => unknown) | undefined;
}

const op = "customGradient";

function call(given: Given, inputs: readonly unknown[]): unknown {
  const operands = located(() => inputs.map((input) => toOperand(op, input)));
  if (operands.length === 0) throw located(() => userError("E201", { op, message: "the function is called without arguments" }));
  const own = located(() => standIns("argument", operands.map(({ type }) => type)));
  const tensors = own.map((node) => toTensor(node));
  const output = readOutput(given.f(...tensors));
  const before = { own, tensors, output };
  const computations = [
    { name: "value", variables: own, results: output.nodes },
    pullbackOf(given, before),
    pushforwardOf(given, before),
  ];
  return located(() => {
    const { regions: [value, pullback, pushforward], captures } = extractFunctions(computations);
    const node = make(customGradientOp.name, [...operands, ...captures], { operands: operands.length, value: value!, pullback: pullback!, pushforward: pushforward! });
    return buildTensors(output.tree, output.nodes.map((_, index) => make("result", [node], { index })));
  });
}

interface Output {
  readonly tree: FlatTree;
  readonly nodes: readonly Node[];
}

/** The function as it was traced: stand-ins for its arguments, and what it makes of them. */
interface Traced {
  readonly own: readonly Node[];
  readonly tensors: readonly unknown[];
  readonly output: Output;
}

function readOutput(result: unknown): Output {
  return located(() => {
    const tree = flatten(op, result);
    const nodes = tree.leaves.map((leaf) => toOperand(op, leaf));
    if (nodes.length === 0) throw userError("E209", { op, message: "the function gives no tensor" });
    for (const node of nodes) {
      if (!isFloat(node.type.dtype)) throw userError("E302", { op, message: `the function gives ${describeTyped(node)}, which has no gradient`, hint: "its outputs must be floats" });
    }
    return { tree, nodes };
  });
}

function pullbackOf({ gradient }: Given, { own, tensors, output }: Traced): Computation {
  const [results, cotangents] = located(() => ["output", "cotangent"].map((name) => standIns(name, output.nodes.map(({ type }) => type)))) as [Node[], Node[]];
  const found = gradient(buildTensors(output.tree, cotangents), tensors, buildTensors(output.tree, results));
  return located(() => ({ name: "pullback", variables: [...own, ...results, ...cotangents], results: readGradients(found, own) }));
}

/** The gradients of the float arguments. */
function readGradients(found: unknown, own: readonly Node[]): Node[] {
  const list: readonly unknown[] = Array.isArray(found) ? found : [found];
  if (list.length !== own.length) throw userError("E305", { op, message: `the gradient gives ${list.length} values for ${own.length} arguments`, hint: "give a list, with null for no gradient" });
  return own.flatMap((argument, i) => {
    const given = list[i];
    const what = `the gradient of argument ${i}`;
    if (isFloat(argument.type.dtype)) return given === null ? [fullLike(argument, 0)] : [valueFor("E305", op, what, argument, given)];
    if (given === null) return [];
    throw userError("E302", { op, message: `${what}, ${describeTyped(argument)}, is ${given instanceof Expression ? describeTyped(toNode(op, given)) : String(given)}`, hint: "only floats have a gradient: give null" });
  });
}

function pushforwardOf({ tangent }: Given, { own, tensors, output }: Traced): Computation {
  if (tangent === undefined) return { name: "pushforward", variables: [], results: [] };
  const floats = own.filter(({ type }) => isFloat(type.dtype));
  const [results, moved] = located(() => [standIns("output", output.nodes.map(({ type }) => type)), standIns("tangent", floats.map(({ type }) => type))]) as [Node[], Node[]];
  const tangents = own.map((argument) => (isFloat(argument.type.dtype) ? toTensor(moved[floats.indexOf(argument)]!) : null));
  const found = tangent(tangents, tensors, buildTensors(output.tree, results));
  return located(() => ({
    name: "pushforward", variables: [...own, ...results, ...moved],
    results: flattenLike(op, "the tangent", found, output.tree).map((value, i) => valueFor("E305", op, `tangent ${i}`, output.nodes[i]!, value)),
  }));
}
