// argmax and argmin: the position, along one axis, of the first extremum; a NaN counts as the extremum, as in NumPy.

import { intAttribute } from "../attributes.ts";
import { userError } from "../errors.ts";
import { identityOf } from "../kernel/scalar.ts";
import type { Node } from "../node.ts";
import type { GraphBuilder, OpDefinition } from "../op.ts";
import { isFloat, tensorType } from "../types.ts";
import { type Element, readerOf, tabulate } from "./index-space.ts";
import { stretchBack } from "./stretch-back.ts";
import { checkAxes } from "./structural-checks.ts";

function define<Name extends "argmax" | "argmin">(name: Name): OpDefinition<Name> {
  const extremum = name === "argmax" ? "max" : "min";
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
    lower: { kind: "expand", build: (b, node) => firstPlaceOf(b, node, extremum) },
  };
}

/** The least position whose element is the extremum or NaN: two reductions that any order of lanes gives equally. */
function firstPlaceOf(b: GraphBuilder, node: Node, extremum: "max" | "min"): Node {
  const axis = intAttribute(node, "axis");
  const given = node.inputs[0]!;
  const x = given.type.dtype === "bool" ? b.convert(given, "u8") : given;
  const best = stretchBack(b, b.make(`reduce_${extremum}`, [x], { axes: [axis] }), x, [axis]);
  const equal = b.binary("eq", x, best);
  const wins = isFloat(x.type.dtype) ? b.binary("or", equal, b.binary("ne", x, x)) : equal;
  const places = b.make("iota", [], { dtype: "i32", shape: x.type.shape, axis });
  const none = Number(identityOf("min", "i32"));
  const first = b.make("reduce_min", [b.select(wins, places, b.fullLike(places, none))], { axes: [axis] });
  if (typeof x.type.shape[axis] === "number") return first;
  return b.select(b.binary("eq", first, b.fullLike(first, none)), b.fullLike(first, 0), first);
}

export const argReductionOps = [define("argmax"), define("argmin")] as const;
