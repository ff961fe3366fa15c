// Replaces expressions that overflow or cancel by equal ones that do not: log-sum-exp, softplus, log1p and their kin.
// Runs before differentiation too, so that gradients are taken of the stable form.

import type { Graph } from "../ir/node.ts";
import { applyRules, type Rule } from "../ir/rewrite.ts";
import type { Pass } from "./pass.ts";
import { logarithmRules } from "./rules/logarithms.ts";
import { softmaxRules } from "./rules/softmax.ts";

export const stabilizingRules: readonly Rule[] = [...logarithmRules, ...softmaxRules];

const added: Rule[] = [];

/** Rules of a family of ops, which join when the family is imported. */
export function addStabilizingRules(rules: readonly Rule[]): void {
  added.push(...rules);
}

export const stabilize: Pass<Graph> = {
  name: "stabilize",
  summary: "rewrites expressions that overflow or cancel into stable ones",
  after: [{ pass: "merge-before-stabilize", why: "rules recognise the same value by the same node" }],
  run: (graph, { fired }) => applyRules(graph, added.length === 0 ? stabilizingRules : [...stabilizingRules, ...added], fired === undefined ? {} : { fired }),
};
