// What an op is: one table entry that says everything about it. Families of ops live in ir/ops/<family>.ts, the table
// in ir/table.ts. An entry never imports the table or the builder; what it needs of them it is handed.

import type { TensorData } from "./data.ts";
import type { KernelBuilder } from "./kernel/build.ts";
import type { ValueId } from "./kernel/kernel.ts";
import type { CombineOp } from "./kernel/scalar.ts";
import type { Attributes, Graph, Node } from "./node.ts";
import type { Routine } from "./routine.ts";
import type { Dim } from "./size.ts";
import type { DType, Shape, TensorType } from "./types.ts";

/** How an attribute is written, checked and parsed. A list of strings is an enumeration. */
export type AttributeKind =
  | "int" | "ints" | "dims" | "dtype" | "bool" | "number" | "string" | "data" | "region" | readonly string[];

export interface OpDefinition<Name extends string = string> {
  /** snake_case; the same in the table, the text form and messages. */
  readonly name: Name;
  /** Number of operands, or `variadic` (one or more). */
  readonly arity: number | "variadic";
  readonly attributes: { readonly [name: string]: AttributeKind };
  /** Shape and dtype rule: the type of the result(s), or a DamoError. Sizes are compared exactly. */
  infer(operands: readonly TensorType[], attributes: Attributes): TensorType | readonly TensorType[];
  /** The meaning: naive loops over concrete operands. */
  readonly evaluate: Evaluate;
  readonly gradient: Gradient;
  readonly lower: Lower;
}

