// windows: every window of a tensor, as a pure map of indices (im2col). The result has the shape counts ++ window; its
// element (o, w) is the padded operand's at o * strides + w * dilation. overlap_add is its transpose: elements that
// came from one place are summed there.

import { dimsAttribute, intsAttribute, numberAttribute } from "../attributes.ts";
import { userError } from "../errors.ts";
import type { ValueId } from "../kernel/kernel.ts";
import { identityOf } from "../kernel/scalar.ts";
import type { OpDefinition } from "../op.ts";
import { addDims } from "../size.ts";
import { shapeEquals, showShape, tensorType } from "../types.ts";
import { clampIndex, clampedOperand } from "./clamp-index.ts";
import { combineOf } from "./combine-elements.ts";
import { forEachIndex, readerOf, tabulate } from "./index-space.ts";
import { paddedElement, paddedReader, selectWhere } from "./padding.ts";
import { checkDType, checkRank, checkShape } from "./structural-checks.ts";
import { checkGeometry, geometryAttributes, geometryOf, spansOf, windowCounts } from "./window-geometry.ts";

const windows: OpDefinition = {
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
};

const overlapAdd: OpDefinition = {
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
      forEachIndex(window, (offset) => {
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
      const wide = window.map((_, axis) => axis).filter((axis) => window[axis]! > 1);
      const sum = b.accumulate(wide.map((axis) => window[axis]!), [zero], ["add"], (inner, [current]) => {
        const offset = window.map((_, axis) => (wide.includes(axis) ? inner[wide.indexOf(axis)]! : kernel.i32(0)));
        const conditions: ValueId[] = [];
        const clamped: number[] = [];
        const from = index.map((i, axis) => {
          const stride = kernel.i32(strides[axis]!);
          const position = kernel.sub(kernel.add(i, b.dim(low[axis]!)), kernel.mul(offset[axis]!, kernel.i32(dilation[axis]!)));
          if (window[axis] === 1 && strides[axis] === 1 && low[axis] === 0 && high[axis] === 0) return i;
          const count = kernel.div(position, stride);
          conditions.push(kernel.op("ge", position, kernel.i32(0)), kernel.op("lt", count, b.dim(shape[axis]!)));
          if (strides[axis] !== 1) conditions.push(kernel.op("eq", kernel.rem(position, stride), kernel.i32(0)));
          // Where padding fills a window but for one element, an element has a window.
          const margin = addDims(low[axis]!, high[axis]!);
          if (typeof margin !== "number" || margin < span[axis]! - 1) clamped.push(axis);
          return clampIndex(b, count, shape[axis]!);
        });
        const element = clampedOperand(b, 0, shape, [...from, ...offset], clamped, zero);
        return [kernel.add(current!, selectWhere(b, conditions, element, zero))];
      });
      return sum[0]!;
    },
  },
};

export const windowOps: readonly OpDefinition[] = [windows, overlapAdd];
