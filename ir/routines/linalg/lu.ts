// lu: partial pivoting, A[permutation] = L U. Results: L (unit, below the diagonal) and U in one matrix [m,n], the row that row i
// was exchanged with (i32 [min(m,n)]) and the permutation (i32 [m]). A singular matrix has a zero on U's diagonal; `on_singular` says what its
// derivatives are: E609, or NaN.
// Derivatives: lu-derivatives.ts.

import { addDims, maxDims, minDims, mulDims } from "../../size.ts";
import { tensorType } from "../../types.ts";
import { routineOp } from "../routine-op.ts";
import { cotangentOfMatrix, tangentOfFactors } from "./lu-derivatives.ts";
import { bytesOf, checkFloats, columnsOf, productElements, rowsOf, shorterOf, spacedElements, symbolOf } from "./matrix-checks.ts";

export const lu = routineOp({
  name: "lu",
  attributes: { on_singular: ["error", "nan"] },
  infer([a]) {
    checkFloats("lu", [a!]);
    const [m, n] = a!.shape;
    return [a!, tensorType("i32", [minDims(m!, n!)]), tensorType("i32", [m!])];
  },
  gradient: {
    kind: "several",
    vjp: (b, node, [cotangent]) => [cotangent === undefined ? undefined : cotangentOfMatrix(b, node, cotangent)],
    jvp: (b, node, [tangent]) => [tangent === undefined ? undefined : tangentOfFactors(b, node, tangent), undefined, undefined],
  },
  routine: {
    object: "linalg", symbol: symbolOf("lu"), operandRanks: [2], resultRanks: [2, 1, 1],
    sizes: (site) => [rowsOf(site), columnsOf(site)],
    workspace: (site) => bytesOf(site, addDims(
      spacedElements(site, rowsOf(site), columnsOf(site)),
      maxDims(productElements(site, rowsOf(site), shorterOf(site)), mulDims(16, addDims(rowsOf(site), 16))),
    )),
    failures: [],
    inPlace: [[0, 0]],
    operations: (site) => mulDims(mulDims(rowsOf(site), columnsOf(site)), shorterOf(site)),
    perform([a], [packed, pivots, permutation], sizes) {
      const [m, n] = sizes as [number, number];
      const x = packed as Float64Array;
      x.set(a as Float64Array);
      for (let i = 0; i < m; i++) permutation![i] = i;
      for (let k = 0; k < Math.min(m, n); k++) {
        let pivot = k;
        for (let i = k + 1; i < m; i++) if (isLarger(x[i * n + k]!, x[pivot * n + k]!)) pivot = i;
        pivots![k] = pivot;
        for (let j = 0; j < n; j++) [x[k * n + j], x[pivot * n + j]] = [x[pivot * n + j]!, x[k * n + j]!];
        [permutation![k], permutation![pivot]] = [permutation![pivot] as number, permutation![k] as number];
        for (let i = k + 1; i < m; i++) {
          if (x[k * n + k] !== 0) x[i * n + k]! /= x[k * n + k]!;
          for (let j = k + 1; j < n; j++) x[i * n + j]! -= x[i * n + k]! * x[k * n + j]!;
        }
      }
      return 0;
    },
  },
});

/** A NaN counts as the largest. */
const isLarger = (a: number, b: number): boolean => Math.abs(a) > Math.abs(b) || (Number.isNaN(a) && !Number.isNaN(b));
