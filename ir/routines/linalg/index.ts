// The ops of linear algebra that call routines. Importing this file registers them.

import type { OpDefinition } from "../../op.ts";
import { registerOp } from "../../table.ts";
import { cholesky } from "./cholesky.ts";
import { choleskyUpdate } from "./cholesky-update.ts";
import { eig, eigvals } from "./eig.ts";
import { eigh } from "./eigh.ts";
import { expm } from "./expm.ts";
import { lu } from "./lu.ts";
import { qr } from "./qr.ts";
import { svd } from "./svd.ts";
import { triangularSolve } from "./triangular-solve.ts";

// Cholesky's, of which random numbers make use, register themselves.
export const linalgOps: readonly OpDefinition[] = [cholesky, triangularSolve, ...[choleskyUpdate, lu, qr, eigh, svd, eig, eigvals, expm].map((op) => registerOp(op as OpDefinition))];
