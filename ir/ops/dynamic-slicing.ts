// dynamic_slice and dynamic_update_slice: a block of fixed size at a place given by i32 scalars. As in XLA, a start
// that would make the block stick out is clamped.

import { dimsAttribute, intsAttribute } from "../attributes.ts";
import type { TensorData } from "../data.ts";
import { userError } from "../errors.ts";
import type { ValueId } from "../kernel/kernel.ts";
import type { ElementBuilder, OpDefinition } from "../op.ts";
import { type Dim, showDim, subDims } from "../size.ts";
import { registerOp } from "../table.ts";
import { type TensorType, showType, tensorType } from "../types.ts";
import { clampBetween, clampIndex, clampedOperand } from "./clamp-index.ts";
import { elementsOf, readerOf, tabulate } from "./index-space.ts";
import { selectWhere } from "./padding.ts";
import { checkEntries, checkRank, checkSameDType } from "./structural-checks.ts";

function checkStarts(op: string, starts: readonly TensorType[], rank: number): void {
  checkEntries(op, "the list of starts", starts, rank);
  for (const start of starts) {
    if (start.dtype !== "i32" || start.shape.length !== 0) {
      throw userError("E202", { op, message: `a start is an i32 scalar, not ${showType(start)}` });
    }
  }
}

function checkBlock(op: string, shape: readonly Dim[], block: readonly Dim[]): void {
  block.forEach((size, axis) => {
    const dim = shape[axis]!;
    if (typeof size === "number" && typeof dim === "number" && size > dim) {
      throw userError("E208", { op, message: `a block of ${size} does not fit axis ${axis} of size ${showDim(dim)}` });
    }
  });
}

export const dynamicSlice = registerOp<OpDefinition<"dynamic_slice">>({
  name: "dynamic_slice",
  arity: "variadic",
  attributes: { sizes: "dims" },
  infer([operand, ...starts], attributes) {
    const sizes = dimsAttribute({ attributes }, "sizes");
    checkStarts("dynamic_slice", starts, operand!.shape.length);
    checkEntries("dynamic_slice", "sizes", sizes, operand!.shape.length);
    checkBlock("dynamic_slice", operand!.shape, sizes);
    return tensorType(operand!.dtype, sizes);
  },
  evaluate([operand, ...starts], context) {
    const first = clampStarts(starts, operand!.shape, intsAttribute(context, "sizes"));
    const read = readerOf(operand!);
    return tabulate(context, (index) => read(index.map((i, axis) => i + first[axis]!)));
  },
  gradient: {
    kind: "linear",
    inputs: [0],
    transpose: (b, node, cotangent) =>
      b.make("dynamic_update_slice", [b.fullLike(node.inputs[0]!, 0), cotangent, ...node.inputs.slice(1)]),
  },
  lower: {
    kind: "movement",
    element(b, index, node) {
      const starts = startsOf(b, 1, node.inputs[0]!.type.shape, node.type.shape);
      return b.operand(0, index.map((i, axis) => b.kernel.add(i, starts[axis]!)));
    },
  },
});

export const dynamicUpdateSlice = registerOp<OpDefinition<"dynamic_update_slice">>({
  name: "dynamic_update_slice",
  arity: "variadic",
  attributes: {},
  infer(operands) {
    const [operand, update, ...starts] = operands;
    if (update === undefined) throw userError("E201", { op: "dynamic_update_slice", message: "got 1 operand, takes at least two" });
    checkSameDType("dynamic_update_slice", [operand!, update]);
    checkRank("dynamic_update_slice", "the update", update, operand!.shape.length);
    checkStarts("dynamic_update_slice", starts, operand!.shape.length);
    checkBlock("dynamic_update_slice", operand!.shape, update.shape);
    return operand!;
  },
  evaluate([operand, update, ...starts], context) {
    const first = clampStarts(starts, operand!.shape, update!.shape);
    const read = readerOf(operand!);
    const readUpdate = readerOf(update!);
    return tabulate(context, (index) => {
      const own = index.map((i, axis) => i - first[axis]!);
      return own.every((i, axis) => i >= 0 && i < update!.shape[axis]!) ? readUpdate(own) : read(index);
    });
  },
  gradient: {
    kind: "linear",
    inputs: [0, 1],
    transpose(b, node, cotangent, input) {
      const [, update, ...starts] = node.inputs;
      if (input === 1) return b.make("dynamic_slice", [cotangent, ...starts], { sizes: update!.type.shape });
      return b.make("dynamic_update_slice", [cotangent, b.fullLike(update!, 0), ...starts]);
    },
  },
  lower: {
    kind: "movement",
    element(b, index, node) {
      const [operand, update] = node.inputs.map(({ type }) => type.shape);
      if (update!.includes(0)) return b.operand(0, index);
      const starts = startsOf(b, 2, operand!, update!);
      const conditions: ValueId[] = [];
      const own = index.map((i, axis) => {
        const position = b.kernel.sub(i, starts[axis]!);
        conditions.push(b.kernel.op("ge", position, b.kernel.i32(0)), b.kernel.op("lt", position, b.dim(update![axis]!)));
        return clampIndex(b, position, update![axis]!);
      });
      const old = b.operand(0, index);
      return selectWhere(b, conditions, clampedOperand(b, 1, update!, own, own.map((_, axis) => axis), old), old);
    },
  },
});

function clampStarts(starts: readonly TensorData[], shape: readonly number[], block: readonly number[]): number[] {
  return starts.map((start, axis) => Math.max(0, Math.min(Number(elementsOf(start)[0]), shape[axis]! - block[axis]!)));
}

/** The starts, operands `first` and on, so that the block lies inside. */
function startsOf(b: ElementBuilder, first: number, shape: readonly Dim[], block: readonly Dim[]): readonly ValueId[] {
  return shape.map((dim, axis) => clampBetween(b, b.operand(first + axis, []), subDims(dim, block[axis]!)));
}

export const dynamicOps = [dynamicSlice, dynamicUpdateSlice] as const;
