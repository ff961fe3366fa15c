// Loops, branches and gradients that are given, for all passes, at hand.

import type { Graph } from "../../ir/node.ts";
import type { Pass } from "../pass.ts";
import { accumulate } from "./accumulate.ts";
import { linearizeBranch, transposeBranch } from "./branch-gradient.ts";
import { linearizeCustom, transposeCustom } from "./custom-gradient.ts";
import { hoistInvariants } from "./hoist-invariants.ts";
import { inline } from "./inline.ts";
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
  readonly inline: Pass<Graph>;
  readonly mergeLoops: Pass<Graph>;
  readonly accumulate: Pass<Graph>;
  readonly hoistInvariants: Pass<Graph>;
  readonly sinkViews: Pass<Graph>;
  readonly liftProducts: Pass<Graph>;
}

/** The ops whose gradient is of the kind `region`. */
const rules: { readonly [op: string]: Pick<ControlParts, "transpose" | "linearize"> } = {
  scan: { transpose: transposeLoop, linearize: linearizeLoop },
  cond: { transpose: transposeBranch, linearize: linearizeBranch },
  custom_gradient: { transpose: transposeCustom, linearize: linearizeCustom },
};

export const control: ControlPasses = {
  stabilizeLoops, inline, mergeLoops, accumulate, hoistInvariants, sinkViews, liftProducts, prune, lower,
  transpose: (b, node, ...rest) => rules[node.op]!.transpose(b, node, ...rest),
  linearize: (b, node, ...rest) => rules[node.op]!.linearize(b, node, ...rest),
};
