// Functions with gradients that are given: the function and its derivatives are each computed for all members, so the gradient of
// a batch is the batch of gradients.

import { regionAttribute } from "../../ir/attributes.ts";
import type { Graph } from "../../ir/node.ts";
import type { BatchingRule } from "./rule.ts";
import { batched, spread } from "./value.ts";

export const customGradient: BatchingRule = {
  kind: "region",
  build(batch, node, operands, nested) {
    const { b, size } = batch;
    const forAll = (name: string): Graph => {
      const region = regionAttribute(node, name);
      const parameters = region.parameters.map(({ type: { dtype, shape } }, i) => b.parameter(i, `p${i}`, { dtype, shape: [size, ...shape] }));
      return { name, parameters, results: nested.region(region, parameters.map(batched)).map((value) => spread(batch, value)) };
    };
    const all = b.make("custom_gradient", operands.map((operand) => spread(batch, operand)), {
      ...node.attributes, value: forAll("value"), pullback: forAll("pullback"), pushforward: forAll("pushforward"),
    });
    return node.results.map((_, i) => batched(b.result(all, i)));
  },
};
