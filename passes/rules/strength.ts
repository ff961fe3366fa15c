// Cheaper operations where the range of the operands allows them: what is not above 0 has a shorter exponential, and
// dividing a row by one number is multiplying it by the reciprocal.

import { intsAttribute } from "../../ir/attributes.ts";
import type { Node } from "../../ir/node.ts";
import { any, as, computed, op, type Rule, rule } from "../../ir/rewrite.ts";
import { ofFloat } from "./domain.ts";

const x = any("x", ofFloat);

/** The reduction that a broadcast stretches back over the axes it was taken over; undefined for anything else. */
function stretchedReduction(node: Node, name: "reduce_max" | "reduce_sum"): Node | undefined {
  if (node.op !== "broadcast") return undefined;
  let reduction = node.inputs[0]!;
  while (reduction.op === "reshape" || reduction.op === "stop_gradient") reduction = reduction.inputs[0]!;
  if (reduction.op !== name) return undefined;
  const reduced = intsAttribute(reduction, "axes");
  const stretched = node.type.shape.map((_, axis) => axis).filter((axis) => {
    const from = intsAttribute(node, "axes").indexOf(axis);
    return from < 0 || (node.inputs[0]!.type.shape[from] === 1 && node.type.shape[axis] !== 1);
  });
  const isKept = (axis: number): boolean => !reduced.includes(axis) || node.type.shape[axis] === 1;
  return stretched.every((axis) => reduced.includes(axis)) && node.type.shape.every((_, axis) => stretched.includes(axis) || isKept(axis))
    ? reduction : undefined;
}

/** Of x - max(x): the reduction that is the maximum. */
function shiftOf(node: Node): Node | undefined {
  if (node.op !== "sub") return undefined;
  const most = stretchedReduction(node.inputs[1]!, "reduce_max");
  return most?.inputs[0] === node.inputs[0] ? most : undefined;
}

export const strengthRules: readonly Rule[] = [
  // e^(x - max(x)) => e^min(x - max(x), 0)
  rule("exp-of-shifted", op("exp", as("shifted", op("sub", x, any("most")))), computed(["shifted"], (b, match) => {
    const shifted = match.node("shifted");
    return shiftOf(shifted) === undefined ? undefined : b.unary("exp", b.binary("min", shifted, b.fullLike(shifted, 0)));
  }), {
    claim: { kind: "bits" }, edges: "x - max(x) is NaN or not above 0, and min keeps NaN",
    examples: [(b, parameter) => {
      const rows = parameter("x", "f64", [3, 4]);
      return b.unary("exp", b.sub(rows, b.broadcast(b.make("reduce_max", [rows], { axes: [1] }), [3, 4], [0])));
    }],
  }),
  // e / sum(e) => e * (1 / sum(e)), e = e^(x - max(x)): the sum has a term that is 1
  rule("quotient-by-row", op("div", as("e", op("exp", as("bounded", op("min", any("shifted", ofFloat), any("zero"))))), as("back", op("broadcast", any("s")))),
    computed(["e", "shifted", "back"], (b, match) => {
      const [e, back, most] = [match.node("e"), match.node("back"), shiftOf(match.node("shifted"))];
      const sum = stretchedReduction(back, "reduce_sum");
      // The reciprocal of a half is a worse one.
      if (e.type.dtype === "f16" || most === undefined || sum?.inputs[0] !== e || String(intsAttribute(sum, "axes")) !== String(intsAttribute(most, "axes"))) return undefined;
      const total = back.inputs[0]!;
      return b.mul(e, b.make("broadcast", [b.div(b.fullLike(total, 1), total)], back.attributes));
    }), {
      claim: { kind: "reals", domain: { x: [-50, 50] } }, edges: "the sum is NaN, inf or at least 1, so that its reciprocal neither overflows nor is subnormal",
      examples: [(b, parameter) => {
        const rows = parameter("x", "f64", [3, 4]);
        const shifted = b.sub(rows, b.broadcast(b.make("reduce_max", [rows], { axes: [1] }), [3, 4], [0]));
        const e = b.unary("exp", b.binary("min", shifted, b.fullLike(shifted, 0)));
        return b.div(e, b.broadcast(b.sum(e, [1]), [3, 4], [0]));
      }],
    }),
];
