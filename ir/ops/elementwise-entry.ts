// What elementwise entries have in common: operands of one shape (and mostly one dtype), a loop over elements, a
// scalar description for kernels. A family's entry states only what is its own.

import { allocateTensor, type TensorData } from "../data.ts";
import { userError } from "../errors.ts";
import type { KernelBuilder } from "../kernel/build.ts";
import type { ValueId } from "../kernel/kernel.ts";
import type { ScalarOp } from "../kernel/scalar.ts";
import type { Node } from "../node.ts";
import type { Evaluate, Gradient, GraphBuilder, Lower, OpDefinition } from "../op.ts";
import { type DType, dtypes, isFloat, isInt, shapeEquals, showShape, type TensorType } from "../types.ts";

export const floatDTypes: readonly DType[] = dtypes.filter(isFloat);
export const intDTypes: readonly DType[] = dtypes.filter(isInt);
export const numericDTypes: readonly DType[] = dtypes.filter((dtype) => dtype !== "bool");
/** Integers and bool: what has bits to combine. */
export const logicalDTypes: readonly DType[] = dtypes.filter((dtype) => !isFloat(dtype));

/**
 * What an op means for one element. Floats are f64 numbers (f32 results are rounded once, on being stored), integers
 * bigints (results are wrapped to the dtype), bools 0 or 1.
 */
export interface Meaning {
  readonly float?: (a: number, b: number, c: number) => number;
  /** Where f32 is not the f64 function rounded once. */
  readonly f32?: (a: number, b: number, c: number) => number;
  readonly int?: (a: bigint, b: bigint, c: bigint) => bigint;
  readonly bool?: (a: number, b: number, c: number) => number;
}

export interface Entry<Name extends string = string> {
  readonly name: Name;
  readonly accepts: readonly DType[];
  readonly meaning: Meaning;
  readonly gradient: Gradient;
  /** One element; absent where the kernel op of the same name is it. */
  readonly element?: (kernel: KernelBuilder, args: readonly ValueId[], dtype: DType) => ValueId;
}

export function unary<Name extends string>(entry: Entry<Name>): OpDefinition<Name> {
  return sameType(entry, 1);
}

export function binary<Name extends string>(entry: Entry<Name>): OpDefinition<Name> {
  return sameType(entry, 2);
}

export function ternary<Name extends string>(entry: Entry<Name>): OpDefinition<Name> {
  return sameType(entry, 3);
}

/** A function of floats with its derivative, from the operand and the result. */
export function floatUnary<Name extends string>(
  name: Name, float: (x: number) => number, derivative: (b: GraphBuilder, x: Node, result: Node) => Node,
): OpDefinition<Name> {
  const gradient = partials((b, [x], result) => derivative(b, x!, result));
  return unary({ name, accepts: floatDTypes, meaning: { float }, gradient });
}

/** Operands and result of one type. */
function sameType<Name extends string>(entry: Entry<Name>, arity: number): OpDefinition<Name> {
  return {
    name: entry.name,
    arity,
    attributes: {},
    infer: (operands) => inferSame(entry.name, entry.accepts, operands),
    evaluate: evaluateMeaning(entry.meaning),
    gradient: entry.gradient,
    lower: lowerElement(entry.element ?? ((kernel, args) => kernel.op(entry.name as ScalarOp, ...args))),
  };
}

export interface TestEntry<Name extends string> {
  readonly name: Name;
  readonly accepts: readonly DType[];
  readonly holds: (a: number | bigint, b: number | bigint) => boolean;
  readonly element: (kernel: KernelBuilder, args: readonly ValueId[]) => ValueId;
}

/** Operands of one type, result bool; locally constant. */
export function test<Name extends string>(entry: TestEntry<Name>, arity: number): OpDefinition<Name> {
  return {
    name: entry.name,
    arity,
    attributes: {},
    infer: (operands) => ({ dtype: "bool", shape: inferSame(entry.name, entry.accepts, operands).shape }),
    evaluate: (operands) => {
      const [a, b] = [operands[0]!, operands[1] ?? operands[0]!];
      const result = allocateTensor("bool", a.shape);
      for (let i = 0; i < result.data.length; i++) result.data[i] = entry.holds(a.data[i]!, b.data[i]!) ? 1 : 0;
      return result;
    },
    gradient: { kind: "zero" },
    lower: lowerElement(entry.element),
  };
}

/** Partial derivatives, one function per operand, of the operation's inputs and its result. */
export function partials(...functions: readonly ((b: GraphBuilder, inputs: readonly Node[], result: Node) => Node)[]): Gradient {
  return { kind: "partials", partial: (b, node, input) => functions[input]!(b, node.inputs, node) };
}

export function lowerElement(element: NonNullable<Entry["element"]>): Lower {
  return {
    kind: "elementwise",
    element: (kernel, args) => element(kernel, args, kernel.dtypeOf(args[0]!)),
  };
}

/** The common type of the operands; E202 for a dtype, E203 for a shape. */
export function inferSame(op: string, accepts: readonly DType[], operands: readonly TensorType[]): TensorType {
  const first = operands[0]!;
  for (const operand of operands) {
    checkDType(op, accepts, operand.dtype);
    if (operand.dtype !== first.dtype) {
      throw userError("E202", {
        op, message: `operands have the dtypes ${first.dtype} and ${operand.dtype}`, hint: "convert one of them",
      });
    }
    checkShape(op, first, operand);
  }
  return first;
}

export function checkDType(op: string, accepts: readonly DType[], dtype: DType): void {
  if (!accepts.includes(dtype)) {
    throw userError("E202", { op, message: `does not take ${dtype}, only ${accepts.join(", ")}` });
  }
}

export function checkShape(op: string, a: TensorType, b: TensorType): void {
  if (!shapeEquals(a.shape, b.shape)) {
    throw userError("E203", { op, message: `shapes ${showShape(a.shape)} and ${showShape(b.shape)} differ` });
  }
}

function evaluateMeaning(meaning: Meaning): Evaluate {
  return (operands, { type }) => {
    const dtype = operands[0]!.dtype;
    if (isInt(dtype)) return evaluateInts(meaning.int!, operands, dtype);
    const scalar = dtype === "bool" ? meaning.bool : dtype === "f32" ? meaning.f32 ?? meaning.float : meaning.float;
    const result = allocateTensor(dtype, type.shape) as TensorData<"f64">;
    const [a, b, c] = operandArrays(operands);
    for (let i = 0; i < result.data.length; i++) {
      result.data[i] = scalar!(Number(a[i]!), Number(b[i]!), Number(c[i]!));
    }
    return result;
  };
}

/** Typed arrays reduce what is stored to their width: for i64 exactly, below by way of 64 bits. */
function evaluateInts(scalar: NonNullable<Meaning["int"]>, operands: readonly TensorData[], dtype: DType): TensorData {
  const result = allocateTensor(dtype, operands[0]!.shape);
  const [a, b, c] = operandArrays(operands);
  for (let i = 0; i < result.data.length; i++) {
    const value = scalar(BigInt(a[i]!), BigInt(b[i]!), BigInt(c[i]!));
    if (result.data instanceof BigInt64Array) result.data[i] = value;
    else result.data[i] = Number(BigInt.asIntN(32, value));
  }
  return result;
}

function operandArrays(operands: readonly TensorData[]) {
  const [a, b = a, c = a] = operands;
  return [a!.data, b!.data, c!.data] as const;
}
