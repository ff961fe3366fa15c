// Loops and branches for all passes, at hand.

import type { Graph } from "../../ir/node.ts";
import type { Pass } from "../pass.ts";
import { accumulate } from "./accumulate.ts";
import { linearizeBranch, transposeBranch } from "./branch-gradient.ts";
import { hoistInvariants } from "./hoist-invariants.ts";
import { liftProducts } from "./lift-products.ts";
import { linearizeLoop, transposeLoop } from "./loop-gradient.ts";
import { lower } from "./lower.ts";
import { mergeLoops } from "./merge-loops.ts";
import type { ControlParts } from "./parts.ts";
import { prune } from "./prune.ts";
import { sinkViews } from "./sink-views.ts";
import { stabilizeLoops } from "./stabilize-loops.ts";

export interface ControlPasses extends ControlParts {
  readonly stabilizeLoops: Pass<Graph>;
  readonly mergeLoops: Pass<Graph>;
  readonly accumulate: Pass<Graph>;
  readonly hoistInvariants: Pass<Graph>;
  readonly sinkViews: Pass<Graph>;
  readonly liftProducts: Pass<Graph>;
}

export const control: ControlPasses = {
  stabilizeLoops, mergeLoops, accumulate, hoistInvariants, sinkViews, liftProducts, prune, lower,
  transpose: (b, node, ...rest) => (node.op === "scan" ? transposeLoop : transposeBranch)(b, node, ...rest),
  linearize: (b, node, ...rest) => (node.op === "scan" ? linearizeLoop : linearizeBranch)(b, node, ...rest),
};
