// argmax and argmin: the position, along one axis, of the first extremum; a NaN counts as the extremum, as in NumPy.

import { intAttribute } from "../attributes.ts";
import { userError } from "../errors.ts";
import { identityOf } from "../kernel/scalar.ts";
import type { OpDefinition } from "../op.ts";
import { tensorType } from "../types.ts";
import { type Element, readerOf, tabulate } from "./index-space.ts";
import { checkAxes } from "./structural-checks.ts";

function define(name: "argmax" | "argmin"): OpDefinition {
  const extremum = name === "argmax" ? "max" : "min";
  const comparison = name === "argmax" ? "gt" : "lt";
  const beats = (a: Element, b: Element): boolean =>
    (name === "argmax" ? a > b : a < b) || (Number.isNaN(a) && !Number.isNaN(b));
  return {
    name,
    arity: 1,
    attributes: { axis: "int" },
    infer([operand], attributes) {
      const axis = intAttribute({ attributes }, "axis");
      checkAxes(name, [axis], operand!.shape.length);
      if (operand!.shape[axis] === 0) throw userError("E208", { op: name, message: `axis ${axis} has no elements` });
      return tensorType("i32", operand!.shape.filter((_, other) => other !== axis));
    },
    evaluate([operand], context) {
      const axis = intAttribute(context, "axis");
      const read = readerOf(operand!);
      return tabulate(context, (index) => {
        const at = (i: number): Element => read([...index.slice(0, axis), i, ...index.slice(axis)]);
        let best = 0;
        for (let i = 1; i < operand!.shape[axis]!; i++) if (beats(at(i), at(best))) best = i;
        return best;
      });
    },
    gradient: { kind: "zero" },
    lower: {
      kind: "reduction",
      axes: (node) => [intAttribute(node, "axis")],
      combine: undefined,
      init(kernel, node) {
        const { dtype } = node.inputs[0]!.type;
        return [kernel.constant(identityOf(extremum, dtype), dtype), kernel.i32(0)];
      },
      // From the identity the first element need not win: position 0 is where the search starts anyway.
      step(kernel, [best, at], element, position) {
        const greater = kernel.op(comparison, element, best!);
        const nan = kernel.op("and", kernel.op("ne", element, element), kernel.op("eq", best!, best!));
        const wins = kernel.op("or", greater, nan);
        return [kernel.select(wins, element, best!), kernel.select(wins, position, at!)];
      },
      finish: (_kernel, last) => last[1]!,
    },
  };
}

export const argReductionOps: readonly OpDefinition[] = [define("argmax"), define("argmin")];
