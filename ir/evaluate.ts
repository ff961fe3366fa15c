// The reference evaluator: a graph's meaning, op by op, from each op's `evaluate`. Iterative, and a value is dropped
// after its last reader. It is slow and plain; targets are tested against it.

import { intAttribute } from "./attributes.ts";
import type { TensorData } from "./data.ts";
import { DamoError, describeError, InternalError, userError } from "./errors.ts";
import { evaluateOp } from "./evaluate-op.ts";
import { topologicalOrder, usersOf } from "./graph.ts";
import type { Attribute, Attributes, Graph, Node } from "./node.ts";
import type { Dim } from "./size.ts";
import { evaluateDim, nameOfDim, showDim } from "./size.ts";
import { opOf } from "./table.ts";
import { showType } from "./types.ts";

export type Sizes = ReadonlyMap<string, number>;

/**
 * Values of the sizes that stand bare in a parameter's shape, and of those passed explicitly. The inputs must fit the
 * parameters (whoever takes them from a user checks that and words it); E604 for a size expression that does not hold.
 */
export function bindSizes(graph: Graph, inputs: readonly TensorData[], explicit: Sizes = new Map()): Sizes {
  if (inputs.length !== graph.parameters.length) {
    throw new InternalError(`${graph.name} takes ${graph.parameters.length} inputs and got ${inputs.length}`);
  }
  const sizes = new Map(explicit);
  const eachDim = (visit: (dim: Dim, value: number, parameter: Node) => void): void => {
    graph.parameters.forEach((parameter, i) => {
      const { dtype, shape } = inputs[i]!;
      if (dtype !== parameter.type.dtype || shape.length !== parameter.type.shape.length) {
        throw new InternalError(`input ${i} of ${graph.name} is ${dtype}[${shape.join(",")}], not ${showType(parameter.type)}`);
      }
      parameter.type.shape.forEach((dim, axis) => visit(dim, shape[axis]!, parameter));
    });
  };
  eachDim((dim, value) => {
    const name = nameOfDim(dim);
    if (name !== undefined && !sizes.has(name)) sizes.set(name, value);
  });
  eachDim((dim, value, parameter) => {
    const expected = evaluateSize(dim, sizes);
    if (expected === value) return;
    const name = String(parameter.attributes["name"]);
    throw userError("E604", { message: `input "${name}": a size is ${value} where ${showDim(dim)} is ${expected}` });
  });
  return sizes;
}

/** E605 for a negative size or one past 2^53; a name without a value is a bug. */
function evaluateSize(dim: Dim, sizes: Sizes): number {
  const value = evaluateDim(dim, sizes);
  if (Number.isNaN(value)) throw new InternalError(`size ${showDim(dim)} has no value`);
  if (value < 0 || !Number.isSafeInteger(value)) throw userError("E605", { message: `size ${showDim(dim)} is ${value}` });
  return value;
}

/** The attributes with every size replaced by its value. */
export function concreteAttributes(node: Node, sizes: Sizes): Attributes {
  const changed: { [name: string]: Attribute } = {};
  for (const [name, kind] of Object.entries(opOf(node.op).attributes)) {
    if (kind === "dims") changed[name] = (node.attributes[name] as readonly Dim[]).map((dim) => evaluateDim(dim, sizes));
  }
  return { ...node.attributes, ...changed };
}

/** Sees every node that is evaluated, in regions too, with the values of its operands and results. */
export type Observe = (node: Node, operands: readonly TensorData[], results: readonly TensorData[]) => void;

/** Evaluates one node on its operands' values: one value for each result. */
export function evaluateNode(node: Node, operands: readonly TensorData[], sizes: Sizes, observe?: Observe): readonly TensorData[] {
  const results = node.results.map(({ dtype, shape }) => ({ dtype, shape: shape.map((dim) => evaluateSize(dim, sizes)) }));
  const values = evaluateOp(opOf(node.op), operands, {
    type: results[0]!, attributes: concreteAttributes(node, sizes),
    regions: { results, evaluateRegion: (region, inputs) => evaluateGraph(region, inputs, sizes, observe) },
  });
  values.forEach(({ dtype, shape }, i) => {
    const type = results[i]!;
    if (dtype === type.dtype && shape.length === type.shape.length && type.shape.every((size, axis) => size === shape[axis])) return;
    throw new InternalError(`${node.op} gave ${dtype}[${shape.join(",")}] where ${type.dtype}[${type.shape.join(",")}] is its type`);
  });
  return values;
}

/** The results for these inputs. Sizes come from the inputs' shapes and `explicit`. */
export function evaluateGraph(graph: Graph, inputs: readonly TensorData[], explicit?: Sizes, observe?: Observe): TensorData[] {
  const sizes = bindSizes(graph, inputs, explicit);
  const values = new Map<Node, readonly TensorData[]>(graph.parameters.map((parameter, i) => [parameter, [inputs[i]!]]));
  const users = usersOf(graph);
  const unread = new Map<Node, number>();
  for (const node of topologicalOrder(graph)) {
    unread.set(node, users.count(node));
    if (!values.has(node)) values.set(node, evaluateIn(node, values, sizes, observe));
    for (const input of node.inputs) {
      const left = unread.get(input)! - 1;
      unread.set(input, left);
      if (left === 0) values.delete(input);
    }
  }
  return graph.results.map((node) => values.get(node)![0]!);
}

function evaluateIn(node: Node, values: ReadonlyMap<Node, readonly TensorData[]>, sizes: Sizes, observe?: Observe): readonly TensorData[] {
  try {
    const operands = node.inputs.map((input) => values.get(input)![0]!);
    const results = node.op === "result" ? [values.get(node.inputs[0]!)![intAttribute(node, "index")]!] : evaluateNode(node, operands, sizes, observe);
    observe?.(node, operands, results);
    return results;
  } catch (error) {
    throw locate(error, node);
  }
}

/** What fails in a function that is made of ops bears the function's name. */
function named(error: DamoError, call: string | undefined): DamoError {
  return call === undefined ? error : new DamoError(error.code, { ...error.detail, op: call });
}

/** Errors of values that name the op. */
const namesOp: ReadonlySet<string> = new Set(["E601", "E609"]);

/** A user's error gets the user's line; anything else is a bug and says where it was met. */
function locate(error: unknown, node: Node): unknown {
  const own = node.op === "check" ? node.attributes["failing"] : node.op;
  if (error instanceof DamoError) return (namesOp.has(error.code) && error.op === own && error.where === undefined ? named(error, node.location?.call) : error).at(node.location);
  if (error instanceof RangeError && /array length|allocation/i.test(error.message)) {
    return userError("E602", { op: node.op, message: `no memory for ${showType(node.type)}`, location: node.location });
  }
  const operands = node.inputs.map(({ type }) => showType(type)).join(", ");
  return new InternalError(`evaluating ${node.op}(${operands}) -> ${showType(node.type)}: ${describeError(error)}`);
}
