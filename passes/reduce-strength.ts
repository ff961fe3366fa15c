// Replaces operations by cheaper ones. Last of the rewritings: the forms that it makes are for kernels, and no other rule
// looks for them.

import type { Graph } from "../ir/node.ts";
import { applyRules } from "../ir/rewrite.ts";
import type { Pass } from "./pass.ts";
import { strengthRules } from "./rules/strength.ts";

export const reduceStrength: Pass<Graph> = {
  name: "reduce-strength",
  summary: "replaces operations by cheaper ones where ranges allow",
  after: [
    { pass: "simplify", why: "rules recognise the forms that users write, not the cheaper ones" },
    { pass: "stabilize-derivatives", why: "rules recognise the forms that users write, not the cheaper ones" },
  ],
  run: (graph, { fired }) => applyRules(graph, strengthRules, fired === undefined ? {} : { fired }),
};
