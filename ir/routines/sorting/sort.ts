// sort: a line in stable order, and the order: sorted[i] = line[order[i]].

import { boolAttribute } from "../../attributes.ts";
import type { TypedArray } from "../../data.ts";
import { registerOp } from "../../table.ts";
import { routineOp } from "../routine-op.ts";
import { checkSortable, orderOf, putPlaces, sortOperations, sortWorkspace, takePlaces } from "./line-order.ts";
import { sortKeys } from "./sort-keys.ts";
import { orderOfKeys } from "./sorting-network.ts";

export const sort = registerOp(routineOp({
  name: "sort",
  attributes: { descending: "bool" },
  infer([line]) {
    checkSortable("sort", line!);
    return [line!, { dtype: "i32", shape: line!.shape }];
  },
  gradient: {
    kind: "several",
    vjp: (b, node, [sorted]) => [sorted && putPlaces(b, node.inputs[0]!, sorted, b.result(node, 1))],
    jvp: (b, node, [line]) => [line && takePlaces(b, line, b.result(node, 1)), undefined],
  },
  routine: {
    object: "sorting",
    symbol: ({ operands }) => `sort_${operands[0]!.dtype}`,
    operandRanks: [1], resultRanks: [1, 1],
    sizes: (site) => [site.operands[0]!.shape[0]!, Number(boolAttribute(site, "descending"))],
    workspace: sortWorkspace,
    failures: [],
    operations: sortOperations,
    perform([line], [sorted, order], [, descending]) {
      orderOf(line!, descending === 1).forEach((from, to) => {
        (sorted as TypedArray)[to] = line![from]!;
        order![to] = from;
      });
      return 0;
    },
  },
  build(b, node) {
    const [line] = node.inputs;
    const order = orderOfKeys(b, sortKeys(b, line!, boolAttribute(node, "descending")));
    return [takePlaces(b, line!, order), order];
  },
}));
