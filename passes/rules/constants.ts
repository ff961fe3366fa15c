// Elementwise ops of constants are constants. Only splats are folded: a tensor of different values would have to be
// stored in the module.

import { allocateTensor } from "../../ir/data.ts";
import { DamoError, InternalError } from "../../ir/errors.ts";
import { evaluateOp } from "../../ir/evaluate-op.ts";
import type { Attributes, Node } from "../../ir/node.ts";
import type { GraphBuilder } from "../../ir/op.ts";
import { any, computed, op, type Pattern, type Rule, rule } from "../../ir/rewrite.ts";
import { opTable } from "../../ir/table.ts";
import { bits } from "./domain.ts";

function foldRule(name: string, arity: number): Rule {
  const operands = Array.from({ length: arity }, (_, i) => any(`x${i}`));
  return rule(`fold-${name}`, op(name, ...operands) as Pattern & { kind: "op" }, computed(operands.map((_, i) => `x${i}`), (b, { root }) => {
    if (!root.inputs.every((input) => input.op === "full")) return undefined;
    return b.fullLike(root, valueOf(root));
  }), { claim: bits, edges: "the evaluator's value", examples: [2, 0.5].map((first) => (b) => example(b, name, arity, first)) });
}

/** The op on constants of the first dtypes that it takes; floats start at `first`, since functions differ in their domains. */
function example(b: GraphBuilder, name: string, arity: number, first: number): Node {
  const attributes: Attributes = name === "convert" ? { dtype: "f64" } : name === "bitcast" ? { dtype: "i32" } : name === "threefry" ? { word: 1 } : {};
  for (const dtype of ["f32", "i32", "u32", "bool"] as const) {
    const value = (i: number): number => (dtype === "bool" ? 1 : i + (dtype === "f32" ? first : 2));
    const operands = Array.from({ length: arity }, (_, i) =>
      (name === "select" && i === 0 ? b.full(true, "bool", [2]) : b.full(value(i), dtype, [2])));
    const { infer } = opTable.get(name)!;
    try {
      infer(operands.map((operand) => operand.type), attributes);
    } catch (error) {
      if (error instanceof DamoError) continue;
      throw error;
    }
    return b.make(name, operands, attributes);
  }
  throw new InternalError(`no dtype for ${name}`);
}

/** The one value of the node's elements, by the op's own meaning. */
function valueOf(node: Node): number | bigint {
  const operands = node.inputs.map(({ type, attributes }) => {
    const scalar = allocateTensor(type.dtype, []);
    scalar.data[0] = attributes["value"] as never;
    return scalar;
  });
  const [result] = evaluateOp(opTable.get(node.op)!, operands, { type: { dtype: node.type.dtype, shape: [] }, attributes: node.attributes });
  return result!.data[0]!;
}

export const constantRules: readonly Rule[] = [...opTable.values()]
  .filter((definition) => definition.lower.kind === "elementwise" && typeof definition.arity === "number" && definition.arity > 0)
  .map((definition) => foldRule(definition.name, definition.arity as number));
