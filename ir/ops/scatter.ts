// scatter: a copy of the operand in which the places given by index arrays are set to, or combined with, the updates.
// Updates have the shape I followed by the operand's axes that are not indexed, and are applied in row-major order: so
// the last of several `set` at one place stays.

import { enumAttribute, intsAttribute } from "../attributes.ts";
import { type TensorData, stridesOf } from "../data.ts";
import { userError } from "../errors.ts";
import type { CombineOp } from "../kernel/scalar.ts";
import type { Node } from "../node.ts";
import type { OpDefinition } from "../op.ts";
import { shapeEquals, showShape } from "../types.ts";
import { combineOf } from "./combine-elements.ts";
import { elementsOf, forEachIndex, offsetAt } from "./index-space.ts";
import { checkIndices, placeOf, placeReader, placesShape } from "./place.ts";
import { type ScatterMode, scatterGradient } from "./scatter-gradient.ts";
import { checkSameDType } from "./structural-checks.ts";

/** Out of range: an error of the call (E601), the nearest element (if there is any), or the update is dropped. */
export type ScatterBounds = "check" | "clamp" | "drop";

const combinations: { readonly [M in ScatterMode]: CombineOp | undefined } = {
  set: undefined, add: "add", mul: "mul", max: "max", min: "min",
};

const boundsOf = (node: Pick<Node, "attributes">): ScatterBounds => enumAttribute<ScatterBounds>(node, "bounds");
const combinationOf = (node: Pick<Node, "attributes">): CombineOp | undefined => combinations[enumAttribute<ScatterMode>(node, "mode")];

const scatter: OpDefinition<"scatter"> = {
  name: "scatter",
  arity: "variadic",
  attributes: { axes: "ints", mode: ["set", "add", "mul", "max", "min"], bounds: ["check", "clamp", "drop"] },
  infer([operand, updates, ...indices], attributes) {
    if (updates === undefined) throw userError("E201", { op: "scatter", message: "got 1 operand, takes at least three" });
    const axes = intsAttribute({ attributes }, "axes");
    checkSameDType("scatter", [operand!, updates]);
    if (operand!.dtype === "bool" && combinationOf({ attributes }) !== undefined) {
      throw userError("E202", { op: "scatter", message: "combines numbers, not bool" });
    }
    const wanted = placesShape(operand!.shape, axes, checkIndices("scatter", indices, axes, operand!.shape.length));
    if (!shapeEquals(updates.shape, wanted)) {
      throw userError("E203", { op: "scatter", message: `updates have shape ${showShape(updates.shape)}, the places ${showShape(wanted)}` });
    }
    return operand!;
  },
  evaluate([operand, updates, ...indices], context) {
    const bounds = boundsOf(context);
    const place = placeReader("scatter", operand!.shape, indices, intsAttribute(context, "axes"), bounds === "drop" ? "skip" : bounds);
    const result = { dtype: operand!.dtype, shape: operand!.shape, data: operand!.data.slice() } as TensorData;
    const [from, to] = [elementsOf(updates!), elementsOf(result)];
    const strides = stridesOf(operand!.shape);
    const op = combinationOf(context);
    const combine = op && combineOf(op, operand!.dtype);
    forEachIndex(updates!.shape, (index, position) => {
      const target = place(index);
      if (target === undefined) return;
      const at = offsetAt(target, strides);
      to[at] = combine === undefined ? from[position]! : combine(to[at]!, from[position]!);
    });
    return result;
  },
  gradient: scatterGradient,
  lower: {
    kind: "scatter",
    combine: combinationOf,
    target(b, index, node) {
      const place = placeOf(b, 2, node.type.shape, intsAttribute(node, "axes"), node.inputs[2]!.type.shape.length, index);
      if (boundsOf(node) !== "drop") return { index: place.index, valid: undefined };
      return { index: place.index, valid: place.conditions.reduce((left, right) => b.kernel.op("and", left, right)) };
    },
  },
};

export const scatterOps = [scatter] as const;
