// The ops that move, select, reduce and contract elements, by family.

import { contractionOps } from "./contraction.ts";
import { convolutionOps } from "./convolution.ts";
import { cumulativeOps } from "./cumulative.ts";
import { dynamicOps } from "./dynamic-slicing.ts";
import { indexingOps } from "./indexing.ts";
import { movementOps } from "./movement.ts";
import { reduceWindowOps } from "./reduce-window.ts";
import { reductionOps } from "./reduction.ts";
import { slicingOps } from "./slicing.ts";
import { windowOps } from "./window.ts";

export const structuralOps = [
  ...movementOps, ...slicingOps, ...dynamicOps, ...indexingOps, ...reductionOps, ...cumulativeOps,
  ...contractionOps, ...windowOps, ...reduceWindowOps, ...convolutionOps,
] as const;
