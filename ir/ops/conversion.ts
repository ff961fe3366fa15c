// Changes of dtype: by value (convert) and by bits (bitcast).

import { allocateTensor, arrayViews } from "../data.ts";
import { userError } from "../errors.ts";
import type { Attributes } from "../node.ts";
import type { OpDefinition } from "../op.ts";
import { convertElement } from "../reference/conversion.ts";
import { type DType, dtypes, isFloat, itemSize } from "../types.ts";
import { checkDType, numericDTypes } from "./elementwise-entry.ts";

export const conversionOps = [
  {
    name: "convert",
    arity: 1,
    attributes: { dtype: "dtype" },
    infer: ([operand], attributes) => ({ dtype: target("convert", attributes), shape: operand!.shape }),
    evaluate: ([operand], { type }) => {
      const result = allocateTensor(type.dtype, type.shape);
      for (let i = 0; i < result.data.length; i++) {
        result.data[i] = convertElement(operand!.data[i]!, operand!.dtype, type.dtype);
      }
      return result;
    },
    gradient: {
      kind: "linear",
      inputs: "all",
      // Integers and bools on either side make it locally constant.
      transpose: (b, node, cotangent) => {
        const from = node.inputs[0]!.type.dtype;
        return isFloat(from) && isFloat(node.type.dtype) ? b.convert(cotangent, from) : undefined;
      },
    },
    lower: {
      kind: "elementwise",
      element: (kernel, [x], node) => kernel.convert(x!, node.type.dtype),
    },
  },
  {
    name: "bitcast",
    arity: 1,
    attributes: { dtype: "dtype" },
    infer: ([operand], attributes) => {
      const dtype = target("bitcast", attributes);
      checkDType("bitcast", numericDTypes, operand!.dtype);
      checkDType("bitcast", numericDTypes, dtype);
      if (itemSize[dtype] !== itemSize[operand!.dtype]) {
        throw userError("E202", { op: "bitcast", message: `${operand!.dtype} and ${dtype} differ in width` });
      }
      return { dtype, shape: operand!.shape };
    },
    evaluate: ([operand], { type }) => {
      const { buffer } = operand!.data.slice();
      return { dtype: type.dtype, shape: type.shape, data: new arrayViews[type.dtype](buffer, 0, operand!.data.length) };
    },
    gradient: { kind: "zero" },
    lower: {
      kind: "elementwise",
      element: (kernel, [x], node) => kernel.bitcast(x!, node.type.dtype),
    },
  },
] as const satisfies readonly OpDefinition[];

function target(op: string, attributes: Attributes): DType {
  const { dtype } = attributes;
  const known = dtypes.find((candidate) => candidate === dtype);
  if (known === undefined) throw userError("E205", { op, message: `dtype is ${String(dtype)}, not one of ${dtypes.join(", ")}` });
  return known;
}
