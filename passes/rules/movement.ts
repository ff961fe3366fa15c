// Movements that cancel, meet, or carry nothing but one value.

import { dimsAttribute, intsAttribute } from "../../ir/attributes.ts";
import type { Node } from "../../ir/node.ts";
import type { GraphBuilder } from "../../ir/op.ts";
import { any, anyConstant, as, computed, op, type Pattern, type Rule, rule, type RuleInfo } from "../../ir/rewrite.ts";
import { dimEquals } from "../../ir/size.ts";
import { isFloat, shapeEquals } from "../../ir/types.ts";
import { bits, reals } from "./domain.ts";

type Example = NonNullable<RuleInfo["examples"]>[number];

const x = any("x");

/** A rule on one movement op that looks at the node itself. */
function onNode(name: string, pattern: Pattern, uses: readonly string[], build: (b: GraphBuilder, node: Node) => Node | undefined, examples: readonly Example[]): Rule {
  return rule(name, pattern, computed(uses, (b, match) => build(b, match.root)), { claim: bits, edges: "none", examples });
}

/** movement(full) => full */
function ofConstant(name: string): Rule {
  const attributes: { readonly [op: string]: Example } = {
    reshape: (b) => b.make("reshape", [b.full(2, "f32", [2, 3])], { shape: [6] }),
    transpose: (b) => b.make("transpose", [b.full(2, "f32", [2, 3])], { permutation: [1, 0] }),
    broadcast: (b) => b.make("broadcast", [b.full(2, "f32", [3])], { shape: [2, 3], axes: [1] }),
    slice: (b) => b.make("slice", [b.full(2, "f32", [5])], { start: [1], limit: [3], step: [1] }),
    reverse: (b) => b.make("reverse", [b.full(2, "f32", [3])], { axes: [0] }),
    assume: (b) => b.make("assume", [b.full(2, "f32", [3])], { shape: [3] }),
  };
  return rule(`${name}-constant`, op(name, anyConstant("c")), computed(["c"], (b, match) => b.fullLike(match.root, match.value("c"))),
    { claim: bits, edges: "none", examples: [attributes[name]!] });
}

export const movementRules: readonly Rule[] = [
  onNode("reshape-same", op("reshape", x), ["x"], (_, node) => (shapeEquals(node.type.shape, node.inputs[0]!.type.shape) ? node.inputs[0] : undefined),
    [(b, p) => b.make("reshape", [p("x", "f32", [2, 3])], { shape: [2, 3] })]),
  onNode("reshape-reshape", op("reshape", op("reshape", x)), ["x"], (b, node) => b.reshape(node.inputs[0]!.inputs[0]!, node.type.shape),
    [(b, p) => b.make("reshape", [b.make("reshape", [p("x", "f32", [2, 3])], { shape: [6] })], { shape: [3, 2] })]),
  onNode("transpose-same", op("transpose", x), ["x"], (_, node) => (intsAttribute(node, "permutation").every((axis, i) => axis === i) ? node.inputs[0] : undefined),
    [(b, p) => b.make("transpose", [p("x", "f32", [2, 3])], { permutation: [0, 1] })]),
  onNode("transpose-transpose", op("transpose", op("transpose", x)), ["x"], (b, node) => {
    const inner = intsAttribute(node.inputs[0]!, "permutation");
    return b.transpose(node.inputs[0]!.inputs[0]!, intsAttribute(node, "permutation").map((axis) => inner[axis]!));
  }, [(b, p) => b.make("transpose", [b.make("transpose", [p("x", "f32", [2, 3, 4])], { permutation: [1, 2, 0] })], { permutation: [0, 2, 1] })]),
  onNode("broadcast-same", op("broadcast", x), ["x"], (_, node) => (shapeEquals(node.type.shape, node.inputs[0]!.type.shape) ? node.inputs[0] : undefined),
    [(b, p) => b.make("broadcast", [p("x", "f32", [2, 3])], { shape: [2, 3], axes: [0, 1] })]),
  onNode("broadcast-broadcast", op("broadcast", op("broadcast", x)), ["x"], (b, node) => {
    const outer = intsAttribute(node, "axes");
    const source = node.inputs[0]!.inputs[0]!;
    return b.make("broadcast", [source], { shape: node.type.shape, axes: intsAttribute(node.inputs[0]!, "axes").map((axis) => outer[axis]!) });
  }, [(b, p) => b.make("broadcast", [b.make("broadcast", [p("x", "f32", [3])], { shape: [2, 3], axes: [1] })], { shape: [4, 2, 3], axes: [1, 2] })]),
  onNode("reverse-reverse", op("reverse", op("reverse", x)), ["x"], (_, node) => {
    const [outer, inner] = [intsAttribute(node, "axes"), intsAttribute(node.inputs[0]!, "axes")];
    return outer.length === inner.length && outer.every((axis) => inner.includes(axis)) ? node.inputs[0]!.inputs[0] : undefined;
  }, [(b, p) => b.make("reverse", [b.make("reverse", [p("x", "f32", [2, 3])], { axes: [1] })], { axes: [1] })]),
  onNode("slice-all", op("slice", x), ["x"], (_, node) => {
    const [start, limit, step] = [dimsAttribute(node, "start"), dimsAttribute(node, "limit"), intsAttribute(node, "step")];
    const { shape } = node.inputs[0]!.type;
    return shape.every((dim, axis) => start[axis] === 0 && step[axis] === 1 && dimEquals(limit[axis]!, dim)) ? node.inputs[0] : undefined;
  }, [(b, p) => b.make("slice", [p("x", "f32", [2, 3])], { start: [0, 0], limit: [2, 3], step: [1, 1] })]),
  // a barrier to gradients is none once they are taken
  rule("stop-gradient", op("stop_gradient", x), x, { claim: bits, edges: "none" }),
  ...["reshape", "transpose", "broadcast", "slice", "reverse", "assume"].map(ofConstant),
  // sum over new axes of a broadcast => a multiple
  rule("sum-broadcast", op("reduce_sum", as("wide", op("broadcast", x))), computed(["x", "wide"], (b, match) => {
    const [source, wide] = [match.node("x"), match.node("wide")];
    const reduced = intsAttribute(match.root, "axes");
    const axes = intsAttribute(wide, "axes");
    const { shape } = wide.type;
    const kept = shape.map((_, axis) => axis).filter((axis) => !reduced.includes(axis));
    if (!isFloat(source.type.dtype) || reduced.some((axis) => axes.includes(axis))) return undefined;
    const times = reduced.reduce((product, axis) => (typeof shape[axis] === "number" ? product * shape[axis] : Number.NaN), 1);
    if (!(times < (source.type.dtype === "f16" ? 2 ** 11 : 2 ** 24))) return undefined;
    const narrow = b.broadcast(source, kept.map((axis) => shape[axis]!), axes.map((axis) => kept.indexOf(axis)));
    return b.mul(narrow, b.fullLike(narrow, times));
  }), { claim: reals, edges: "one rounding instead of many", examples: [(b, p) => b.sum(b.broadcast(p("x", "f64", [3]), [4, 3], [1]), [0])] }),
  // a sum over axes of extent 1 => the element
  rule("sum-of-one", op("reduce_sum", x), computed(["x"], (b, { root }) => {
    const { shape } = root.inputs[0]!.type;
    return intsAttribute(root, "axes").every((axis) => shape[axis] === 1) ? b.reshape(root.inputs[0]!, root.type.shape) : undefined;
  }), { claim: reals, edges: "0 + -0 is 0; the rule keeps -0", examples: [(b, p) => b.sum(p("x", "f64", [3, 1]), [1])] }),
];
