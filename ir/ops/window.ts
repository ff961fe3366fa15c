// windows: every window of a tensor, as a pure map of indices (im2col). The result has the shape counts ++ window; its
// element (o, w) is the padded operand's at o * strides + w * dilation. overlap_add is its transpose: elements that
// came from one place are summed there, in row-major order of the windows.

import { dimsAttribute, intsAttribute, numberAttribute } from "../attributes.ts";
import { userError } from "../errors.ts";
import type { ValueId } from "../kernel/kernel.ts";
import { identityOf } from "../kernel/scalar.ts";
import type { ElementBuilder, OpDefinition } from "../op.ts";
import { addDims } from "../size.ts";
import { registerOp } from "../table.ts";
import { shapeEquals, showShape, tensorType } from "../types.ts";
import { clampIndex, clampedOperand } from "./clamp-index.ts";
import { combineOf } from "./combine-elements.ts";
import { forEachIndex, readerOf, tabulate } from "./index-space.ts";
import { paddedElement, paddedReader, selectWhere } from "./padding.ts";
import { checkDType, checkRank, checkShape } from "./structural-checks.ts";
import { checkGeometry, geometryAttributes, geometryOf, spansOf, windowCounts } from "./window-geometry.ts";

export const windows = registerOp<OpDefinition<"windows">>({
  name: "windows",
  arity: 1,
  attributes: { ...geometryAttributes, value: "number" },
  infer([operand], attributes) {
    const geometry = geometryOf({ attributes });
    checkGeometry("windows", geometry, operand!.shape.length);
    return tensorType(operand!.dtype, [...windowCounts(geometry, operand!.shape), ...geometry.window]);
  },
  evaluate([operand], context) {
    const { strides, dilation } = geometryOf(context);
    const rank = strides.length;
    const value = numberAttribute(context, "value");
    const read = paddedReader(operand!, intsAttribute(context, "low"), strides.map(() => 0), value);
    return tabulate(context, (index) => read(strides.map((stride, axis) => index[axis]! * stride + index[rank + axis]! * dilation[axis]!)));
  },
  gradient: {
    kind: "both",
    vjp: (b, node, cotangent) => {
      const { value: _, ...geometry } = node.attributes;
      return [b.make("overlap_add", [cotangent], { ...geometry, shape: node.inputs[0]!.type.shape })];
    },
    jvp: (b, node, [tangent]) => tangent && b.make("windows", [tangent], { ...node.attributes, value: 0 }),
  },
  lower: {
    kind: "movement",
    element(b, index, node) {
      const geometry = geometryOf(node);
      const { strides, dilation, low, high } = geometry;
      const { shape, dtype } = node.inputs[0]!.type;
      const { kernel } = b;
      const position = shape.map((_, axis) => kernel.sub(
        kernel.add(kernel.mul(index[axis]!, kernel.i32(strides[axis]!)), kernel.mul(index[shape.length + axis]!, kernel.i32(dilation[axis]!))),
        b.dim(low[axis]!),
      ));
      const value = kernel.constant(numberAttribute(node, "value"), dtype);
      return paddedElement(b, shape, { low, high, span: spansOf(geometry) }, position, shape.map(() => 0), value);
    },
  },
});

/** In one round, the window that an element came from and its offset in it; the offset is in range even if not valid. */
function sourceOf(b: ElementBuilder, position: ValueId, round: ValueId, window: number, stride: number, dilation: number): {
  readonly count: ValueId; readonly offset: ValueId; readonly valid: readonly ValueId[];
} {
  const { kernel } = b;
  const step = kernel.i32(stride);
  const valid: ValueId[] = [];
  const reached = dilation === 1 ? position : kernel.sub(position, kernel.mul(round, kernel.i32(dilation)));
  if (stride > 1) valid.push(kernel.op("ge", reached, kernel.i32(0)));
  const quotient = kernel.div(reached, step);
  const rest = kernel.rem(reached, step);
  if (dilation > 1) {
    if (stride > 1) valid.push(kernel.op("eq", rest, kernel.i32(0)));
    return { count: quotient, offset: round, valid };
  }
  const offset = kernel.add(kernel.max(rest, kernel.i32(0)), kernel.mul(round, step));
  if (window % stride === 0) return { count: kernel.sub(quotient, round), offset, valid };
  valid.push(kernel.op("lt", offset, kernel.i32(window)));
  return { count: kernel.sub(quotient, round), offset: kernel.min(offset, kernel.i32(window - 1)), valid };
}

