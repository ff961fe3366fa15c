// Ops that hold a region: a Graph whose parameters are given by the op's inputs and which reads nothing else. `vjp` and
// `jvp` are derivatives yet to be taken; the differentiate pass expands them, so neither is evaluated or lowered.

import { intAttribute, regionAttribute } from "../attributes.ts";
import type { ErrorCode } from "../errors.ts";
import { InternalError, userError } from "../errors.ts";
import type { Attributes } from "../node.ts";
import type { OpDefinition } from "../op.ts";
import type { TensorType } from "../types.ts";
import { isFloat, showType, typeEquals } from "../types.ts";

/** E201 for another number of them, `code` for another type. */
export function expectTypes(op: string, code: ErrorCode, what: string, given: readonly TensorType[], expected: readonly TensorType[]): void {
  if (given.length !== expected.length) {
    throw userError("E201", { op, message: `got ${given.length} of ${expected.length} ${what}s` });
  }
  given.forEach((type, i) => {
    if (typeEquals(type, expected[i]!)) return;
    throw userError(code, { op, message: `${what} ${i} is ${showType(type)} where ${showType(expected[i]!)} is needed` });
  });
}

/** Checks what both ops share and gives the types of wrt and results of the region, and the operands after the region's. */
function splitOperands(op: string, operands: readonly TensorType[], attributes: Attributes) {
  const region = regionAttribute({ attributes }, "region");
  const wrt = intAttribute({ attributes }, "wrt");
  const parameters = region.parameters.map((parameter) => parameter.type);
  if (wrt < 1 || wrt > parameters.length) {
    throw userError("E205", { op, message: `wrt=${wrt} is not among the ${parameters.length} parameters of the region` });
  }
  const wrtTypes = parameters.slice(0, wrt);
  const integral = wrtTypes.find((type) => !isFloat(type.dtype));
  if (integral !== undefined) throw userError("E302", { op, message: `a variable of type ${showType(integral)} has no gradient` });
  expectTypes(op, "E209", "region operand", operands.slice(0, parameters.length), parameters);
  return { wrtTypes, resultTypes: region.results.map((node) => node.type), rest: operands.slice(parameters.length) };
}

function unexpanded(op: string): () => never {
  return () => {
    throw new InternalError(`${op} is expanded by the differentiate pass before anything else sees it`);
  };
}

/** Inputs: wrt values, captures, one cotangent per result of the region. Results: one cotangent per wrt value. */
const vjp: OpDefinition<"vjp"> = {
  name: "vjp",
  arity: "variadic",
  attributes: { region: "region", wrt: "int" },
  infer(operands, attributes) {
    const { wrtTypes, resultTypes, rest } = splitOperands("vjp", operands, attributes);
    expectTypes("vjp", "E305", "cotangent", rest, resultTypes);
    return wrtTypes;
  },
  evaluate: unexpanded("vjp"),
  gradient: { kind: "none", reason: "it is expanded first" },
  lower: { kind: "leaf" },
};

/** Inputs: wrt values, captures, one tangent per wrt value. Results: one tangent per result of the region. */
const jvp: OpDefinition<"jvp"> = {
  name: "jvp",
  arity: "variadic",
  attributes: { region: "region", wrt: "int" },
  infer(operands, attributes) {
    const { wrtTypes, resultTypes, rest } = splitOperands("jvp", operands, attributes);
    expectTypes("jvp", "E305", "tangent", rest, wrtTypes);
    return resultTypes;
  },
  evaluate: unexpanded("jvp"),
  gradient: { kind: "none", reason: "it is expanded first" },
  lower: { kind: "leaf" },
};

export const regionOps = [vjp, jvp] as const;