export interface ConcreteType {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** `type` and `attributes` are those of the node with every size replaced by its value. */
export interface EvaluateContext {
  readonly type: ConcreteType;
  readonly attributes: Attributes;
  /** What ops need whose meaning is that of their regions. */
  readonly regions?: {
    readonly results: readonly ConcreteType[];
    evaluateRegion(region: Graph, operands: readonly TensorData[]): readonly TensorData[];
  };
}
/** An op with several results gives a list. */
export type Evaluate = (operands: readonly TensorData[], context: EvaluateContext) => TensorData | readonly TensorData[];

/** Builds tensor IR. Elementwise ops take operands of one shape; `broadcast` and `convert` are explicit nodes. */
export interface GraphBuilder {
  /** Any op of the table, checked and typed. */
  make(op: string, inputs: readonly Node[], attributes?: Attributes): Node;
  /** A tensor whose elements are all `value`. */
  full(value: number | bigint | boolean, dtype: DType, shape: Shape): Node;
  /** `full` with the type of another node. */
  fullLike(node: Node, value: number | bigint | boolean): Node;
  neg(a: Node): Node;
  add(a: Node, b: Node): Node;
  sub(a: Node, b: Node): Node;
  mul(a: Node, b: Node): Node;
  div(a: Node, b: Node): Node;
  select(condition: Node, a: Node, b: Node): Node;
  /** Elementwise op by name with operands of one type. */
  unary(op: string, a: Node): Node;
  binary(op: string, a: Node, b: Node): Node;
  convert(a: Node, dtype: DType): Node;
  reshape(a: Node, shape: Shape): Node;
  transpose(a: Node, permutation: readonly number[]): Node;
  /** Operand axis i becomes axis axes[i] of `shape`; the other axes are new; an operand axis of size 1 stretches. */
  broadcast(a: Node, shape: Shape, axes: readonly number[]): Node;
  /** Removes the axes. */
  sum(a: Node, axes: readonly number[]): Node;
  result(node: Node, index: number): Node;
}

/** A cotangent or tangent; undefined stands for zero. */
export type Differential = Node | undefined;

export type Gradient =
  /** Elementwise: d output / d input i, each a node of the output's shape; undefined where it is zero. */
  | { readonly kind: "partials"; partial(b: GraphBuilder, node: Node, input: number): Differential }
  /** Linear in the inputs named together (the rest are parameters): the tangent is the op itself on tangents. */
  | { readonly kind: "linear"; readonly inputs: readonly number[] | "all"; transpose(b: GraphBuilder, node: Node, cotangent: Node, input: number): Differential }
  /** Linear in each of the inputs by itself (products). */
  | { readonly kind: "multilinear"; readonly inputs: readonly number[]; transpose(b: GraphBuilder, node: Node, cotangent: Node, input: number): Differential }
  | { readonly kind: "both"; vjp(b: GraphBuilder, node: Node, cotangent: Node): readonly Differential[]; jvp(b: GraphBuilder, node: Node, tangents: readonly Differential[]): Differential }
  /** Of an op with several results: a cotangent for each, and a tangent of each. */
  | { readonly kind: "several"; vjp(b: GraphBuilder, node: Node, cotangents: readonly Differential[]): readonly Differential[]; jvp(b: GraphBuilder, node: Node, tangents: readonly Differential[]): readonly Differential[] }
  /** Through its regions, by the differentiate pass. */
  | { readonly kind: "region" }
  /** Locally constant (floor, comparisons, integer results): zero everywhere it is defined. */
  | { readonly kind: "zero" }
  | { readonly kind: "none"; readonly reason: string }
  /** A derivative along any path through it is refused, even where what follows is locally constant. The attributes `by` and
   *  `reason` are for the message. */
  | { readonly kind: "refused" };

/** The scope in which an op describes one element of its result. Index values are i32, one per axis. */
export interface ElementBuilder {
  readonly kernel: KernelBuilder;
  /** A size as an i32 value. */
  dim(dim: Dim): ValueId;
  /** The element of the operand at an index; the index must be in range for every lane (clamp it otherwise). */
  operand(input: number, index: readonly ValueId[]): ValueId;
  /** Nested serial loops over `extents`, innermost last, with carried values. */
  accumulate(extents: readonly Dim[], init: readonly ValueId[], combine: readonly (CombineOp | undefined)[],
    body: (index: readonly ValueId[], current: readonly ValueId[]) => readonly ValueId[]): readonly ValueId[];
}

/** How an op becomes loops: its canonical loop nest, from which the scheduler builds fused kernels. */
export type Lower =
  /** Each result element from the operands' elements at the same index. */
  | { readonly kind: "elementwise"; element(kernel: KernelBuilder, args: readonly ValueId[], node: Node): ValueId }
  /** Each result element from operands' elements at computed indices (also none: iota). */
  | { readonly kind: "movement"; element(b: ElementBuilder, index: readonly ValueId[], node: Node): ValueId }
  /** The reduced axes disappear: the elements along them are combined, from the combination's identity. */
  | { readonly kind: "reduction"; axes(node: Node): readonly number[]; readonly combine: CombineOp }
  /** Running combination along one axis, result element i includes element i. */
  | { readonly kind: "cumulative"; axis(node: Node): number; reverse(node: Node): boolean; readonly combine: CombineOp }
  /** A copy of operand 0 with elements of operand 1 written or combined in, in row-major order of operand 1. `target` gives
   *  the operand index written by the update at `index`, and whether it is written at all. */
  | {
    readonly kind: "scatter";
    combine(node: Node): CombineOp | undefined;
    target(b: ElementBuilder, index: readonly ValueId[], node: Node): { readonly index: readonly ValueId[]; readonly valid: ValueId | undefined };
  }
  /** dot_general: scheduled as a product of matrices. */
  | { readonly kind: "contraction" }
  /** A loop or a branch: statements with nested bodies. */
  | { readonly kind: "control" }
  /** Operand 0, element by element, with statements beside the computation (`passes/effects`). */
  | { readonly kind: "effect" }
  /** A convolution or its transpose by the filter: a statement of its own where the form is direct, else what `build` makes of it. */
  | { readonly kind: "convolution"; readonly computes: "result" | "filter"; build(b: GraphBuilder, node: Node): Node }
  /** A call of a linked function for each element of the batch; for targets without such functions, what `build` makes of it: its results in terms of other ops.
   *  With `conditions` a call never fails: they are looked at before, one (bool, the axes of the batch before others) for each of the routine's failures, which hold everywhere in elements without one. */
  | {
    readonly kind: "routine"; readonly routine: Routine;
    build?(b: GraphBuilder, node: Node): readonly Node[];
    conditions?(b: GraphBuilder, node: Node): readonly Node[];
  }
  /** Rewritten in terms of other ops before scheduling. */
  | { readonly kind: "expand"; build(b: GraphBuilder, node: Node): Node }
  /** What the region of that name computes takes its place, once all derivatives are taken. */
  | { readonly kind: "inline"; readonly region: string }
  /** A value that the scheduler places by itself: parameter, constant, result. */
  | { readonly kind: "leaf" };
