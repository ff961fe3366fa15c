// dot_general: the sum of products over pairs of contracted axes, for each pair of batch axes. Result axes: batch, then
// the free axes of the left operand, then those of the right. Products are summed in row-major order of `lhs_contract`.

import { intsAttribute } from "../attributes.ts";
import { type TensorData, allocateTensor, stridesOf } from "../data.ts";
import { userError } from "../errors.ts";
import type { Node } from "../node.ts";
import type { GraphBuilder, OpDefinition } from "../op.ts";
import { showDim } from "../size.ts";
import { type DType, isFloat, showShape, tensorType } from "../types.ts";
import { combineOf } from "./combine-elements.ts";
import { type Element, elementsOf, forEachIndex, offsetAt } from "./index-space.ts";
import { invertPermutation } from "./movement.ts";
import { checkAxes, checkDType, checkSameDType } from "./structural-checks.ts";

/** Which axes of the operands meet. */
export interface Contraction {
  readonly lhs_contract: readonly number[];
  readonly rhs_contract: readonly number[];
  readonly lhs_batch: readonly number[];
  readonly rhs_batch: readonly number[];
}

export function contractionOf(from: Parameters<typeof intsAttribute>[0]): Contraction {
  return {
    lhs_contract: intsAttribute(from, "lhs_contract"),
    rhs_contract: intsAttribute(from, "rhs_contract"),
    lhs_batch: intsAttribute(from, "lhs_batch"),
    rhs_batch: intsAttribute(from, "rhs_batch"),
  };
}

/** The axes that are neither contracted nor batch, in order. */
export function freeAxes(rank: number, ...taken: readonly (readonly number[])[]): readonly number[] {
  return Array.from({ length: rank }, (_, axis) => axis).filter((axis) => !taken.some((axes) => axes.includes(axis)));
}

const dotGeneral: OpDefinition<"dot_general"> = {
  name: "dot_general",
  arity: 2,
  attributes: { lhs_contract: "ints", rhs_contract: "ints", lhs_batch: "ints", rhs_batch: "ints" },
  infer(operands, attributes) {
    const [lhs, rhs] = operands;
    const axes = contractionOf({ attributes });
    checkSameDType("dot_general", operands);
    checkDType("dot_general", lhs!, (dtype) => dtype !== "bool", "numbers");
    checkAxes("dot_general", [...axes.lhs_batch, ...axes.lhs_contract], lhs!.shape.length);
    checkAxes("dot_general", [...axes.rhs_batch, ...axes.rhs_contract], rhs!.shape.length);
    for (const [left, right] of [[axes.lhs_contract, axes.rhs_contract], [axes.lhs_batch, axes.rhs_batch]] as const) {
      if (left.length !== right.length) {
        throw userError("E205", { op: "dot_general", message: `axes [${left}] and [${right}] do not pair up` });
      }
      left.forEach((axis, i) => {
        const [a, b] = [lhs!.shape[axis]!, rhs!.shape[right[i]!]!];
        if (a !== b) {
          throw userError("E207", {
            op: "dot_general",
            message: `${showShape(lhs!.shape)} and ${showShape(rhs!.shape)}: sizes ${showDim(a)} and ${showDim(b)} differ`,
          });
        }
      });
    }
    const pick = (shape: typeof lhs, chosen: readonly number[]) => chosen.map((axis) => shape!.shape[axis]!);
    return tensorType(lhs!.dtype, [
      ...pick(lhs, axes.lhs_batch),
      ...pick(lhs, freeAxes(lhs!.shape.length, axes.lhs_batch, axes.lhs_contract)),
      ...pick(rhs, freeAxes(rhs!.shape.length, axes.rhs_batch, axes.rhs_contract)),
    ]);
  },
  evaluate([lhs, rhs], context) {
    const axes = contractionOf(context);
    const result = allocateTensor(context.type.dtype, context.type.shape);
    const out = elementsOf(result);
    const dot = dotOf(context.type.dtype, lhs!, rhs!);
    const left = freeOffsets(lhs!, axes.lhs_batch, axes.lhs_contract);
    const right = freeOffsets(rhs!, axes.rhs_batch, axes.rhs_contract);
    const inner = [offsetsAlong(lhs!, axes.lhs_contract), offsetsAlong(rhs!, axes.rhs_contract)] as const;
    const rightBatch = offsetsAlong(rhs!, axes.rhs_batch);
    let position = 0;
    offsetsAlong(lhs!, axes.lhs_batch).forEach((leftBatch, batch) => {
      for (const row of left) {
        for (const column of right) out[position++] = dot(leftBatch + row, rightBatch[batch]! + column, inner[0], inner[1]);
      }
    });
    return result;
  },
  gradient: {
    kind: "multilinear",
    inputs: [0, 1],
    transpose: (b, node, cotangent, input) => (input === 0 ? transposeLeft(b, node, cotangent) : transposeRight(b, node, cotangent)),
  },
  lower: { kind: "contraction" },
};

