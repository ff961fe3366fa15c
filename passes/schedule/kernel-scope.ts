// Computes elements of graph values inside a kernel under construction: stored values are loaded, everything else is
// built inline, once per scope.

import { InternalError } from "../../ir/errors.ts";
import { KernelBuilder, type LoopOptions } from "../../ir/kernel/build.ts";
import type { Access, Kernel, ValueId } from "../../ir/kernel/kernel.ts";
import type { CombineOp } from "../../ir/kernel/scalar.ts";
import type { Node } from "../../ir/node.ts";
import type { ElementBuilder } from "../../ir/op.ts";
import { opOf } from "../../ir/table.ts";
import type { Dim } from "../../ir/size.ts";
import type { DType, Shape } from "../../ir/types.ts";
import type { BufferId, Launch } from "../../ir/program/program.ts";

/** Sizes up to this are constants in a kernel; larger ones are parameters, so that kernels of equal form are one. */
const bakedSize = 16;

type Index = readonly ValueId[];
type Combines = readonly (CombineOp | undefined)[];

export class KernelScope {
  readonly kernel: KernelBuilder;
  readonly #bufferOf: (node: Node) => BufferId | undefined;
  readonly #parameters = new Map<BufferId, { parameter: number; access: Access }>();
  readonly #sizes: Dim[] = [];
  readonly #sizeValues = new Map<Dim, ValueId>();
  readonly #memo: Map<string, ValueId>[] = [new Map()];

  /** `bufferOf` gives the buffer of a stored node; undefined for what is computed inline. */
  constructor(name: string, bufferOf: (node: Node) => BufferId | undefined) {
    this.kernel = new KernelBuilder(name);
    this.#bufferOf = bufferOf;
  }

  parameter(buffer: BufferId, dtype: DType, access: Access): number {
    const known = this.#parameters.get(buffer);
    if (known !== undefined) return known.parameter;
    const parameter = this.kernel.buffer(dtype, access);
    this.#parameters.set(buffer, { parameter, access });
    return parameter;
  }

  /** A size that is a parameter whatever its value. */
  sizeParameter(dim: Dim): ValueId {
    this.#sizes.push(dim);
    return this.kernel.sizeParameter();
  }

  dim(dim: Dim): ValueId {
    if (typeof dim === "number" && dim <= bakedSize) return this.kernel.i32(dim);
    let value = this.#sizeValues.get(dim);
    if (value === undefined) {
      value = this.sizeParameter(dim);
      this.#sizeValues.set(dim, value);
    }
    return value;
  }

  /** Row-major offset of an index. */
  offset(index: Index, shape: Shape): ValueId {
    const { kernel } = this;
    let offset = kernel.i32(0);
    for (let axis = 0; axis < shape.length; axis++) {
      if (shape[axis] === 1) continue;
      offset = kernel.add(kernel.mul(offset, this.dim(shape[axis]!)), index[axis]!);
    }
    return offset;
  }

  load(node: Node, index: Index): ValueId {
    const buffer = this.#bufferOf(node);
    if (buffer === undefined) throw new InternalError(`${node.op} (node ${node.id}) is read but not stored`);
    const parameter = this.parameter(buffer, node.type.dtype, "read");
    return this.kernel.load(parameter, this.offset(index, node.type.shape));
  }

  /** The value of `node` at `index`. */
  element(node: Node, index: Index): ValueId {
    const at = node.type.shape.map((dim, axis) => (dim === 1 ? this.kernel.i32(0) : index[axis]!));
    const key = `${node.id}:${at.join()}`;
    for (let scope = this.#memo.length - 1; scope >= 0; scope--) {
      const known = this.#memo[scope]!.get(key);
      if (known !== undefined) return known;
    }
    const value = this.#compute(node, at);
    this.#memo[this.#memo.length - 1]!.set(key, value);
    return value;
  }

  /** Makes `value` the value of `node` at `index` for the rest of the scope. */
  define(node: Node, index: Index, value: ValueId): void {
    const at = node.type.shape.map((dim, axis) => (dim === 1 ? this.kernel.i32(0) : index[axis]!));
    this.#memo[this.#memo.length - 1]!.set(`${node.id}:${at.join()}`, value);
  }

  #compute(node: Node, index: Index): ValueId {
    if (node.op === "full") return this.kernel.constant(node.attributes["value"] as number | bigint | boolean, node.type.dtype);
    if (this.#bufferOf(node) !== undefined) return this.load(node, index);
    return this.inline(node, index);
  }

  /** The value of an elementwise, movement or effect node at `index`, computed here whether or not it is stored. */
  inline(node: Node, index: Index): ValueId {
    const { lower } = opOf(node.op);
    if (lower.kind === "elementwise") {
      return lower.element(this.kernel, node.inputs.map((input) => this.element(input, index)), node);
    }
    if (lower.kind === "effect") return this.element(node.inputs[0]!, index);
    if (lower.kind === "movement") return lower.element(this.elementBuilder(node), index, node);
    throw new InternalError(`${node.op} (node ${node.id}) cannot be computed inline`);
  }

  elementBuilder(node: Node): ElementBuilder {
    return {
      kernel: this.kernel,
      dim: (dim) => this.dim(dim),
      operand: (input, index) => this.element(node.inputs[input]!, index),
      accumulate: (extents, init, combine, body) => this.nest(extents, "serial", init, combine, body),
    };
  }

  /** Nested loops, innermost last, with carried values; extents of 1 need no loop. */
  nest(extents: readonly Dim[], order: LoopOptions["order"], init: Index, combine: Combines,
    body: (index: Index, current: Index) => Index): Index {
    const open = (axis: number, index: Index, current: Index): Index => {
      if (axis === extents.length) return body(index, current);
      if (extents[axis] === 1) return open(axis + 1, [...index, this.kernel.i32(0)], current);
      return this.loop(this.dim(extents[axis]!), { order, init: current, combine }, (at, inner) => open(axis + 1, [...index, at], inner));
    };
    return open(0, [], init);
  }

  /** One loop; what is computed in its body is known there alone. */
  loop(extent: ValueId, options: LoopOptions, body: (index: ValueId, current: Index) => Index): Index {
    return this.kernel.loop(extent, options, (index, current) => {
      this.#memo.push(new Map());
      const next = body(index, current);
      this.#memo.pop();
      return next;
    });
  }

  /** Ends the kernel; sizes are the launch's arguments in parameter order. */
  launch(optimize: (kernel: Kernel) => Kernel): Launch {
    return { kind: "launch", kernel: optimize(this.kernel.finish()), buffers: [...this.#parameters.keys()], sizes: this.#sizes };
  }
}

/** Readable name of a kernel: what it computes, last first. */
export function kernelName(nodes: readonly Node[]): string {
  const names = [...new Set(nodes.map((node) => node.op))].reverse();
  return names.slice(0, 3).join("_");
}

