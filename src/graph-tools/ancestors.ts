// What expressions are computed from, the bodies of loops and branches and what derivatives are taken of included.

import { regionsOf } from "../../ir/graph.ts";
import type { Node } from "../../ir/node.ts";
import { tracedNodes } from "../../ir/region.ts";
import { inputOf } from "../input.ts";
import { located } from "../location.ts";
import { flatten } from "../loops/tree.ts";
import type { Tree } from "../loops/types.ts";
import { toTensor } from "../methods.ts";
import { toNode, toOperand } from "../ops/operand.ts";
import { sharedOf } from "../shared.ts";
import type { Input, Shared, Tensor } from "../tensor.ts";
import type { AnyTensor } from "../types/index.ts";

function nodesOf(op: string, tensors: Tree): Node[] {
  return flatten(op, tensors).leaves.map((leaf) => toOperand(op, leaf));
}

/** The value as users hold it. Ops with regions are none: their results are. */
function valueOf(node: Node): readonly Tensor[] {
  if (regionsOf(node).length > 0) return [];
  return [(inputOf(node) ?? sharedOf(node) ?? toTensor(node)) as unknown as Tensor];
}

/**
 * All values from which the outputs (a tensor, or lists and records of tensors) are computed, themselves included, each after those that it is computed from.
 * The search does not go beyond `until`. Inputs and shared variables come back as what they are.
 */
export function ancestors(outputs: Tree, options: { readonly until?: readonly AnyTensor[] } = {}): Tensor[] {
  return located(() => {
    const until = new Set((options.until ?? []).map((value) => toNode("ancestors", value)));
    return tracedNodes(nodesOf("ancestors", outputs), until).flatMap(valueOf);
  });
}

/** Whether any of the outputs is computed from `value`. */
export function dependsOn(outputs: Tree, value: AnyTensor): boolean {
  return located(() => {
    const node = toNode("dependsOn", value);
    return tracedNodes(nodesOf("dependsOn", outputs), new Set([node])).includes(node);
  });
}

/** The inputs and shared variables that the outputs are computed from, in the order in which they were made. */
export function graphInputs(outputs: Tree): (Input | Shared)[] {
  return located(() => tracedNodes(nodesOf("graphInputs", outputs))
    .flatMap((node) => inputOf(node) ?? sharedOf(node) ?? [])) as unknown as (Input | Shared)[];
}
