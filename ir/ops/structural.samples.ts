// Documentation and samples of all operations that move, select, reduce and contract elements.

import { contractionDocs, contractionSamples } from "./contraction.samples.ts";
import { indexingDocs, indexingSamples } from "./indexing.samples.ts";
import { movementDocs, movementSamples } from "./movement.samples.ts";
import { reductionDocs, reductionSamples } from "./reduction.samples.ts";
import type { Sample } from "./sample.ts";

/** One sentence or two per op. */
export const structuralDocs: Readonly<Record<string, string>> = {
  ...movementDocs, ...indexingDocs, ...reductionDocs, ...contractionDocs,
};

export const structuralSamples: readonly Sample[] = [
  ...movementSamples, ...indexingSamples, ...reductionSamples, ...contractionSamples,
];
