// Loops and branches for all passes, at hand.

import type { Graph } from "../../ir/node.ts";
import type { Pass } from "../pass.ts";
import { linearizeBranch, transposeBranch } from "./branch-gradient.ts";
import { liftProducts } from "./lift-products.ts";
import { linearizeLoop, transposeLoop } from "./loop-gradient.ts";
import { lower } from "./lower.ts";
import { mergeLoops } from "./merge-loops.ts";
import type { ControlParts } from "./parts.ts";
import { prune } from "./prune.ts";
import { sinkViews } from "./sink-views.ts";

export interface ControlPasses extends ControlParts {
  readonly mergeLoops: Pass<Graph>;
  readonly sinkViews: Pass<Graph>;
  readonly liftProducts: Pass<Graph>;
}

export const control: ControlPasses = {
  mergeLoops, sinkViews, liftProducts, prune, lower,
  transpose: (b, node, ...rest) => (node.op === "scan" ? transposeLoop : transposeBranch)(b, node, ...rest),
  linearize: (b, node, ...rest) => (node.op === "scan" ? linearizeLoop : linearizeBranch)(b, node, ...rest),
};
