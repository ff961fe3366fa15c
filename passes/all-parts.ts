// The parts for any graph, for tests and the command. Nothing that a page loads may import this file.

import { mathTable } from "../ir/kernel/math/table.ts";
import type { TargetDescription } from "../ir/target.ts";
import { control } from "./control/index.ts";
import { effectsOf } from "./effects/index.ts";
import { fitTo } from "./fit/index.ts";
import { tileNest } from "./kernel/tile-nest.ts";
import type { KernelParts } from "./pipeline.ts";
import type { RareParts } from "./rare-parts.ts";
import { routines } from "./routines/index.ts";
import * as overlaps from "./windows/lower-overlap.ts";

export const allKernelParts: KernelParts = { math: mathTable, tileNest };

export function allParts(target: TargetDescription): RareParts {
  return { control, effectsOf, routines, overlaps, fit: fitTo(target) };
}
