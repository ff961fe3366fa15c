// Inputs that a call may leave out: their default values, and the variables of those that keep their value between calls.

import { copyTensor, type TensorData } from "../ir/data.ts";
import { userError } from "../ir/errors.ts";
import { describeTyped } from "./expression.ts";
import type { InputExpression } from "./input.ts";
import { makeShared, type SharedExpression } from "./shared.ts";
import { toTensorData } from "./value.ts";

/** Default values by input. E502 or E503 for one that no call could pass. */
export function readDefaults(given: unknown, inputs: ReadonlyMap<string, InputExpression>): Map<string, TensorData> {
  if (given === undefined) return new Map();
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw userError("E401", { op: "fn", message: "defaults must be a record of values", hint: "write defaults: { rate: 0.1 }" });
  }
  return new Map(Object.entries(given).map(([name, value]) => {
    const input = inputs.get(name);
    if (input === undefined) throw userError("E401", { op: "fn", message: `there is a default for ${name}, which is not among the inputs` });
    return [name, readDefault(name, input, value)];
  }));
}

function readDefault(name: string, { node }: InputExpression, value: unknown): TensorData {
  const { dtype, shape } = node.type;
  const data = toTensorData(value, dtype, { op: "fn", what: `the default of ${name}`, dtypeCode: "E502", shapeCode: "E503" });
  const fits = data.shape.length === shape.length && shape.every((dim, axis) => typeof dim !== "number" || dim === data.shape[axis]);
  if (!fits) throw userError("E503", { op: "fn", message: `the default of ${name} has shape [${data.shape.join(",")}], its type is ${describeTyped(node)}` });
  // Later changes of an array do not reach the function.
  return copyTensor(data);
}

/** The variable that keeps an input's value. E405 without a default, or where its size is not fixed. */
export function keptVariable(name: string, { node }: InputExpression, initial: TensorData | undefined): SharedExpression {
  if (initial === undefined) throw userError("E405", { op: "fn", message: `the input ${name} is updated and has no default`, hint: "its first value is the default; or use shared()" });
  if (node.type.shape.every((dim) => typeof dim === "number")) return makeShared(name, initial);
  throw userError("E405", { op: "fn", message: `the input ${describeTyped(node)} is updated, and its size is not fixed` });
}
