// An op whose routine calls the module's product (test/fixtures/routines/products.ts): A A^T.

import type { TypedArray } from "../../ir/data.ts";
import { routineOp } from "../../ir/routines/routine-op.ts";
import { mulDims } from "../../ir/size.ts";
import { registerOp } from "../../ir/table.ts";
import type { FloatDType } from "../../ir/types.ts";
import { compileFixture } from "./objects.ts";

const object = await compileFixture("products.ts");

export const gram = registerOp(routineOp({
  name: "test_gram",
  attributes: {},
  infer: ([a]) => [{ dtype: a!.dtype, shape: [a!.shape[0]!, a!.shape[0]!] }],
  gradient: { kind: "none", reason: "nothing asks for it" },
  routine: {
    object, symbol: ({ operands }) => `gram_${operands[0]!.dtype}`, operandRanks: [2], resultRanks: [2],
    sizes: ({ operands }) => operands[0]!.shape, product: ({ operands }) => operands[0]!.dtype as FloatDType,
    workspace: ({ operands }) => operands[0]!.shape.reduce(mulDims, 8), failures: [], operations: ({ operands }) => operands[0]!.shape.reduce(mulDims, operands[0]!.shape[0]!),
    perform([a], [g], [n, k]) {
      const round = a instanceof Float32Array ? Math.fround : Number;
      for (let i = 0; i < n!; i++) for (let j = 0; j < n!; j++) {
        let sum = 0;
        for (let l = 0; l < k!; l++) sum = round(sum + round(Number(a![i * k! + l]) * Number(a![j * k! + l])));
        (g as TypedArray)[i * n! + j] = sum;
      }
      return 0;
    },
  },
}));
