// The ops on sparse matrices that call routines. Importing this file registers them. Those on compressed rows are the three derivatives of one form, the sum of
// v[k] x[row of k] y[column of k] over stored elements k, by v, x and y: each needs the others for its gradient.

import type { OpDefinition } from "../../op.ts";
import { registerOp } from "../../table.ts";
import { cooMatvec } from "./coo-matvec.ts";
import { csrMatmul } from "./csr-matmul.ts";
import { csrMatmulTransposed } from "./csr-matmul-transposed.ts";
import { csrSampledMatmul } from "./csr-sampled-matmul.ts";

export const sparseOps: readonly OpDefinition[] = [csrMatmul, csrMatmulTransposed, csrSampledMatmul, cooMatvec].map((op) => registerOp(op as OpDefinition));
