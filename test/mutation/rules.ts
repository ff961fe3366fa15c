// Breaks each rewrite rule in several ways and lists the rules of which no broken version is noticed by the check. (Single
// versions may be equal to the rule: minus an integer 0, a millionth of 0.)
import { InternalError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import type { GraphBuilder } from "../../ir/op.ts";
import type { Match, Rule } from "../../ir/rewrite.ts";
import { computed } from "../../ir/rewrite.ts";
import { buildTemplate, namesIn } from "../../ir/rewrite-pattern.ts";
import { isFloat } from "../../ir/types.ts";
import { strengthRules } from "../../passes/rules/strength.ts";
import { simplifyingRules } from "../../passes/simplify.ts";
import { stabilizingRules } from "../../passes/stabilize.ts";
import { checkRewrite } from "../../src/testing/check-rewrite.ts";
import type { MutationResult } from "./gradients.ts";

type Damage = (b: GraphBuilder, value: Node) => Node;

const onFloats = (damage: Damage): Damage => (b, value) => (isFloat(value.type.dtype) ? damage(b, value) : value);

const damages: { readonly [what: string]: Damage } = {
  "one more": (b, value) => (value.type.dtype === "bool" ? b.unary("not", value) : b.add(value, b.fullLike(value, 1))),
  "a millionth more": onFloats((b, value) => b.mul(value, b.fullLike(value, 1 + 1e-6))),
  negated: onFloats((b, value) => b.neg(value)),
};

function mutantOf(rule: Rule, damage: Damage): Rule {
  const replacement = computed([...namesIn(rule.pattern)], (b: GraphBuilder, match: Match) => {
    const original = rule.replacement.kind === "computed"
      ? rule.replacement.build(b, match)
      : buildTemplate(b, rule.replacement, match.node, match.root.type);
    return original && damage(b, original);
  });
  return { ...rule, replacement };
}

/** Whether the check notices within a few seeds; undefined where the broken rule undoes itself for ever. */
function notices(rule: Rule): boolean | undefined {
  for (let seed = 0; seed < 30; seed++) {
    try {
      checkRewrite(rule, seed);
    } catch (error) {
      return error instanceof InternalError && error.message.includes("undoing") ? undefined : true;
    }
  }
  return false;
}

/** `progress` is called after each rule. A rule is listed, too, if no broken version of it decides anything. */
export function mutateRules(progress: (rule: string) => void): MutationResult {
  let mutants = 0;
  const survivors: string[] = [];
  for (const rule of [...stabilizingRules, ...simplifyingRules, ...strengthRules]) {
    const verdicts = Object.entries(damages).map(([what, damage]) => ({ what, noticed: notices(mutantOf(rule, damage)) }));
    const decided = verdicts.filter(({ noticed }) => noticed !== undefined);
    mutants++;
    if (!decided.some(({ noticed }) => noticed)) survivors.push(`${rule.name}, ${decided.map(({ what }) => what).join(", ") || "no mutant decides"}`);
    progress(rule.name);
  }
  return { mutants, survivors };
}
