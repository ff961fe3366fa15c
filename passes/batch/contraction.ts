// Products: where both operands are batched the batch is one more batch axis; where one is, it is one more free axis of
// that operand, so that many small products are one large one.

import { contractionOf, freeAxes } from "../../ir/ops/contraction.ts";
import { valueRule } from "./rule.ts";
import { moveAxis, shifted } from "./value.ts";

export const dotGeneral = valueRule(({ b }, node, [lhs, rhs]) => {
  const axes = contractionOf(node);
  const both = lhs!.isBatched && rhs!.isBatched;
  const [left, right] = [lhs!, rhs!].map(({ isBatched }) => (list: readonly number[]) => (isBatched ? shifted(list) : list));
  const product = b.make("dot_general", [lhs!.node, rhs!.node], {
    lhs_contract: left!(axes.lhs_contract), rhs_contract: right!(axes.rhs_contract),
    lhs_batch: [...(both ? [0] : []), ...left!(axes.lhs_batch)], rhs_batch: [...(both ? [0] : []), ...right!(axes.rhs_batch)],
  });
  if (both) return product;
  const before = axes.lhs_batch.length;
  const free = freeAxes(node.inputs[0]!.type.shape.length, axes.lhs_batch, axes.lhs_contract).length;
  return moveAxis(b, product, lhs!.isBatched ? before : before + free, 0);
});
