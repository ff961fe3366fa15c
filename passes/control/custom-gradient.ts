// Gradients that are given: the pullback or pushforward of a custom_gradient, in line, on the operands, the results and
// what is pulled back or pushed forward. They are expressions like any other, so gradients of them need nothing more.

import { intAttribute, regionAttribute } from "../../ir/attributes.ts";
import type { LocatedBuilder } from "../../ir/build.ts";
import { userError } from "../../ir/errors.ts";
import { inlineRegion } from "../../ir/graph.ts";
import type { Node } from "../../ir/node.ts";
import type { Differential } from "../../ir/op.ts";
import { isFloat } from "../../ir/types.ts";
import { isZero } from "../dce.ts";

/** Nothing says what the derivative by a capture is: E304 rather than none. */
function splitInputs(node: Node, isActive: (input: number) => boolean): { readonly operands: readonly Node[]; readonly captures: readonly Node[] } {
  const count = intAttribute(node, "operands");
  const captured = node.inputs.findIndex((_, i) => i >= count && isActive(i));
  if (captured >= 0) {
    throw userError("E304", {
      op: "customGradient", message: "a gradient is asked for by a value that the function reads beside its arguments",
      hint: "make it an argument, or read stopGradient(...) of it", location: node.location,
    });
  }
  return { operands: node.inputs.slice(0, count), captures: node.inputs.slice(count) };
}

/** Cotangents of the node's inputs from those of its results. */
export function transposeCustom(b: LocatedBuilder, node: Node, cotangents: readonly Differential[], isActive: (input: number) => boolean): readonly Differential[] {
  const { operands, captures } = splitInputs(node, isActive);
  const results = node.results.map((_, i) => b.result(node, i));
  const given = results.map((result, i) => cotangents[i] ?? b.fullLike(result, 0));
  const found = inlineRegion(regionAttribute(node, "pullback"), [...operands, ...results, ...given, ...captures]);
  let at = 0;
  const differentials = operands.map(({ type }) => (isFloat(type.dtype) ? found[at++]! : undefined));
  return [...differentials.map((value) => (value === undefined || isZero(value) ? undefined : value)), ...captures.map(() => undefined)];
}

/** Tangents of the node's results from those of its inputs. */
export function linearizeCustom(b: LocatedBuilder, node: Node, tangents: readonly Differential[]): readonly Differential[] {
  const { operands, captures } = splitInputs(node, (input) => tangents[input] !== undefined);
  const region = regionAttribute(node, "pushforward");
  if (region.results.length === 0) {
    throw userError("E304", {
      op: "customGradient", message: "the function has a gradient of its own for reverse mode only", hint: "give its derivative in forward mode, too: { tangent }",
      location: node.location,
    });
  }
  const results = node.results.map((_, i) => b.result(node, i));
  const moved = operands.flatMap((operand, i) => (isFloat(operand.type.dtype) ? [tangents[i] ?? b.fullLike(operand, 0)] : []));
  return inlineRegion(region, [...operands, ...results, ...moved, ...captures]).map((value) => (isZero(value) ? undefined : value));
}
