// The one mechanism of this folder: expressions of single values become expressions of all of a batch's.

import { createBuilder } from "../../ir/build.ts";
import type { Node } from "../../ir/node.ts";
import { extractRegion } from "../../ir/region.ts";
import type { Dim } from "../../ir/size.ts";
import { batchNodes } from "../../passes/batch/batch.ts";
import { shared, spread, type Value } from "../../passes/batch/value.ts";
import { control } from "../../passes/control/index.ts";
import { differentiate } from "../../passes/differentiate.ts";
import { captureLocation } from "../location.ts";

interface Taken {
  readonly results: readonly Node[];
  /** What the results read, by the elements and values that it stands for. */
  readonly outer: readonly (readonly [parameter: Node, value: Node])[];
}

/** The results as functions of the elements, with the derivatives in them taken. What reads no element stays the same node. */
export function takeDerivatives(results: readonly Node[], elements: readonly Node[]): Taken {
  const { region, captures } = extractRegion(results, elements, "batch");
  const values = [...elements, ...captures];
  const expanded = differentiate.run(region, { control });
  return { results: expanded.results, outer: expanded.parameters.map((parameter, i) => [parameter, values[i]!]) };
}

/** The results for `size` members, along a first axis, given what the elements become; what is the same for all is repeated. */
export function batchOver(results: readonly Node[], elements: readonly (readonly [element: Node, becomes: Value])[], size: Dim): Node[] {
  const becomes = new Map(elements);
  const taken = takeDerivatives(results, [...becomes.keys()]);
  const known = taken.outer.map(([parameter, value]) => [parameter, becomes.get(value) ?? shared(value)] as const);
  const batch = { b: createBuilder(captureLocation()), size };
  return batchNodes(taken.results, known, size).map((value) => spread(batch, value));
}
