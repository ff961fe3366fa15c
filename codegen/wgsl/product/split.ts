// A long sum of few outputs is shared out along k: workgroups take slices of it, each of which leaves its sums in a workspace, and a second shader (add-slices.ts) adds up the
// slices of each element. How many there are follows from k by the rule of all long sums (../slices.ts).

import { ceilDivDims, type Dim, maxDims, minDims, mulDims } from "../../../ir/size.ts";
import { countSlices, defineSliceCount, type SliceRule } from "../slices.ts";

export interface Split extends SliceRule {
  /** Slices begin at multiples of so much. */
  readonly step: number;
  /** Of c, all of the batch. */
  readonly elements: number;
}

/** What the workgroups of an undivided multiplication are. */
export interface Workgroups {
  readonly count: number;
  readonly threads: number;
  /** Along k, at a time. */
  readonly step: number;
}

/** So many invocations keep a large GPU busy, in so many workgroups at the most. */
const fill = { invocations: 32_768, workgroups: 256 };
/** Steps of a workgroup that are worth a slice. */
const stepsOfSlice = 8;

/** `k`: as it is, or about what it will be. Undefined: one workgroup sums up the whole of k. */
export function chooseSplit(elements: number, k: number, { count, threads, step }: Workgroups): Split | undefined {
  if (count === 0) return undefined;
  const worth = stepsOfSlice * step;
  const most = Math.floor(Math.min(fill.workgroups, fill.invocations / threads / count));
  return countSlices({ most, worth }, k) > 1 ? { most, worth, step, elements } : undefined;
}

/** Statements that define how many slices there are, and how long they are. */
export function defineSlices(split: Split): string {
  const { step } = split;
  return `${defineSliceCount(split, "k").join(" ")} let length = (k + slices * ${step} - 1) / (slices * ${step}) * ${step};`;
}

/** Of the workspace, which holds f32. */
export function workspaceElements({ most, worth, elements }: Split, k: Dim): Dim {
  return mulDims(elements, maxDims(1, minDims(most, ceilDivDims(k, worth))));
}
