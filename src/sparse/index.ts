// `damo/sparse`: sparse matrices in compressed rows and by coordinates. `import * as sparse from "damo/sparse"`, then
// `sparse.matmul(a, x)`.

export { add, coo, cooInput, csr, csrInput, divide, fromDense, matmul, multiply, sampledMatmul, sum, toCoo, toCsr, toDense, transpose, withValues } from "./functions.ts";
export type { HostArrays } from "./functions.ts";
export type { FromDenseOptions, SparseInput, SparseInputOptions } from "./make.ts";
export type { CooParts, CsrParts, Sparse } from "./sparse.ts";
