// coo_matvec(values [n], rows [n], columns [n], x [c]) of a size r: A x of a matrix A [r, c] by coordinates and a vector, [r]. With rows and columns exchanged it is
// A^T x. Each element of the result is a sum in the order in which elements are stored. Products with dense matrices are left to gathers and scatters (docs/adr/0029).

import { dimsAttribute } from "../../attributes.ts";
import { userError } from "../../errors.ts";
import { mulDims } from "../../size.ts";
import { routineOp } from "../routine-op.ts";
import { sumToBatchOf, withBatch } from "../shared-operand.ts";
import { addRows, checkOperands, operationsOf, placeOf, roundTo, takeRows } from "./stored-elements.ts";

export const cooMatvec = routineOp({
  name: "coo_matvec",
  // `size` is a list of one size: it may be symbolic.
  attributes: { size: "dims" },
  infer([values, rows, columns, x], attributes) {
    const size = dimsAttribute({ attributes }, "size");
    if (size.length !== 1) throw userError("E205", { op: "coo_matvec", message: `size has ${size.length} entries, 1 is needed` });
    checkOperands("coo_matvec", [rows!, columns!], [values!, x!], [
      ["values and their rows", values!.shape[0]!, rows!.shape[0]!], ["values and their columns", values!.shape[0]!, columns!.shape[0]!],
    ]);
    return [{ dtype: x!.dtype, shape: size }];
  },
  gradient: {
    kind: "multilinear", inputs: [0, 3],
    transpose(b, node, cotangent, input) {
      const [values, rows, columns, x] = node.inputs;
      const batch = node.type.shape.slice(0, -1);
      const take = (from: typeof cotangent, index: typeof cotangent): typeof cotangent => takeRows(b, withBatch(b, from, batch, 1), withBatch(b, index, batch, 1));
      const own = input === 0 ? b.mul(take(cotangent, rows!), take(x!, columns!))
        : b.make("coo_matvec", [values!, columns!, rows!, cotangent], { size: [x!.type.shape.at(-1)!] });
      return sumToBatchOf(b, own, node.inputs[input]!);
    },
  },
  routine: {
    object: "sparse",
    symbol: ({ operands }) => `coo_matvec_${operands[0]!.dtype}`,
    operandRanks: [1, 1, 1, 1], resultRanks: [1],
    sizes: (site) => [site.operands[0]!.shape[0]!, site.operands[3]!.shape[0]!, dimsAttribute(site, "size")[0]!],
    // No parts: any stored element may add to any row.
    workspace: () => 0,
    failures: [],
    indices: [{ operand: 1, limit: (site) => dimsAttribute(site, "size")[0]! }, { operand: 2, limit: ({ operands }) => operands[3]!.shape[0]! }],
    operations: (site) => mulDims(2, operationsOf(site.operands[0]!.shape[0]!, dimsAttribute(site, "size")[0]!, 1)),
    perform([values, rows, columns, x], [result], [, height, size]) {
      const round = roundTo(result!);
      for (let row = 0; row < size!; row++) result![row] = 0;
      for (let k = 0; k < values!.length; k++) {
        const row = placeOf(rows!, k, size!);
        result![row] = Number(result![row]) + round(Number(values![k]) * Number(x![placeOf(columns!, k, height!)]));
      }
      return 0;
    },
  },
  build(b, node) {
    const [values, rows, columns, x] = node.inputs.map((input) => withBatch(b, input, node.type.shape.slice(0, -1), 1));
    return [addRows(b, b.mul(values!, takeRows(b, x!, columns!)), rows!, node.type.shape.at(-1)!)];
  },
});
