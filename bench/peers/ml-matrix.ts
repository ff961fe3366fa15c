// ml-matrix: plain JavaScript, always in f64.

import { CholeskyDecomposition, EigenvalueDecomposition, LuDecomposition, Matrix, QrDecomposition, SingularValueDecomposition } from "ml-matrix";
import type { Engine } from "../engine.ts";
import { type LinearAlgebra, linearAlgebraInputs } from "../task.ts";

const work: { readonly [op in LinearAlgebra["op"]]: (a: Matrix, b: Matrix) => readonly number[] } = {
  cholesky: (a) => new CholeskyDecomposition(a).lowerTriangularMatrix.to1DArray(),
  solve: (a, b) => new LuDecomposition(a).solve(b).to1DArray(),
  qr(a) {
    const { orthogonalMatrix, upperTriangularMatrix } = new QrDecomposition(a);
    void orthogonalMatrix;
    return upperTriangularMatrix.to1DArray().map(Math.abs);
  },
  svd: (a) => new SingularValueDecomposition(a).diagonal,
  eigh: (a) => new EigenvalueDecomposition(a, { assumeSymmetric: true }).realEigenvalues,
};

export const engine: Engine = {
  "linear algebra": (task) => {
    const { a, b } = linearAlgebraInputs(task);
    const [matrix, right] = [Matrix.from1DArray(task.size, task.size, a.data), Matrix.from1DArray(task.size, 1, b.data)];
    const run = (): readonly number[] => work[task.op](matrix, right);
    return { run: () => void run(), result: run };
  },
};
