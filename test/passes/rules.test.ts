// Every rewrite rule fires on its own left side and keeps its claim.

import fc from "fast-check";
import { describe, it } from "vitest";
import { linearAlgebraRules } from "../../passes/rules/linear-algebra.ts";
import { strengthRules } from "../../passes/rules/strength.ts";
import { simplifyingRules } from "../../passes/simplify.ts";
import { stabilizingRules } from "../../passes/stabilize.ts";
import { checkRewrite } from "../../src/testing/check-rewrite.ts";

describe("rule", () => {
  it.each([...stabilizingRules, ...simplifyingRules, ...strengthRules, ...linearAlgebraRules].map((rule) => [rule.name, rule] as const))("%s", (_, rule) => {
    fc.assert(fc.property(fc.nat(1e6), (seed) => checkRewrite(rule, seed)), { numRuns: 30 });
  });
});