/** Offsets of the elements along some axes, row-major. */
function offsetsAlong(tensor: TensorData, axes: readonly number[]): readonly number[] {
  const strides = stridesOf(tensor.shape);
  const chosen = axes.map((axis) => strides[axis]!);
  const offsets: number[] = [];
  forEachIndex(axes.map((axis) => tensor.shape[axis]!), (index) => offsets.push(offsetAt(index, chosen)));
  return offsets;
}

function freeOffsets(tensor: TensorData, batch: readonly number[], contract: readonly number[]): readonly number[] {
  return offsetsAlong(tensor, freeAxes(tensor.shape.length, batch, contract));
}

type Dot = (left: number, right: number, leftInner: readonly number[], rightInner: readonly number[]) => Element;

/** Each product and each sum is rounded to the dtype. */
function dotOf(dtype: DType, lhs: TensorData, rhs: TensorData): Dot {
  if (isFloat(dtype)) {
    const [a, b] = [lhs.data as Float64Array, rhs.data as Float64Array];
    const round = dtype === "f32" ? Math.fround : (value: number) => value;
    return (left, right, leftInner, rightInner) => {
      let sum = 0;
      for (let k = 0; k < leftInner.length; k++) {
        sum = round(sum + round(a[left + leftInner[k]!]! * b[right + rightInner[k]!]!));
      }
      return sum;
    };
  }
  const [a, b] = [elementsOf(lhs), elementsOf(rhs)];
  const [add, multiply] = [combineOf("add", dtype), combineOf("mul", dtype)];
  return (left, right, leftInner, rightInner) => {
    let sum: Element = dtype === "i64" ? 0n : 0;
    for (let k = 0; k < leftInner.length; k++) {
      sum = add(sum, multiply(a[left + leftInner[k]!]!, b[right + rightInner[k]!]!));
    }
    return sum;
  };
}

const range = (from: number, length: number): readonly number[] => Array.from({ length }, (_, i) => from + i);

/** The cotangent contracted with the right operand over its free axes, brought into the left operand's order. */
function transposeLeft(b: GraphBuilder, node: Node, cotangent: Node): Node {
  const [lhs, rhs] = node.inputs;
  const axes = contractionOf(node);
  const free = freeAxes(lhs!.type.shape.length, axes.lhs_batch, axes.lhs_contract);
  const rhsFree = freeAxes(rhs!.type.shape.length, axes.rhs_batch, axes.rhs_contract);
  const batch = axes.lhs_batch.length;
  const product = b.make("dot_general", [cotangent, rhs!], {
    lhs_contract: range(batch + free.length, rhsFree.length), rhs_contract: rhsFree, lhs_batch: range(0, batch), rhs_batch: axes.rhs_batch,
  });
  const contracted = pairedInOrder(axes.rhs_contract, axes.lhs_contract);
  return b.transpose(product, invertPermutation([...axes.lhs_batch, ...free, ...contracted]));
}

/** As transposeLeft, with the operands' parts exchanged. */
function transposeRight(b: GraphBuilder, node: Node, cotangent: Node): Node {
  const [lhs, rhs] = node.inputs;
  const axes = contractionOf(node);
  const free = freeAxes(rhs!.type.shape.length, axes.rhs_batch, axes.rhs_contract);
  const lhsFree = freeAxes(lhs!.type.shape.length, axes.lhs_batch, axes.lhs_contract);
  const batch = axes.lhs_batch.length;
  const product = b.make("dot_general", [lhs!, cotangent], {
    lhs_contract: lhsFree, rhs_contract: range(batch, lhsFree.length), lhs_batch: axes.lhs_batch, rhs_batch: range(0, batch),
  });
  const contracted = pairedInOrder(axes.lhs_contract, axes.rhs_contract);
  return b.transpose(product, invertPermutation([...axes.rhs_batch, ...contracted, ...free]));
}

/** The partners of `axes`, in the order in which `axes` stand in their tensor (where they were left over as free axes). */
function pairedInOrder(axes: readonly number[], partners: readonly number[]): readonly number[] {
  return axes.map((axis, i) => [axis, partners[i]!] as const).sort(([a], [c]) => a - c).map(([, partner]) => partner);
}

export const contractionOps = [dotGeneral] as const;
