// What operators take: expressions, host values and numbers, brought to IR nodes of one dtype and one shape. This is
// where promotion and broadcasting happen; the IR has neither.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import type { Dim } from "../../ir/size.ts";
import { showDim } from "../../ir/size.ts";
import type { DType, Shape } from "../../ir/types.ts";
import { isInt, shapeEquals } from "../../ir/types.ts";
import { describeNode, describeTyped, Expression } from "../expression.ts";
import { promote } from "../promote.ts";
import { neverEqual } from "../shape.ts";
import { HostValue } from "../value.ts";
import { assume, broadcastInDim, constant, convert, full } from "./primitive.ts";

/** A JS number is weak: it takes the dtype of what it meets. */
export type Weak = number | bigint | boolean;
export type Operand = Node | Expression | HostValue | Weak;

export function isWeak(value: unknown): value is Weak {
  return typeof value === "number" || typeof value === "bigint" || typeof value === "boolean";
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "op" in value && "inputs" in value && "results" in value;
}

/** The node of a tensor. E209 for anything else: a number stands for no tensor here. */
export function toNode(op: string, value: unknown): Node {
  if (value instanceof Expression) return value.node;
  if (isNode(value)) return value;
  if (value instanceof HostValue) return constant(value);
  throw userError("E209", { op, message: `${describeArgument(value)} is not a tensor`, hint: "use constant() for arrays" });
}

export function describeArgument(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" && value !== null ? `an object of class ${value.constructor?.name ?? "none"}` : String(value);
}

/** A number as a tensor of `dtype`. E209 when it is no value of it. */
export function weakNode(op: string, value: Weak, dtype: DType, shape: Shape): Node {
  const fits = dtype === "bool" ? value === true || value === false || value === 0 || value === 1
    : !isInt(dtype) || typeof value !== "number" || Number.isInteger(value);
  if (!fits) {
    throw userError("E209", { op, message: `${String(value)} is not a value of ${dtype}`, hint: "convert the tensor, to f32 for example" });
  }
  return full(value, dtype, shape);
}

/** A number in the form in which attributes hold a value of `dtype`. */
export function weakValue(op: string, value: Weak, dtype: DType): number | bigint {
  return weakNode(op, value, dtype, []).attributes["value"] as number | bigint;
}

/** The dtype that operands meet in; numbers by themselves are f32. */
export function meet(op: string, values: readonly unknown[]): DType {
  const strong = values.filter((value) => !isWeak(value)).map((value) => toNode(op, value).type.dtype);
  if (strong.length === 0) return values.every((value) => typeof value === "boolean") ? "bool" : "f32";
  return strong.reduce(promote);
}

/** The operand converted; a number becomes a scalar. */
export function toDType(op: string, value: unknown, dtype: DType): Node {
  return isWeak(value) ? weakNode(op, value, dtype, []) : convert(toNode(op, value), dtype);
}

/** A single operand; a number by itself is f32. */
export function toOperand(op: string, value: unknown): Node {
  return isWeak(value) ? weakNode(op, value, meet(op, [value]), []) : toNode(op, value);
}

/** The size two axes share. A known size says more than a symbolic one; E203 when they cannot be equal. */
export function joinDims(a: Dim, b: Dim): Dim | undefined {
  if (a === b) return a;
  if (neverEqual(a, b)) return undefined;
  return typeof b === "number" ? b : a;
}

/** The shape operands broadcast to: axes are matched from the last; only a size that is 1 when the graph is built stretches. */
export function broadcastShapes(op: string, nodes: readonly Node[]): Dim[] {
  const rank = Math.max(0, ...nodes.map((node) => node.type.shape.length));
  const shape: Dim[] = new Array<Dim>(rank).fill(1);
  for (const node of nodes) {
    const own = node.type.shape;
    for (let i = 0; i < own.length; i++) {
      const axis = rank - own.length + i;
      const [a, b] = [shape[axis]!, own[i]!];
      const joined = b === 1 ? a : a === 1 ? b : joinDims(a, b);
      if (joined === undefined) {
        throw userError("E203", {
          op, message: `shapes ${nodes.map(describeNode).join(" and ")} do not broadcast (axis ${axis}: ${showDim(a)} and ${showDim(b)})`,
        });
      }
      shape[axis] = joined;
    }
  }
  return shape;
}

/** The node stretched to `shape`, whose last axes are its own. Sizes that are equal only by assumption are checked. */
export function stretch(node: Node, shape: Shape): Node {
  const own = node.type.shape;
  if (shapeEquals(own, shape)) return node;
  if (node.op === "full") return full(node.attributes["value"] as Weak, node.type.dtype, shape);
  const first = shape.length - own.length;
  const agreed = own.map((dim, axis) => (dim === 1 ? 1 : shape[first + axis]!));
  const checked = shapeEquals(own, agreed) ? node : assume(node, agreed);
  return broadcastInDim(checked, shape, own.map((_, axis) => first + axis));
}

/** Operands brought to one dtype and one shape. */
export function meetOperands(op: string, values: readonly unknown[], dtypeOf: (dtype: DType) => DType = (dtype) => dtype): Node[] {
  const dtype = dtypeOf(meet(op, values));
  const nodes = values.map((value) => toDType(op, value, dtype));
  const shape = broadcastShapes(op, nodes);
  return nodes.map((node) => stretch(node, shape));
}

/** A tensor of one of the given dtypes. E202 otherwise. */
export function expectDType(op: string, node: Node, allowed: (dtype: DType) => boolean, wanted: string): Node {
  if (allowed(node.type.dtype)) return node;
  throw userError("E202", { op, message: `${describeTyped(node)} must be ${wanted}` });
}
