// A symbolic tensor as it exists when the program runs: an IR node and the properties users may read. The operators are
// attached in methods.ts; their types are those of the interface Tensor.

import type { Node } from "../ir/node.ts";
import type { DType } from "../ir/types.ts";
import { showShape } from "../ir/types.ts";
import { toUserShape, type UserDim } from "./shape.ts";

export class Expression {
  readonly node: Node;

  constructor(node: Node) {
    this.node = node;
  }

  get dtype(): DType {
    return this.node.type.dtype;
  }

  /** Integers, and names or expressions of names where the size is symbolic. */
  get shape(): UserDim[] {
    return toUserShape(this.node.type.shape);
  }

  get ndim(): number {
    return this.node.type.shape.length;
  }

  toString(): string {
    return `Tensor ${describeNode(this.node)}`;
  }
}

/** `w1 [784,512]`, or the shape alone where the value has no name. */
export function describeNode(node: Node): string {
  const name = node.op === "parameter" ? node.attributes["name"] : undefined;
  return typeof name === "string" ? `${name} ${showShape(node.type.shape)}` : showShape(node.type.shape);
}

/** As `describeNode`, with the dtype. */
export function describeTyped(node: Node): string {
  const name = node.op === "parameter" ? `${String(node.attributes["name"])} ` : "";
  return `${name}${node.type.dtype}${showShape(node.type.shape)}`;
}
