// search_sorted: where values belong in a line that is in ascending order: the number of elements less than each, or not greater.

import { boolAttribute } from "../../attributes.ts";
import { userError } from "../../errors.ts";
import { mulDims } from "../../size.ts";
import { registerOp } from "../../table.ts";
import { routineOp } from "../routine-op.ts";
import { searchBinary } from "./binary-search.ts";
import { checkSortable, compareValues } from "./line-order.ts";

export const searchSorted = registerOp(routineOp({
  name: "search_sorted",
  attributes: { right: "bool" },
  infer([line, values]) {
    checkSortable("search_sorted", line!);
    if (values!.dtype !== line!.dtype) throw userError("E202", { op: "search_sorted", message: `dtypes ${line!.dtype} and ${values!.dtype} differ` });
    return [{ dtype: "i32", shape: values!.shape }];
  },
  gradient: { kind: "zero" },
  routine: {
    object: "sorting",
    symbol: ({ operands }) => `search_sorted_${operands[0]!.dtype}`,
    operandRanks: [1, 1], resultRanks: [1],
    sizes: (site) => [...site.operands.map(({ shape }) => shape[0]!), Number(boolAttribute(site, "right"))],
    workspace: () => 0,
    failures: [],
    operations: ({ operands }) => mulDims(40, operands[1]!.shape[0]!),
    perform([line, values], [places], [, , right]) {
      const elements = Array.from(line as Float64Array);
      values!.forEach((value: number | bigint, i: number) => {
        places![i] = elements.filter((element) => compareValues(element, value) < right!).length;
      });
      return 0;
    },
  },
  build: (b, node) => [searchBinary(b, node, boolAttribute(node, "right"))],
}));
