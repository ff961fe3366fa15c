// csr_matmul_transposed(values [n], columns [n], borders [r + 1], x [r, k]) of a size c: A^T x of a matrix A [r, c] in compressed rows, [c, k]. Each element of the
// result is a sum in the order in which elements are stored.

import { dimsAttribute } from "../../attributes.ts";
import { userError } from "../../errors.ts";
import { mulDims } from "../../size.ts";
import { routineOp } from "../routine-op.ts";
import { sumToBatchOf, withBatch } from "../shared-operand.ts";
import { borderOf, bordersFailure, bordersFault, bordersRise, rowCount, rowsOf } from "./compressed-rows.ts";
import { addRows, alongRows, checkOperands, operationsOf, placeOf, roundTo, takeRows } from "./stored-elements.ts";

export const csrMatmulTransposed = routineOp({
  name: "csr_matmul_transposed",
  // `size` is a list of one size: it may be symbolic.
  attributes: { size: "dims" },
  infer([values, columns, borders, x], attributes) {
    const size = dimsAttribute({ attributes }, "size");
    if (size.length !== 1) throw userError("E205", { op: "csr_matmul_transposed", message: `size has ${size.length} entries, 1 is needed` });
    checkOperands("csr_matmul_transposed", [columns!, borders!], [values!, x!], [
      ["values and their columns", values!.shape[0]!, columns!.shape[0]!], ["rows of the matrix and of the dense one", rowCount(borders!), x!.shape[0]!],
    ]);
    return [{ dtype: x!.dtype, shape: [size[0]!, x!.shape[1]!] }];
  },
  gradient: {
    kind: "multilinear", inputs: [0, 3],
    transpose(b, node, cotangent, input) {
      const [values, columns, borders, x] = node.inputs;
      const own = input === 0 ? b.make("csr_sampled_matmul", [columns!, borders!, x!, cotangent]) : b.make("csr_matmul", [values!, columns!, borders!, cotangent]);
      return sumToBatchOf(b, own, node.inputs[input]!);
    },
  },
  routine: {
    object: "sparse",
    symbol: ({ operands }) => `csr_matmul_transposed_${operands[0]!.dtype}`,
    operandRanks: [1, 1, 1, 2], resultRanks: [2],
    sizes: (site) => [site.operands[0]!.shape[0]!, ...site.operands[3]!.shape, dimsAttribute(site, "size")[0]!],
    // No parts: any stored element may add to any row, and threads that share columns get in each other's way more than they help.
    workspace: () => 0,
    failures: [bordersFailure],
    indices: [{ operand: 1, limit: (site) => dimsAttribute(site, "size")[0]! }],
    operations: ({ operands: [values, , borders, x] }) => mulDims(2, operationsOf(values!.shape[0]!, rowCount(borders!), x!.shape[1]!)),
    perform([values, columns, borders, x], [result], [, height, width, size]) {
      if (bordersFault(borders!, values!.length) !== 0) return 1;
      const round = roundTo(result!);
      for (let j = 0; j < width!; j++) {
        for (let column = 0; column < size!; column++) result![column * width! + j] = 0;
        for (let row = 0; row < height!; row++) {
          for (let k = borderOf(borders!, row, values!.length); k < borderOf(borders!, row + 1, values!.length); k++) {
            const at = placeOf(columns!, k, size!) * width! + j;
            result![at] = Number(result![at]) + round(Number(values![k]) * Number(x![row * width! + j]));
          }
        }
      }
      return 0;
    },
  },
  conditions: (b, node) => [bordersRise(b, node.inputs[2]!, node.inputs[0]!.type.shape.at(-1)!)],
  build(b, node) {
    const batch = node.type.shape.slice(0, -2);
    const [values, columns, borders, x] = node.inputs.map((input, i) => withBatch(b, input, batch, i === 3 ? 2 : 1));
    const [size, width] = node.type.shape.slice(-2);
    const rows = rowsOf(b, node.op, borders!, values!.type.shape.at(-1)!);
    return [addRows(b, b.mul(alongRows(b, values!, width!), takeRows(b, x!, rows)), columns!, size!)];
  },
});
