// fft: the Fourier transform of a line of pairs (real, imaginary), forward or backward, without a factor. The powers of the n-th root of
// unity come as an operand: a routine has no tables, and one table serves all lines.

import { boolAttribute } from "../../attributes.ts";
import { type DType, itemSize } from "../../types.ts";
import { registerOp } from "../../table.ts";
import { routineOp } from "../routine-op.ts";
import { checkLength, checkOperands } from "./line-checks.ts";
import { transformNaively } from "./naive.ts";

/** Bytes of the four planes that a transform of n values works in, as `planeBytes` in assembly/fft/transform.ts. */
export const transformWorkspace = (dtype: DType, n: number): number => 4 * (itemSize[dtype] * n + (n >= 1024 ? 2112 : 0));

/** Operations of a transform of so many pairs, roughly. */
export const transformOperations = (length: number): number => Math.ceil(5 * length * Math.max(1, Math.log2(length)));

export const fft = registerOp(routineOp({
  name: "fft",
  attributes: { inverse: "bool" },
  infer(operands) {
    const n = checkLength("fft", operands[0]!.shape[0]!);
    checkOperands("fft", operands, [[n, 2], [2, n]]);
    return [operands[0]!];
  },
  gradient: {
    kind: "linear",
    inputs: [0],
    // The adjoint of the matrix is its conjugate: it is symmetric.
    transpose: (b, node, cotangent) => b.make("fft", [cotangent, node.inputs[1]!], { inverse: !boolAttribute(node, "inverse") }),
  },
  routine: {
    object: "fft",
    symbol: ({ operands }) => `fft_${operands[0]!.dtype}`,
    operandRanks: [2, 2], resultRanks: [2],
    sizes: (site) => [site.operands[0]!.shape[0]!, Number(boolAttribute(site, "inverse"))],
    workspace: ({ operands: [line] }) => transformWorkspace(line!.dtype, line!.shape[0] as number),
    failures: [],
    inPlace: [[0, 0]],
    operations: ({ operands }) => transformOperations(operands[0]!.shape[0] as number),
    perform([line], [result], [, inverse]) {
      (result as Float64Array).set(transformNaively(Float64Array.from(line as Float64Array), inverse === 1 ? 1 : -1));
      return 0;
    },
  },
}));
