// top_k: the k greatest elements of a line, greatest first, or the k smallest, smallest first; and where they are. Of equal
// ones the first counts first.

import { boolAttribute, dimsAttribute } from "../../attributes.ts";
import type { TypedArray } from "../../data.ts";
import { userError } from "../../errors.ts";
import type { Node } from "../../node.ts";
import type { GraphBuilder } from "../../op.ts";
import { maxDims, showDim } from "../../size.ts";
import { registerOp } from "../../table.ts";
import type { Shape } from "../../types.ts";
import { routineOp } from "../routine-op.ts";
import { checkSortable, orderOf, putPlaces, sortOperations, sortWorkspace, takePlaces } from "./line-order.ts";
import { mostSelected, selectFirst } from "./selection.ts";
import { sortKeys } from "./sort-keys.ts";
import { longestRanked, orderOfKeys } from "./sorting-network.ts";

export const topK = registerOp(routineOp({
  name: "top_k",
  // `count` is a list of one size: sizes may be symbolic.
  attributes: { count: "dims", smallest: "bool" },
  infer([line], attributes) {
    checkSortable("top_k", line!);
    const count = dimsAttribute({ attributes }, "count");
    const [length] = line!.shape;
    if (count.length !== 1) throw userError("E205", { op: "top_k", message: `count has ${count.length} entries, 1 is needed` });
    if (maxDims(length!, count[0]!) !== length) {
      throw userError("E205", { op: "top_k", message: `${showDim(count[0]!)} elements are asked for, of ${showDim(length!)}` });
    }
    return [{ dtype: line!.dtype, shape: count }, { dtype: "i32", shape: count }];
  },
  gradient: {
    kind: "several",
    vjp: (b, node, [values]) => [values && putPlaces(b, node.inputs[0]!, values, b.result(node, 1))],
    jvp: (b, node, [line]) => [line && takePlaces(b, line, b.result(node, 1)), undefined],
  },
  routine: {
    object: "sorting",
    symbol: ({ operands }) => `top_k_${operands[0]!.dtype}`,
    operandRanks: [1], resultRanks: [1, 1],
    sizes: (site) => [site.operands[0]!.shape[0]!, dimsAttribute(site, "count")[0]!, Number(!boolAttribute(site, "smallest"))],
    workspace: sortWorkspace,
    failures: [],
    operations: sortOperations,
    perform([line], [values, places], [, count, descending]) {
      orderOf(line!, descending === 1).slice(0, count).forEach((from, to) => {
        (values as TypedArray)[to] = line![from]!;
        places![to] = from;
      });
      return 0;
    },
  },
  build(b, node) {
    const [line] = node.inputs;
    const places = placesOfFirst(b, sortKeys(b, line!, !boolAttribute(node, "smallest")), node.results[1]!.shape);
    return [takePlaces(b, line!, places), places];
  },
}));

/** Without a routine; i32 of the shape. */
function placesOfFirst(b: GraphBuilder, keys: Node, shape: Shape): Node {
  const [length, count] = [keys.type.shape.at(-1)!, shape.at(-1)!];
  const isLong = typeof length !== "number" || length > longestRanked;
  if (isLong && typeof count === "number" && count <= mostSelected) return selectFirst(b, keys, count);
  return b.make("slice", [orderOfKeys(b, keys)], { start: shape.map(() => 0), limit: shape, step: shape.map(() => 1) });
}
