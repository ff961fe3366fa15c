// Leaves: values that are not computed from other values of the graph, and `result`, which reads one result of an op
// that has several.

import { dataAttribute, dimsAttribute, dtypeAttribute, intAttribute, numberAttribute } from "../attributes.ts";
import type { TensorData } from "../data.ts";
import { allocateTensor, elementCount } from "../data.ts";
import { InternalError, userError } from "../errors.ts";
import { roundToHalf } from "../half.ts";
import type { Attributes } from "../node.ts";
import type { Gradient, OpDefinition } from "../op.ts";
import { showDim } from "../size.ts";
import type { DType, TensorType } from "../types.ts";
import { intRange, showShape, tensorType } from "../types.ts";

/** Nothing reaches a variable through a leaf: it has no inputs. */
const constantGradient: Gradient = { kind: "zero" };

function declaredType(op: string, attributes: Attributes): TensorType {
  const shape = dimsAttribute({ attributes }, "shape");
  const negative = shape.find((dim) => typeof dim === "number" && dim < 0);
  if (negative !== undefined) throw userError("E102", { op, message: `${showShape(shape)} has the negative size ${showDim(negative)}` });
  return tensorType(dtypeAttribute({ attributes }, "dtype"), shape);
}

const parameter: OpDefinition<"parameter"> = {
  name: "parameter",
  arity: 0,
  attributes: { index: "int", name: "string", dtype: "dtype", shape: "dims" },
  infer: (_operands, attributes) => declaredType("parameter", attributes),
  evaluate() {
    throw new InternalError("a parameter has no meaning without a call");
  },
  gradient: constantGradient,
  lower: { kind: "leaf" },
};

const constant: OpDefinition<"constant"> = {
  name: "constant",
  arity: 0,
  attributes: { data: "data" },
  infer(_operands, attributes) {
    const { dtype, shape, data } = dataAttribute({ attributes }, "data");
    if (data.length !== elementCount(shape)) {
      throw userError("E103", { op: "constant", message: `${data.length} elements do not fill shape [${shape.join(",")}]` });
    }
    return tensorType(dtype, shape);
  },
  evaluate: (_operands, context) => dataAttribute(context, "data"),
  gradient: constantGradient,
  lower: { kind: "leaf" },
};

/** The one form in which an attribute holds a value of a dtype: a bigint for i64, else a number; f16 and f32 rounded, bools 0 or 1. E205 if it does not fit. */
export function normalValue(value: number | bigint | boolean, dtype: DType, op?: string): number | bigint {
  if (dtype === "f64") return Number(value);
  if (dtype === "f32") return Math.fround(Number(value));
  if (dtype === "f16") return roundToHalf(Number(value));
  if (dtype === "bool") {
    if (Number(value) !== 0 && Number(value) !== 1) throw userError("E205", { op, message: `${value} is not a bool` });
    return Number(value);
  }
  const whole = typeof value === "number" && !Number.isInteger(value) ? undefined : BigInt(value);
  const [low, high] = intRange[dtype];
  if (whole === undefined || whole < low || whole > high) {
    throw userError("E205", { op, message: `${value} is not a value of ${dtype}` });
  }
  return dtype === "i64" ? whole : Number(whole);
}

const full: OpDefinition<"full"> = {
  name: "full",
  arity: 0,
  attributes: { value: "number", dtype: "dtype", shape: "dims" },
  infer: (_operands, attributes) => declaredType("full", attributes),
  evaluate(_operands, context): TensorData {
    const tensor = allocateTensor(context.type.dtype, context.type.shape);
    const value = numberAttribute(context, "value");
    // Memory that is new is zero, and takes no pages before it is written.
    if (Object.is(Number(value), 0)) return tensor;
    if (tensor.data instanceof BigInt64Array) tensor.data.fill(BigInt(value));
    else tensor.data.fill(Number(value));
    return tensor;
  },
  gradient: constantGradient,
  lower: {
    kind: "elementwise",
    element: (kernel, _args, node) => kernel.constant(numberAttribute(node, "value"), node.type.dtype),
  },
};

/** Its shape rule is handed the types of all results of its operand. */
const result: OpDefinition<"result"> = {
  name: "result",
  arity: 1,
  attributes: { index: "int" },
  infer(operands, attributes) {
    const index = intAttribute({ attributes }, "index");
    const type = operands[index];
    if (type === undefined) throw userError("E205", { op: "result", message: `there is no result ${index} among ${operands.length}` });
    return type;
  },
  evaluate() {
    throw new InternalError("an op with several results reached the evaluator");
  },
  gradient: { kind: "none", reason: "the op that it reads is differentiated as a whole" },
  lower: { kind: "leaf" },
};

export const leafOps = [parameter, constant, full, result] as const;
