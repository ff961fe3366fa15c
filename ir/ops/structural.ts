// The ops that move, select, reduce and contract elements, by family.

import type { OpDefinition } from "../op.ts";
import { contractionOps } from "./contraction.ts";
import { indexingOps } from "./indexing.ts";
import { movementOps } from "./movement.ts";
import { reductionOps } from "./reduction.ts";
import { slicingOps } from "./slicing.ts";

export const structuralOps: readonly OpDefinition[] = [
  ...movementOps, ...slicingOps, ...indexingOps, ...reductionOps, ...contractionOps,
];
