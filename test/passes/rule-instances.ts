// Left sides of a rule, as graphs: its own examples, or its pattern with a parameter for every variable. Rules on reals are
// instantiated in f64, where the two sides must agree to many digits; rules on bits in every dtype that they accept.

import type { LocatedBuilder } from "../../ir/build.ts";
import { DamoError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import type { Pattern, Rule } from "../../ir/rewrite.ts";
import type { DType } from "../../ir/types.ts";

const shape = [5];

export function leftSides(rule: Rule, b: LocatedBuilder): readonly Node[] {
  const parameters = new Map<string, Node>();
  const parameter = (name: string, dtype: DType, size: readonly number[]): Node => {
    const known = parameters.get(name);
    if (known !== undefined) return known;
    const node = b.parameter(parameters.size, name, { dtype, shape: size });
    parameters.set(name, node);
    return node;
  };
  if (rule.examples !== undefined) {
    return rule.examples.map((example) => { parameters.clear(); return example(b, parameter); });
  }
  const dtypes: readonly DType[] = rule.claim.kind === "bits" ? ["f32", "f64", "i32", "bool"] : ["f64"];
  const sides: Node[] = [];
  for (const dtype of dtypes) {
    for (const value of [1, 2, -3, 0.25]) {
      parameters.clear();
      const left = tryInstantiate(rule.pattern, dtype, value, b, parameter);
      if (left !== undefined) sides.push(left);
    }
  }
  return sides;
}

/** Undefined where the ops do not take the dtype. */
function tryInstantiate(pattern: Pattern, dtype: DType, value: number, b: LocatedBuilder, parameter: (name: string, dtype: DType, shape: readonly number[]) => Node): Node | undefined {
  const build = (part: Pattern, wanted: DType): Node => {
    switch (part.kind) {
      case "any": {
        if (part.where !== undefined && !part.where({ dtype: wanted, shape })) throw new Refused();
        return parameter(part.name, wanted, shape);
      }
      case "bind": return build(part.pattern, wanted);
      case "constant": {
        const constant = part.value ?? (wanted === "bool" ? Number(value > 0) : Number.isInteger(value) || wanted === "f32" || wanted === "f64" ? value : 2);
        return b.full(constant, wanted, shape);
      }
      case "op": {
        if (part.op.startsWith("fold")) throw new Refused();
        if (part.op === "select") {
          return b.make("select", [build(part.inputs[0]!, "bool"), build(part.inputs[1]!, wanted), build(part.inputs[2]!, wanted)]);
        }
        return b.make(part.op, part.inputs.map((input) => build(input, wanted)), part.attributes ?? {});
      }
    }
  };
  try {
    return build(pattern, dtype);
  } catch (error) {
    if (error instanceof Refused || error instanceof DamoError) return undefined;
    throw error;
  }
}

class Refused extends Error {}
