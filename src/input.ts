// Inputs of functions: named, with a dtype and a shape of integers and names of sizes.

import { userError } from "../ir/errors.ts";
import type { Node } from "../ir/node.ts";
import { located } from "./location.ts";
import { TensorExpression } from "./methods.ts";
import { checkDType } from "./ops/elementwise.ts";
import { parameter } from "./ops/primitive.ts";
import { toShape } from "./shape.ts";
import type { Input } from "./tensor.ts";
import type { Dims, DType, Shape } from "./types/index.ts";

export class InputExpression extends TensorExpression {
  readonly kind = "input";
  readonly name: string;

  constructor(name: string, node: Node) {
    super(node);
    this.name = name;
  }
}

const definitions = new WeakMap<Node, InputExpression>();

/** The input whose node this is. */
export function inputOf(node: Node): InputExpression | undefined {
  return definitions.get(node);
}

interface InputOptions<D extends DType> {
  /** f32 unless said otherwise. */
  readonly dtype?: D;
}

/** E401 unless the name is an identifier: it becomes a property of calls and of exported bindings. */
export function checkName(op: string, name: unknown): string {
  if (typeof name === "string" && /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(name)) return name;
  throw userError("E401", { op, message: `${JSON.stringify(name)} is not a name`, hint: "use letters, digits, _ and $" });
}

/** A value that is passed at each call. Sizes that share a name must agree in a call. */
export function input<const S extends Shape, D extends DType = "f32">(name: string, shape: S, options?: InputOptions<D>): Input<D, Dims<S>> {
  return located(() => {
    const node = parameter(0, checkName("input", name), checkDType("input", options?.dtype ?? "f32"), toShape(shape));
    const made = new InputExpression(name, node);
    definitions.set(node, made);
    return made as unknown as Input<D, Dims<S>>;
  });
}

export function scalar<D extends DType = "f32">(name: string, options?: InputOptions<D>): Input<D, []> {
  return input(name, [], options);
}

// Sizes that are not said are named after the input: `x_0`, `x_1`.
function ofRank(name: string, shape: Shape | undefined, rank: number): Shape {
  if (shape === undefined) return Array.from({ length: rank }, (_, axis) => `${name}_${axis}`);
  if (shape.length === rank) return shape;
  throw userError("E102", { op: "input", message: `${name} has rank ${rank}, the shape [${shape.join(",")}] has ${shape.length}` });
}

/** A vector; its size is a name of its own unless given. */
export function vector<const S extends readonly [number | string] = [string], D extends DType = "f32">(name: string, shape?: S, options?: InputOptions<D>): Input<D, Dims<S>> {
  return input(name, ofRank(name, shape, 1), options) as unknown as Input<D, Dims<S>>;
}

/** A matrix of one row, which broadcasts. */
export function row<const N extends number | string = string, D extends DType = "f32">(name: string, size?: N, options?: InputOptions<D>): Input<D, [1, N]> {
  return input(name, [1, size ?? `${name}_1`], options) as unknown as Input<D, [1, N]>;
}

/** A matrix of one column, which broadcasts. */
export function col<const N extends number | string = string, D extends DType = "f32">(name: string, size?: N, options?: InputOptions<D>): Input<D, [N, 1]> {
  return input(name, [size ?? `${name}_0`, 1], options) as unknown as Input<D, [N, 1]>;
}

type Size = number | string;

export function matrix<const S extends readonly [Size, Size] = [string, string], D extends DType = "f32">(name: string, shape?: S, options?: InputOptions<D>): Input<D, Dims<S>> {
  return input(name, ofRank(name, shape, 2), options) as unknown as Input<D, Dims<S>>;
}

export function tensor3<const S extends readonly [Size, Size, Size] = [string, string, string], D extends DType = "f32">(name: string, shape?: S, options?: InputOptions<D>): Input<D, Dims<S>> {
  return input(name, ofRank(name, shape, 3), options) as unknown as Input<D, Dims<S>>;
}

export function tensor4<const S extends readonly [Size, Size, Size, Size] = [string, string, string, string], D extends DType = "f32">(name: string, shape?: S, options?: InputOptions<D>): Input<D, Dims<S>> {
  return input(name, ofRank(name, shape, 4), options) as unknown as Input<D, Dims<S>>;
}
