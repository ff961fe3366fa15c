// `damo/linalg`: factorizations of matrices and what is made of them. `import * as linalg from "damo/linalg"`, then
// `linalg.solve(a, b)`. What is imported from `damo` loads none of it.

import { linearAlgebraRules } from "../../passes/rules/linear-algebra.ts";
import { addStabilizingRules } from "../../passes/stabilize.ts";

addStabilizingRules(linearAlgebraRules);

export {
  blockDiag, cholesky, choleskySolve, choleskyUpdate, cond, cross, det, diag, eig, eigh, eigvals, eigvalsh, expm, inv, kron, logdet, lstsq, lu, luFactor, matrixNorm,
  matrixPower, matrixRank, pinv, qr, slogdet, solve, svd, svdvals, trace, triangularSolve,
} from "./functions.ts";
export type * from "./functions.ts";
