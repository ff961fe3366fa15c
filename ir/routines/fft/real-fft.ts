// rfft: the first half, pairs 0 ... n / 2, of the spectrum of a real line of even length n; irfft: a line from half its spectrum, without a
// factor. Operands: the line; the powers of the root of unity of n / 2; the cosines and sines of -2 pi k / n, k = 0 ... floor(n / 4).

import type { Node } from "../../node.ts";
import type { GraphBuilder } from "../../op.ts";
import type { RoutineSite } from "../../routine.ts";
import { type Shape } from "../../types.ts";
import { registerOp } from "../../table.ts";
import { routineOp } from "../routine-op.ts";
import { transformOperations, transformWorkspace } from "./fft.ts";
import { checkLength, checkOperands } from "./line-checks.ts";
import { transformNaively } from "./naive.ts";

const tables = (half: number): readonly Shape[] => [[2, half], [2, Math.floor(half / 2) + 1]];

/** Pairs of one half stand for two each, but the first and the last: multiplies them by `factor`. */
function weighted(b: GraphBuilder, spectrum: Node, factor: number): Node {
  const { shape } = spectrum.type;
  const axis = shape.length - 2;
  const place = b.make("iota", [], { dtype: "i32", shape, axis });
  const isEnd = b.binary("or", b.binary("eq", place, b.fullLike(place, 0)), b.binary("eq", place, b.fullLike(place, (shape[axis] as number) - 1)));
  return b.mul(spectrum, b.select(isEnd, b.fullLike(spectrum, 1), b.fullLike(spectrum, factor)));
}

const half = ({ operands: [, roots] }: RoutineSite): number => roots!.shape[1] as number;
const shared = {
  object: "fft", operandRanks: [1, 2, 2], resultRanks: [2], failures: [],
  sizes: (site: RoutineSite) => [2 * half(site)],
  workspace: (site: RoutineSite) => transformWorkspace(site.operands[0]!.dtype, half(site)),
  operations: (site: RoutineSite) => transformOperations(half(site)) + 10 * half(site),
} as const;

export const rfft = registerOp(routineOp({
  name: "rfft",
  attributes: {},
  infer(operands) {
    const m = checkLength("rfft", operands[1]!.shape[1]!);
    checkOperands("rfft", operands, [[2 * m], ...tables(m)]);
    return [{ dtype: operands[0]!.dtype, shape: [m + 1, 2] }];
  },
  gradient: {
    kind: "linear",
    inputs: [0],
    transpose: (b, node, cotangent) => b.make("irfft", [weighted(b, cotangent, 0.5), ...node.inputs.slice(1)]),
  },
  routine: {
    ...shared,
    symbol: ({ operands }) => `rfft_${operands[0]!.dtype}`,
    perform([line], [result], [n]) {
      const pairs = new Float64Array(2 * n!);
      line!.forEach((value: number | bigint, i: number) => (pairs[2 * i] = Number(value)));
      const spectrum = transformNaively(pairs, -1).subarray(0, n! + 2);
      // Those of a real line are real.
      spectrum[1] = spectrum[n! + 1] = 0;
      (result as Float64Array).set(spectrum);
      return 0;
    },
  },
}));

export const irfft = registerOp(routineOp({
  name: "irfft",
  attributes: {},
  infer(operands) {
    const m = checkLength("irfft", operands[1]!.shape[1]!);
    checkOperands("irfft", operands, [[m + 1, 2], ...tables(m)]);
    return [{ dtype: operands[0]!.dtype, shape: [2 * m] }];
  },
  gradient: {
    kind: "linear",
    inputs: [0],
    transpose: (b, node, cotangent) => weighted(b, b.make("rfft", [cotangent, ...node.inputs.slice(1)]), 2),
  },
  routine: {
    ...shared,
    operandRanks: [2, 2, 2], resultRanks: [1],
    symbol: ({ operands }) => `irfft_${operands[0]!.dtype}`,
    perform([spectrum], [line], [n]) {
      const pairs = new Float64Array(2 * n!);
      const read = (k: number): readonly [number, number] => [Number(spectrum![2 * k]), Number(spectrum![2 * k + 1])];
      for (let k = 0; k <= n! / 2; k++) {
        const [re, im] = read(k);
        const isEnd = k === 0 || k === n! / 2;
        pairs.set([re, isEnd ? 0 : im], 2 * k);
        if (!isEnd) pairs.set([re, -im], 2 * (n! - k));
      }
      const result = transformNaively(pairs, 1);
      for (let j = 0; j < n!; j++) line![j] = result[2 * j]!;
      return 0;
    },
  },
}));
