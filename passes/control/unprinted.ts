// What a derivative computes again is not printed again.

import { rebuild, type Visit, withRegions } from "../../ir/graph.ts";

/** The node without what it prints, in regions too. */
export const unprinted: Visit = (node, inputs) => (node.op === "print" ? inputs[0]! : withRegions(node, inputs, (region) => rebuild(region, unprinted)));
