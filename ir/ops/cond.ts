// cond: one of two regions with the same parameters and results; only the one that is taken runs, so the other costs nothing
// and cannot fail. Inputs: the condition (bool), then the regions' operands.

import { regionAttribute } from "../attributes.ts";
import { userError } from "../errors.ts";
import type { Attributes } from "../node.ts";
import type { OpDefinition } from "../op.ts";
import { registerOp } from "../table.ts";
import { type TensorType, showType, tensorType, typeEquals } from "../types.ts";

function infer(operands: readonly TensorType[], attributes: Attributes): readonly TensorType[] {
  const [then, otherwise] = [regionAttribute({ attributes }, "then"), regionAttribute({ attributes }, "otherwise")];
  const agree = (what: string, given: readonly TensorType[], wanted: readonly TensorType[]): void => {
    const at = wanted.findIndex((type, i) => given[i] === undefined || !typeEquals(given[i], type));
    if (at < 0 && given.length === wanted.length) return;
    const show = (types: readonly TensorType[]): string => `(${types.map(showType).join(", ")})`;
    throw userError("E211", { op: "cond", message: `${what} ${show(given)} where ${show(wanted)} is needed` });
  };
  const results = then.results.map((node) => node.type);
  if (results.length === 0) throw userError("E205", { op: "cond", message: "a branch has at least one result" });
  agree("the condition is", operands.slice(0, 1), [tensorType("bool", [])]);
  agree("operands are", operands.slice(1), then.parameters.map((node) => node.type));
  agree("the other branch takes", otherwise.parameters.map((node) => node.type), operands.slice(1));
  agree("the other branch gives", otherwise.results.map((node) => node.type), results);
  return results;
}

export const cond = registerOp<OpDefinition<"cond">>({
  name: "cond",
  arity: "variadic",
  attributes: { then: "region", otherwise: "region" },
  infer,
  evaluate: ([condition, ...operands], context) =>
    context.regions!.evaluateRegion(regionAttribute(context, condition!.data[0] ? "then" : "otherwise"), operands),
  gradient: { kind: "region" },
  lower: { kind: "control" },
});
