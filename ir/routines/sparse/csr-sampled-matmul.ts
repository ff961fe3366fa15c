// csr_sampled_matmul(columns [n], borders [r + 1], x [r, k], y [c, k]): x y^T where a matrix [r, c] in compressed rows stores elements, [n]. Sums of 4
// products or more are taken in lanes (`sumTerms`).

import { routineOp } from "../routine-op.ts";
import { sumToBatchOf, withBatch } from "../shared-operand.ts";
import { borderOf, bordersFailure, bordersFault, bordersRise, rowCount, rowsOf } from "./compressed-rows.ts";
import { checkOperands, operationsOf, placeOf, roundTo, sumTerms, takeRows } from "./stored-elements.ts";

export const csrSampledMatmul = routineOp({
  name: "csr_sampled_matmul",
  attributes: {},
  infer([columns, borders, x, y]) {
    checkOperands("csr_sampled_matmul", [columns!, borders!], [x!, y!], [
      ["rows of the matrix and of the left one", rowCount(borders!), x!.shape[0]!], ["rows of both dense ones", x!.shape[1]!, y!.shape[1]!],
    ]);
    return [{ dtype: x!.dtype, shape: columns!.shape }];
  },
  gradient: {
    kind: "multilinear", inputs: [2, 3],
    transpose(b, node, cotangent, input) {
      const [columns, borders, x, y] = node.inputs;
      const own = input === 2 ? b.make("csr_matmul", [cotangent, columns!, borders!, y!])
        : b.make("csr_matmul_transposed", [cotangent, columns!, borders!, x!], { size: [y!.type.shape.at(-2)!] });
      return sumToBatchOf(b, own, node.inputs[input]!);
    },
  },
  routine: {
    object: "sparse",
    symbol: ({ operands }) => `csr_sampled_matmul_${operands[2]!.dtype}`,
    operandRanks: [1, 1, 2, 2], resultRanks: [1],
    sizes: ({ operands: [columns, borders, , y] }) => [columns!.shape[0]!, rowCount(borders!), ...y!.shape],
    parts: ({ operands }) => rowCount(operands[1]!),
    workspace: () => 0,
    failures: [bordersFailure],
    indices: [{ operand: 0, limit: ({ operands }) => operands[3]!.shape[0]! }],
    operations: ({ operands: [columns, borders, x] }) => operationsOf(columns!.shape[0]!, rowCount(borders!), x!.shape[1]!),
    perform([columns, borders, x, y], [result], [, , height, width, first, end]) {
      if (bordersFault(borders!, columns!.length) !== 0) return 1;
      const round = roundTo(result!);
      for (let row = first!; row < end!; row++) {
        for (let k = borderOf(borders!, row, columns!.length); k < borderOf(borders!, row + 1, columns!.length); k++) {
          const [from, at] = [row * width!, placeOf(columns!, k, height!) * width!];
          result![k] = sumTerms(Array.from({ length: width! }, (_, j) => round(Number(x![from + j]) * Number(y![at + j]))), 4, round);
        }
      }
      return 0;
    },
  },
  conditions: (b, node) => [bordersRise(b, node.inputs[1]!, node.inputs[0]!.type.shape.at(-1)!)],
  build(b, node) {
    const batch = node.type.shape.slice(0, -1);
    const [columns, borders, x, y] = node.inputs.map((input, i) => withBatch(b, input, batch, i < 2 ? 1 : 2));
    const rows = rowsOf(b, node.op, borders!, columns!.type.shape.at(-1)!);
    return [b.sum(b.mul(takeRows(b, x!, rows), takeRows(b, y!, columns!)), [batch.length + 1])];
  },
});
