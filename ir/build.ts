// Builds tensor IR: every node is checked against its op's arity, attribute schema and shape rule, and typed by it.
// Errors carry the line of `at`, which the language layer sets to the user's line and passes to that of the node at hand.

import { attributesFault } from "./attributes.ts";
import { DamoError, userError } from "./errors.ts";
import type { Attributes, Node, SourceLocation } from "./node.ts";
import type { GraphBuilder, OpDefinition } from "./op.ts";
import { normalValue } from "./ops/leaf.ts";
import { opOf } from "./table.ts";
import type { DType, Shape, TensorType } from "./types.ts";
import { shapeEquals } from "./types.ts";

let nextId = 0;

/** A node without any check: for the parser and the builder. Ids grow over all graphs, so inputs come before readers. */
export function createNode(
  op: string, inputs: readonly Node[], attributes: Attributes, results: readonly TensorType[], location: SourceLocation | undefined,
): Node {
  return { id: nextId++, op, inputs, attributes, type: results[0]!, results, location };
}

/** Operand types as the op's shape rule takes them: `result` sees all results of what it reads. */
export function operandTypes(op: string, inputs: readonly Node[]): readonly TensorType[] {
  return op === "result" ? inputs[0]!.results : inputs.map((input) => input.type);
}

/** What is wrong with the number of operands or the attributes, as an error; undefined if nothing is. */
export function formFault(definition: OpDefinition, operands: number, attributes: Attributes): DamoError | undefined {
  const { name, arity } = definition;
  const enough = arity === "variadic" ? operands > 0 : operands === arity;
  if (!enough) {
    const wanted = arity === "variadic" ? "at least one operand" : `${arity} ${arity === 1 ? "operand" : "operands"}`;
    return userError("E201", { op: name, message: `takes ${wanted}, got ${operands}` });
  }
  const fault = attributesFault(definition, attributes);
  return fault === undefined ? undefined : userError("E205", { op: name, message: fault });
}

/** A `number` attribute is a value of the result's dtype and held in its one form, so that equal nodes compare equal. */
export function normalizeNumbers(definition: OpDefinition, attributes: Attributes, dtype: DType): Attributes {
  let normalized = attributes;
  for (const name in definition.attributes) {
    if (definition.attributes[name] !== "number") continue;
    const value = attributes[name] as number | bigint;
    const normal = normalValue(value, dtype, definition.name);
    if (!Object.is(normal, value)) normalized = { ...normalized, [name]: normal };
  }
  return normalized;
}

function makeNode(op: string, inputs: readonly Node[], attributes: Attributes, location: SourceLocation | undefined): Node {
  try {
    const definition = opOf(op);
    const fault = formFault(definition, inputs.length, attributes);
    if (fault !== undefined) throw fault;
    const inferred = definition.infer(operandTypes(op, inputs), attributes);
    const results: readonly TensorType[] = Array.isArray(inferred) ? inferred : [inferred as TensorType];
    return createNode(op, inputs, normalizeNumbers(definition, attributes, results[0]!.dtype), results, location);
  } catch (error) {
    throw error instanceof DamoError ? error.at(location) : error;
  }
}

/** Makes nodes that carry the location `at`, which may be set between nodes. */
export class LocatedBuilder implements GraphBuilder {
  at: SourceLocation | undefined;

  constructor(at?: SourceLocation) {
    this.at = at;
  }

  make(op: string, inputs: readonly Node[], attributes: Attributes = {}): Node {
    return makeNode(op, inputs, attributes, this.at);
  }

  parameter(index: number, name: string, { dtype, shape }: TensorType): Node {
    return this.make("parameter", [], { index, name, dtype, shape });
  }

  full(value: number | bigint | boolean, dtype: DType, shape: Shape): Node {
    return this.make("full", [], { value: typeof value === "boolean" ? Number(value) : value, dtype, shape });
  }

  fullLike(node: Node, value: number | bigint | boolean): Node {
    return this.full(value, node.type.dtype, node.type.shape);
  }

  unary(op: string, a: Node): Node { return this.make(op, [a]); }
  binary(op: string, a: Node, b: Node): Node { return this.make(op, [a, b]); }
  neg(a: Node): Node { return this.make("neg", [a]); }
  add(a: Node, b: Node): Node { return this.make("add", [a, b]); }
  sub(a: Node, b: Node): Node { return this.make("sub", [a, b]); }
  mul(a: Node, b: Node): Node { return this.make("mul", [a, b]); }
  div(a: Node, b: Node): Node { return this.make("div", [a, b]); }
  select(condition: Node, a: Node, b: Node): Node { return this.make("select", [condition, a, b]); }

  convert(a: Node, dtype: DType): Node {
    return a.type.dtype === dtype ? a : this.make("convert", [a], { dtype });
  }

  reshape(a: Node, shape: Shape): Node {
    return shapeEquals(a.type.shape, shape) ? a : this.make("reshape", [a], { shape });
  }

  transpose(a: Node, permutation: readonly number[]): Node {
    return permutation.every((axis, i) => axis === i) ? a : this.make("transpose", [a], { permutation });
  }

  broadcast(a: Node, shape: Shape, axes: readonly number[]): Node {
    return shapeEquals(a.type.shape, shape) ? a : this.make("broadcast", [a], { shape, axes });
  }

  sum(a: Node, axes: readonly number[]): Node {
    return axes.length === 0 ? a : this.make("reduce_sum", [a], { axes });
  }

  result(node: Node, index: number): Node {
    return this.make("result", [node], { index });
  }
}

export function createBuilder(at?: SourceLocation): LocatedBuilder {
  return new LocatedBuilder(at);
}
