// Algebra: identities, constants, movements that cancel, and masks moved outward so that what they hide cannot do harm.

import type { Graph } from "../ir/node.ts";
import { applyRules, type Rule } from "../ir/rewrite.ts";
import type { Pass } from "./pass.ts";
import { algebraRules } from "./rules/algebra.ts";
import { constantRules } from "./rules/constants.ts";
import { movementRules } from "./rules/movement.ts";
import { paddingRules } from "./rules/padding.ts";
import { selectionRules } from "./rules/selection.ts";

export const simplifyingRules: readonly Rule[] = [...constantRules, ...algebraRules, ...movementRules, ...paddingRules, ...selectionRules];

export const simplify: Pass<Graph> = {
  name: "simplify",
  summary: "applies algebraic identities, folds constants, cancels movements",
  after: [{ pass: "differentiate", why: "derivatives bring products with 1, sums with 0 and masks" }],
  run: (graph, { fired }) => applyRules(graph, simplifyingRules, fired === undefined ? {} : { fired }),
};
