// A product of matrices as a multiplication.

import type { ProductDescription } from "./describe-product.ts";
import { emitEpilogue } from "./epilogue.ts";
import { baseWords, matrixOperand, wordText } from "./matrix-operand.ts";
import type { Multiplication } from "./multiplication.ts";
import { arrayOf } from "./operand.ts";
import { allSingle } from "./stored.ts";

const operandWords = ["offset", "batch", "row", "column"];

export function multiplyMatrices(description: ProductDescription): Multiplication {
  const { sizes, bases, epilogue, stored = allSingle } = description;
  const [a, b] = [matrixOperand("a", description), matrixOperand("b", description)];
  const words = ["batch", "m", "n", "k", ...["a", "b"].flatMap((name) => operandWords.map((word) => `${name}_${word}`)), ...baseWords("a", bases?.a.words ?? 0), ...baseWords("b", bases?.b.words ?? 0)];
  const extent = (word: number): Multiplication["extents"]["m"] => ({ times: 1, words: [word] });
  return {
    name: "product", sizes, result: stored.c, a, b, words, operands: [arrayOf(a, stored), arrayOf(b, stored)], functions: "",
    epilogue: epilogue && emitEpilogue(epilogue),
    sizeTexts: { batch: wordText(sizes.batch, "batch"), m: wordText(sizes.m, "m"), n: wordText(sizes.n, "n"), k: wordText(sizes.k, "k") },
    rowStride: "n", batchStride: "m * n", storesVectors: sizes.n !== undefined && sizes.n % 4 === 0,
    extents: { batch: extent(0), m: extent(1), n: extent(2), k: extent(3) },
  };
}
