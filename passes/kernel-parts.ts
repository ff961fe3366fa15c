// What few kernels need of the passes: it loads on demand, when programs with such kernels are there.

import { loadMath } from "../ir/kernel/math/load-math.ts";
import { kernelsOf } from "../ir/program/kernels.ts";
import type { TargetDescription } from "../ir/target.ts";
import { needsTiles } from "./kernel/tile.ts";
import { type KernelParts, mathOf, type Scheduled } from "./pipeline.ts";

export async function loadKernelParts(scheduled: Scheduled, target: TargetDescription): Promise<KernelParts> {
  const transposes = target.inBlocks && scheduled.programs.some((program) => kernelsOf(program).some(needsTiles));
  return { math: await loadMath(mathOf(scheduled), target), tileNest: transposes ? (await import("./kernel/tile-nest.ts")).tileNest : undefined };
}
