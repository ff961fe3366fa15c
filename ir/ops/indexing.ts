// gather: elements, or whole sub-tensors, at places given by index arrays. The index arrays share one shape I; the result
// has the shape I followed by the operand's axes that are not indexed. Negative indices count from the end.

import { enumAttribute, intsAttribute } from "../attributes.ts";
import { identityOf } from "../kernel/scalar.ts";
import type { Node } from "../node.ts";
import type { OpDefinition } from "../op.ts";
import { tensorType } from "../types.ts";
import { clampedOperand } from "./clamp-index.ts";
import { readerOf, tabulate } from "./index-space.ts";
import { selectWhere } from "./padding.ts";
import { checkIndices, placeOf, placeReader, placesShape } from "./place.ts";
import { scatterOps } from "./scatter.ts";

/** Out of range: an error of the call (E601), the nearest element (0 if there is none), or 0. */
export type GatherBounds = "check" | "clamp" | "fill";

const boundsOf = (node: Pick<Node, "attributes">): GatherBounds => enumAttribute<GatherBounds>(node, "bounds");

const gather: OpDefinition<"gather"> = {
  name: "gather",
  arity: "variadic",
  attributes: { axes: "ints", bounds: ["check", "clamp", "fill"] },
  infer([operand, ...indices], attributes) {
    const axes = intsAttribute({ attributes }, "axes");
    const indexShape = checkIndices("gather", indices, axes, operand!.shape.length);
    return tensorType(operand!.dtype, placesShape(operand!.shape, axes, indexShape));
  },
  evaluate([operand, ...indices], context) {
    const bounds = boundsOf(context);
    const place = placeReader("gather", operand!.shape, indices, intsAttribute(context, "axes"), bounds === "fill" ? "skip" : bounds);
    const read = readerOf(operand!);
    const zero = identityOf("add", context.type.dtype);
    return tabulate(context, (index) => {
      const from = place(index);
      return from === undefined ? zero : read(from);
    });
  },
  gradient: {
    kind: "linear",
    inputs: [0],
    transpose(b, node, cotangent) {
      const bounds = boundsOf(node);
      return b.make("scatter", [b.fullLike(node.inputs[0]!, 0), cotangent, ...node.inputs.slice(1)], {
        axes: intsAttribute(node, "axes"), mode: "add", bounds: bounds === "fill" ? "drop" : bounds,
      });
    },
  },
  lower: {
    kind: "movement",
    element(b, index, node) {
      const [operand, first] = node.inputs;
      const zero = b.kernel.constant(identityOf("add", node.type.dtype), node.type.dtype);
      const { shape } = operand!.type;
      if (shape.includes(0)) return zero;
      const axes = intsAttribute(node, "axes");
      const place = placeOf(b, 1, shape, axes, first!.type.shape.length, index);
      // What is checked has failed before.
      const element = clampedOperand(b, 0, shape, place.index, boundsOf(node) === "check" ? [] : axes, zero);
      return boundsOf(node) === "fill" ? selectWhere(b, place.conditions, element, zero) : element;
    },
  },
};

export const indexingOps = [gather, ...scatterOps] as const;
