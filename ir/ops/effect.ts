// Effects: operand 0, handed on, beside which the function does something each time the value is computed. What nothing
// reads is not computed, and has no effect.

import { intAttribute, stringAttribute } from "../attributes.ts";
import { fillMessage, userError } from "../errors.ts";
import type { OpDefinition } from "../op.ts";
import { registerOp } from "../table.ts";
import { checkDType } from "./elementwise-entry.ts";

/** In its message `{0}` and `{1}` stand for the first element that fails and for the number of elements. It is a check of the user's (E607), or one
 *  of what an op cannot compute (E609): then `failing` is the name of that op. Its gradient and its tangent
 *  are checked too: what depends on the value in any way fails with it. */
export const check = registerOp({
  name: "check",
  arity: 2,
  attributes: { failing: "string", message: "string" },
  infer([value, condition]) {
    checkDType("check", ["bool"], condition!.dtype);
    return value!;
  },
  evaluate([value, condition], context) {
    const at = (condition!.data as Uint8Array).indexOf(0);
    if (at < 0) return value!;
    const failing = stringAttribute(context, "failing");
    throw userError(failing === "check" ? "E607" : "E609", { op: failing, message: fillMessage(stringAttribute(context, "message"), [at, condition!.data.length]) });
  },
  gradient: {
    kind: "linear", inputs: [0],
    transpose: (b, { inputs, attributes }, cotangent) => b.make("check", [cotangent, inputs[1]!], attributes),
  },
  lower: { kind: "effect" },
} as const satisfies OpDefinition);

/** The most elements that a print shows: a record of them is far smaller than the log. */
const mostValues = 1024;

/** Targets write a record to their log, and whoever evaluates sees the node. Derivatives pass, unprinted: what is printed is the value. */
export const print = registerOp({
  name: "print",
  arity: 1,
  attributes: { label: "string", every: "int", values: "int" },
  infer([value], attributes) {
    const [every, values] = [intAttribute({ attributes }, "every"), intAttribute({ attributes }, "values")];
    const refuse = (message: string): never => {
      throw userError("E205", { op: "print", message });
    };
    if (!(every >= 1 && every < 2 ** 31)) refuse(`every is ${every}, not an integer from 1 to 2147483647`);
    if (!(values >= 0 && values <= mostValues)) refuse(`values is ${values}, not an integer from 0 to ${mostValues}`);
    return value!;
  },
  evaluate: ([value]) => value!,
  gradient: { kind: "partials", partial: (b, node) => b.fullLike(node, 1) },
  lower: { kind: "effect" },
} as const satisfies OpDefinition);

export const effectOps = [check, print] as const;
