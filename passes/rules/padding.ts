// Sums of padded pieces, as the gradients of slices leave them: neighbours become one piece, so that no element is computed for
// every piece and then thrown away.

import { dimsAttribute, intAttribute, intsAttribute } from "../../ir/attributes.ts";
import type { Node } from "../../ir/node.ts";
import { any, as, computed, op, type Rule, rule } from "../../ir/rewrite.ts";
import { addDims, type Dim, dimEquals } from "../../ir/size.ts";
import { bits, reals } from "./domain.ts";

interface Piece {
  readonly low: readonly Dim[];
  readonly high: readonly Dim[];
}

/** How far a node is padded with zeros around one block. */
function pieceOf(pad: Node): Piece | undefined {
  if (Number(pad.attributes["value"]) !== 0 || intsAttribute(pad, "interior").some((gap) => gap !== 0)) return undefined;
  return { low: dimsAttribute(pad, "low"), high: dimsAttribute(pad, "high") };
}

/** The axis along which `b` begins where `a` ends, if they agree on all others. */
function seam(a: Piece, b: Piece, size: Dim): number | undefined {
  const differing = a.low.flatMap((low, axis) => (dimEquals(low, b.low[axis]!) && dimEquals(a.high[axis]!, b.high[axis]!) ? [] : [axis]));
  const [axis] = differing;
  return differing.length === 1 && dimEquals(addDims(b.low[axis!]!, a.high[axis!]!), size) ? axis : undefined;
}

const partsOf = (node: Node, axis: number): readonly Node[] => (node.op === "concat" && intAttribute(node, "axis") === axis ? node.inputs : [node]);

export const paddingRules: readonly Rule[] = [
  // pad(x) + pad(y) => pad(concat(x, y)) for neighbours
  rule("sum-of-neighbours", op("add", as("p", op("pad", any("x"))), as("q", op("pad", any("y")))), computed(["p", "q", "x", "y"], (b, match) => {
    const [first, second] = [match.node("p"), match.node("q")];
    const [p, q] = [pieceOf(first), pieceOf(second)];
    if (p === undefined || q === undefined) return undefined;
    const forward = p.low.map((_, axis) => axis).find((axis) => seam(p, q, match.root.type.shape[axis]!) === axis);
    const backward = p.low.map((_, axis) => axis).find((axis) => seam(q, p, match.root.type.shape[axis]!) === axis);
    const axis = forward ?? backward;
    if (axis === undefined) return undefined;
    const [left, right] = forward === undefined ? [second, first] : [first, second];
    const joined = b.make("concat", [...partsOf(left.inputs[0]!, axis), ...partsOf(right.inputs[0]!, axis)], { axis });
    return b.make("pad", [joined], { ...left.attributes, high: pieceOf(right)!.high });
  }), {
    claim: reals, edges: "-0 + 0 is 0; the rule keeps -0", grows: "the concatenation replaces the other pad",
    examples: [(b, p) => b.add(
      b.make("pad", [p("x", "f64", [2, 3])], { low: [0, 1], high: [0, 4], interior: [0, 0], value: 0 }),
      b.make("pad", [p("y", "f64", [2, 2])], { low: [0, 4], high: [0, 2], interior: [0, 0], value: 0 }))],
  }),
  // pad by nothing => the operand
  rule("pad-nothing", op("pad", any("x")), computed(["x"], (_, { root }) => {
    const none = [...dimsAttribute(root, "low"), ...dimsAttribute(root, "high"), ...intsAttribute(root, "interior")].every((dim) => dim === 0);
    return none ? root.inputs[0] : undefined;
  }), { claim: bits, edges: "none", examples: [(b, p) => b.make("pad", [p("x", "f32", [2, 3])], { low: [0, 0], high: [0, 0], interior: [0, 0], value: 0 })] }),
];
