// custom_gradient: what a region computes, with derivatives that are given rather than taken of it. Inputs: the operands,
// by which it can be differentiated, then the captures; the last parameters of every region stand for the captures.
//
//   value        operands                                    -> results, which are floats
//   pullback     operands, results, cotangents of results    -> cotangents of the float operands
//   pushforward  operands, results, tangents of the float operands -> tangents of results; it gives none where forward mode is not given

import { intAttribute, regionAttribute } from "../attributes.ts";
import { userError } from "../errors.ts";
import type { Attributes } from "../node.ts";
import type { OpDefinition } from "../op.ts";
import { registerOp } from "../table.ts";
import { isFloat, showType, type TensorType } from "../types.ts";
import { expectTypes } from "./region.ts";

function infer(inputs: readonly TensorType[], attributes: Attributes): readonly TensorType[] {
  const op = "custom_gradient";
  const [value, pullback, pushforward] = (["value", "pullback", "pushforward"] as const).map((name) => {
    const { parameters, results } = regionAttribute({ attributes }, name);
    return { takes: parameters.map(({ type }) => type), gives: results.map(({ type }) => type) };
  });
  const count = intAttribute({ attributes }, "operands");
  if (count < 1 || count > inputs.length) throw userError("E205", { op, message: `operands=${count} are not among the ${inputs.length} inputs` });
  const results = value!.gives;
  if (results.length === 0) throw userError("E205", { op, message: "the value has at least one result" });
  const integral = results.find(({ dtype }) => !isFloat(dtype));
  if (integral !== undefined) throw userError("E302", { op, message: `a result of type ${showType(integral)} has no gradient` });
  const [operands, captures] = [inputs.slice(0, count), inputs.slice(count)];
  const floats = operands.filter(({ dtype }) => isFloat(dtype));
  expectTypes(op, "E209", "value parameter", value!.takes, inputs);
  expectTypes(op, "E305", "pullback parameter", pullback!.takes, [...operands, ...results, ...results, ...captures]);
  expectTypes(op, "E305", "cotangent", pullback!.gives, floats);
  if (pushforward!.gives.length > 0) {
    expectTypes(op, "E305", "pushforward parameter", pushforward!.takes, [...operands, ...results, ...floats, ...captures]);
    expectTypes(op, "E305", "tangent", pushforward!.gives, results);
  }
  return results;
}

export const customGradient = registerOp({
  name: "custom_gradient",
  arity: "variadic",
  attributes: { operands: "int", value: "region", pullback: "region", pushforward: "region" },
  infer,
  evaluate: (inputs, context) => context.regions!.evaluateRegion(regionAttribute(context, "value"), inputs),
  gradient: { kind: "region" },
  lower: { kind: "inline", region: "value" },
} as const satisfies OpDefinition);
