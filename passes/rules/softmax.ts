// Sums of exponentials, shifted so that none overflows and the largest is 1.

import { intsAttribute } from "../../ir/attributes.ts";
import type { Node } from "../../ir/node.ts";
import type { GraphBuilder } from "../../ir/op.ts";
import { any, as, computed, op, type Rule, rule } from "../../ir/rewrite.ts";
import { ofFloat, reals } from "./domain.ts";

const x = any("x", ofFloat);

/** Axes of `node` that the reduction keeps, as positions in its operand. */
function keptAxes(reduction: Node): readonly number[] {
  const reduced = intsAttribute(reduction, "axes");
  return reduction.inputs[0]!.type.shape.map((_, axis) => axis).filter((axis) => !reduced.includes(axis));
}

/** The maximum over the axes of `sum`, 0 where it is not finite: a constant to the gradient. */
function shiftOf(b: GraphBuilder, sum: Node, value: Node): Node {
  const most = b.make("reduce_max", [value], { axes: intsAttribute(sum, "axes") });
  return b.make("stop_gradient", [b.select(b.unary("is_finite", most), most, b.fullLike(most, 0))]);
}

/** Whether the value is already what a shift makes: something less its maximum. */
function isShifted(node: Node): boolean {
  if (node.op !== "sub") return false;
  let shift = node.inputs[1]!;
  while (shift.op === "broadcast" || shift.op === "reshape" || shift.op === "stop_gradient" || shift.op === "select") {
    shift = shift.op === "select" ? shift.inputs[1]! : shift.inputs[0]!;
  }
  return shift.op === "reduce_max";
}

/** The sum that a broadcast brings back to the shape of its operand. */
function restoredSum(broadcast: Node): Node | undefined {
  let source = broadcast.inputs[0]!;
  while (source.op === "reshape") source = source.inputs[0]!;
  return source.op === "reduce_sum" ? source : undefined;
}

export const softmaxRules: readonly Rule[] = [
  // log(sum(e^x)) => m + log(sum(e^(x - m))), m = max(x)
  rule("logsumexp", op("log", as("sum", op("reduce_sum", op("exp", x)))), computed(["x", "sum"], (b, match) => {
    const [value, sum] = [match.node("x"), match.node("sum")];
    if (isShifted(value)) return undefined;
    const shift = shiftOf(b, sum, value);
    const shifted = b.sub(value, b.broadcast(shift, value.type.shape, keptAxes(sum)));
    return b.add(shift, b.unary("log", b.sum(b.unary("exp", shifted), intsAttribute(sum, "axes"))));
  }), {
    claim: { kind: "reals", domain: { x: [-50, 50] } }, edges: "finite where e^x overflows",
    examples: [(b, parameter) => b.unary("log", b.sum(b.unary("exp", parameter("x", "f64", [3, 4])), [1]))],
  }),
  // e^x / sum(e^x) => e^(x - m) / sum(e^(x - m)), m = max(x)
  rule("softmax", op("div", as("e", op("exp", x)), as("back", op("broadcast", any("s")))), computed(["x", "e", "back"], (b, match) => {
    const [value, e, back] = [match.node("x"), match.node("e"), match.node("back")];
    const sum = restoredSum(back);
    if (sum === undefined || sum.inputs[0] !== e || isShifted(value)) return undefined;
    const shifted = b.unary("exp", b.sub(value, b.broadcast(shiftOf(b, sum, value), value.type.shape, keptAxes(sum))));
    const total = b.reshape(b.sum(shifted, intsAttribute(sum, "axes")), back.inputs[0]!.type.shape);
    return b.div(shifted, b.make("broadcast", [total], back.attributes));
  }), {
    claim: { kind: "reals", domain: { x: [-50, 50] } }, edges: "finite where e^x overflows",
    examples: [(b, parameter) => {
      const e = b.unary("exp", parameter("x", "f64", [3, 4]));
      return b.div(e, b.broadcast(b.sum(e, [1]), [3, 4], [0]));
    }],
  }),
  // log(p[i]) => log(p)[i] where p is a quotient of exponentials: the cross-entropy of a softmax by label
  rule("log-gather", op("log", as("taken", any("g", ofFloat))), computed(["taken"], (b, match) => {
    const taken = match.node("taken");
    const source = taken.inputs[0];
    if (taken.op !== "gather" || source?.op !== "div" || source.inputs[0]!.op !== "exp") return undefined;
    return b.make("gather", [b.unary("log", source), ...taken.inputs.slice(1)], taken.attributes);
  }), {
    claim: reals, edges: "finite where the probability underflows",
    examples: [(b, parameter) => {
      const e = b.unary("exp", parameter("x", "f64", [3, 4]));
      const p = b.div(e, b.broadcast(b.sum(e, [1]), [3, 4], [0]));
      const rows = b.make("iota", [], { dtype: "i32", shape: [3], axis: 0 });
      return b.unary("log", b.make("gather", [p, rows, rows], { axes: [0, 1], bounds: "clamp" }));
    }],
  }),
];