export const overlapAdd = registerOp<OpDefinition<"overlap_add">>({
  name: "overlap_add",
  arity: 1,
  attributes: { ...geometryAttributes, shape: "dims" },
  infer([operand], attributes) {
    const shape = dimsAttribute({ attributes }, "shape");
    const geometry = geometryOf({ attributes });
    checkShape("overlap_add", shape);
    checkDType("overlap_add", operand!, (dtype) => dtype !== "bool", "numbers");
    checkGeometry("overlap_add", geometry, shape.length);
    checkRank("overlap_add", "the operand", operand!, 2 * shape.length);
    const wanted = [...windowCounts(geometry, shape), ...geometry.window];
    if (!shapeEquals(operand!.shape, wanted)) {
      throw userError("E203", {
        op: "overlap_add",
        message: `the windows of ${showShape(shape)} have shape ${showShape(wanted)}, the operand ${showShape(operand!.shape)}`,
      });
    }
    return tensorType(operand!.dtype, shape);
  },
  evaluate([operand], context) {
    const { strides, dilation, window } = geometryOf(context);
    const low = intsAttribute(context, "low");
    const counts = operand!.shape.slice(0, low.length);
    const read = readerOf(operand!);
    const add = combineOf("add", context.type.dtype);
    return tabulate(context, (index) => {
      let sum = identityOf("add", context.type.dtype);
      // Earlier windows have the element later in them.
      forEachIndex(window, (before) => {
        const offset = before.map((i, axis) => window[axis]! - 1 - i);
        const from = index.map((i, axis) => (i + low[axis]! - offset[axis]! * dilation[axis]!) / strides[axis]!);
        if (from.every((i, axis) => Number.isInteger(i) && i >= 0 && i < counts[axis]!)) sum = add(sum, read([...from, ...offset]));
      });
      return sum;
    });
  },
  gradient: {
    kind: "linear",
    inputs: [0],
    transpose(b, node, cotangent) {
      const { shape: _, ...geometry } = node.attributes;
      return b.make("windows", [cotangent], { ...geometry, value: 0 });
    },
  },
  lower: {
    kind: "movement",
    element(b, index, node) {
      const { kernel } = b;
      const { dtype, shape } = node.inputs[0]!.type;
      const geometry = geometryOf(node);
      const { strides, dilation, window, low, high } = geometry;
      const zero = kernel.constant(identityOf("add", dtype), dtype);
      if (shape.includes(0)) return zero;
      const span = spansOf(geometry);
      // Along an axis the element at p came from window o at offset w where o * stride + w * dilation = p. Without dilation
      // these are w = p mod stride + t * stride and o = floor(p / stride) - t; from the largest t on, windows come in their order.
      const trips = window.map((size, axis) => (dilation[axis] === 1 ? Math.ceil(size / strides[axis]!) : size));
      const loops = trips.map((_, axis) => axis).filter((axis) => trips[axis]! > 1);
      const sum = b.accumulate(loops.map((axis) => trips[axis]!), [zero], ["add"], (rounds, [current]) => {
        const places = index.map((i, axis) => {
          const round = loops.includes(axis) ? kernel.sub(kernel.i32(trips[axis]! - 1), rounds[loops.indexOf(axis)]!) : kernel.i32(0);
          return sourceOf(b, kernel.add(i, b.dim(low[axis]!)), round, window[axis]!, strides[axis]!, dilation[axis]!);
        });
        const conditions: ValueId[] = [];
        const clamped: number[] = [];
        const from = places.map(({ count }, axis) => {
          const margin = addDims(low[axis]!, high[axis]!);
          if (window[axis] === 1 && strides[axis] === 1 && low[axis] === 0 && margin === 0) return count;
          conditions.push(kernel.op("ge", count, kernel.i32(0)), kernel.op("lt", count, b.dim(shape[axis]!)));
          // Where padding fills a window but for one element, an element has a window.
          if (typeof margin !== "number" || margin < span[axis]! - 1) clamped.push(axis);
          return clampIndex(b, count, shape[axis]!);
        });
        for (const { valid } of places) conditions.push(...valid);
        const element = clampedOperand(b, 0, shape, [...from, ...places.map(({ offset }) => offset)], clamped, zero);
        return [kernel.add(current!, selectWhere(b, conditions, element, zero))];
      });
      return sum[0]!;
    },
  },
});

export const windowOps = [windows, overlapAdd] as const;
