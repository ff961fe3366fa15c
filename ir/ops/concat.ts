// concat: operands one after the other along an axis. In kernels each element is chosen among one load per operand.

import { intAttribute } from "../attributes.ts";
import { userError } from "../errors.ts";
import type { ValueId } from "../kernel/kernel.ts";
import { identityOf } from "../kernel/scalar.ts";
import type { OpDefinition } from "../op.ts";
import { type Dim, addDims, dimEquals } from "../size.ts";
import { showShape, tensorType } from "../types.ts";
import { clampIndex, clampedOperand } from "./clamp-index.ts";
import { readerOf, tabulate } from "./index-space.ts";
import { checkAxes, checkSameDType, checkSameDim } from "./structural-checks.ts";

export const concat: OpDefinition<"concat"> = {
  name: "concat",
  arity: "variadic",
  attributes: { axis: "int" },
  infer(operands, attributes) {
    const axis = intAttribute({ attributes }, "axis");
    const [first] = operands;
    const rank = first!.shape.length;
    checkAxes("concat", [axis], rank);
    checkSameDType("concat", operands);
    for (const { shape } of operands) {
      if (shape.length !== rank) {
        throw userError("E203", { op: "concat", message: `${showShape(first!.shape)} and ${showShape(shape)} differ in rank` });
      }
      shape.forEach((dim, i) => {
        if (i !== axis) checkSameDim("concat", `axis ${i} of ${showShape(first!.shape)} and ${showShape(shape)} differs`, first!.shape[i]!, dim);
      });
    }
    const total = operands.reduce<Dim>((sum, { shape }) => addDims(sum, shape[axis]!), 0);
    return tensorType(first!.dtype, first!.shape.map((dim, i) => (i === axis ? total : dim)));
  },
  evaluate(operands, context) {
    const axis = intAttribute(context, "axis");
    const readers = operands.map(readerOf);
    return tabulate(context, (index) => {
      const own = [...index];
      let part = 0;
      for (; own[axis]! >= operands[part]!.shape[axis]!; part++) own[axis] = own[axis]! - operands[part]!.shape[axis]!;
      return readers[part]!(own);
    });
  },
  gradient: {
    kind: "linear",
    inputs: "all",
    transpose(b, node, cotangent, input) {
      const axis = intAttribute(node, "axis");
      const sizes = node.inputs.map(({ type }) => type.shape[axis]!);
      const start = sizes.slice(0, input).reduce<Dim>(addDims, 0);
      return b.make("slice", [cotangent], {
        start: node.type.shape.map((_, i) => (i === axis ? start : 0)),
        limit: node.type.shape.map((dim, i) => (i === axis ? addDims(start, sizes[input]!) : dim)),
        step: node.type.shape.map(() => 1),
      });
    },
  },
  lower: {
    kind: "movement",
    element(b, index, node) {
      const axis = intAttribute(node, "axis");
      // Beside empty parts: its elements are the result's, at the same index.
      const whole = node.inputs.findIndex(({ type }) => dimEquals(type.shape[axis]!, node.type.shape[axis]!));
      if (whole >= 0) return b.operand(whole, index);
      const zero = b.kernel.constant(identityOf("add", node.type.dtype), node.type.dtype);
      const parts: { readonly end: Dim; readonly value: ValueId }[] = [];
      let start: Dim = 0;
      node.inputs.forEach(({ type }, input) => {
        const size = type.shape[axis]!;
        const end = addDims(start, size);
        if (size !== 0) {
          const own = clampIndex(b, b.kernel.sub(index[axis]!, b.dim(start)), size);
          const at = index.map((i, a) => (a === axis ? own : i));
          parts.push({ end, value: clampedOperand(b, input, type.shape, at, [axis], zero) });
        }
        start = end;
      });
      if (parts.length === 0) return zero;
      return parts.reduceRight<ValueId | undefined>(
        (after, { end, value }) => (after === undefined ? value : b.kernel.select(b.kernel.op("lt", index[axis]!, b.dim(end)), value, after)),
        undefined,
      )!;
    },
  },
};
