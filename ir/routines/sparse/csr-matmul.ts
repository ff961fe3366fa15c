// csr_matmul(values [n], columns [n], borders [r + 1], x [c, k]): A x of a matrix A [r, c] in compressed rows, [r, k]. Each element of the result is a sum
// in the order in which elements are stored; where k is 1, that of a row of 32 elements or more is taken in lanes (`sumTerms`).

import { routineOp } from "../routine-op.ts";
import { sumToBatchOf, withBatch } from "../shared-operand.ts";
import { borderOf, bordersFailure, bordersFault, bordersRise, rowCount, rowsOf } from "./compressed-rows.ts";
import { addRows, alongRows, checkOperands, operationsOf, placeOf, roundTo, sumTerms, takeRows } from "./stored-elements.ts";

export const csrMatmul = routineOp({
  name: "csr_matmul",
  attributes: {},
  infer([values, columns, borders, x]) {
    checkOperands("csr_matmul", [columns!, borders!], [values!, x!], [["values and their columns", values!.shape[0]!, columns!.shape[0]!]]);
    return [{ dtype: x!.dtype, shape: [rowCount(borders!), x!.shape[1]!] }];
  },
  gradient: {
    kind: "multilinear", inputs: [0, 3],
    transpose(b, node, cotangent, input) {
      const [values, columns, borders, x] = node.inputs;
      const own = input === 0 ? b.make("csr_sampled_matmul", [columns!, borders!, cotangent, x!])
        : b.make("csr_matmul_transposed", [values!, columns!, borders!, cotangent], { size: [x!.type.shape.at(-2)!] });
      return sumToBatchOf(b, own, node.inputs[input]!);
    },
  },
  routine: {
    object: "sparse",
    symbol: ({ operands }) => `csr_matmul_${operands[0]!.dtype}`,
    operandRanks: [1, 1, 1, 2], resultRanks: [2],
    sizes: ({ operands: [values, , borders, x] }) => [values!.shape[0]!, rowCount(borders!), ...x!.shape],
    parts: ({ operands }) => rowCount(operands[2]!),
    workspace: () => 0,
    failures: [bordersFailure],
    indices: [{ operand: 1, limit: ({ operands }) => operands[3]!.shape[0]! }],
    operations: ({ operands: [values, , borders, x] }) => operationsOf(values!.shape[0]!, rowCount(borders!), x!.shape[1]!),
    perform([values, columns, borders, x], [result], [, , height, width, first, end]) {
      if (bordersFault(borders!, values!.length) !== 0) return 1;
      const round = roundTo(result!);
      for (let row = first!; row < end!; row++) {
        for (let j = 0; j < width!; j++) {
          const terms: number[] = [];
          for (let k = borderOf(borders!, row, values!.length); k < borderOf(borders!, row + 1, values!.length); k++) {
            terms.push(round(Number(values![k]) * Number(x![placeOf(columns!, k, height!) * width! + j])));
          }
          result![row * width! + j] = sumTerms(terms, width === 1 ? 32 : Infinity, round);
        }
      }
      return 0;
    },
  },
  conditions: (b, node) => [bordersRise(b, node.inputs[2]!, node.inputs[0]!.type.shape.at(-1)!)],
  build(b, node) {
    const batch = node.type.shape.slice(0, -2);
    const [values, columns, borders, x] = node.inputs.map((input, i) => withBatch(b, input, batch, i === 3 ? 2 : 1));
    const [height, width] = node.type.shape.slice(-2);
    const terms = b.mul(alongRows(b, values!, width!), takeRows(b, x!, columns!));
    return [addRows(b, terms, rowsOf(b, node.op, borders!, values!.type.shape.at(-1)!), height!)];
  },
});
