// How many workgroups share out the loops of a place, by the rule of all long sums (../slices.ts).

import { oneWorkgroup, type WorkgroupCount } from "../shader.ts";
import { countSlices, defineSliceCount, type SliceRule } from "../slices.ts";
import type { Product } from "./grid.ts";

/** `most`: so many, or at most so many where there are lengths. */
export interface Slices extends SliceRule {
  /** Of the loops, each once, where not all are known before they run: the longest decides. */
  readonly lengths: readonly Product[];
}

export const oneSlice: Slices = { most: 1, lengths: [], worth: 1 };

/** `longest`: undefined where it is known when it runs, then from `lengths`, or not even then: those are one of a loop that is taken for endless. */
export function sliceLoops(most: number, worth: number, longest: number | undefined, lengths: readonly (Product | undefined)[]): Slices {
  const slices = countSlices({ most, worth }, longest ?? Infinity);
  if (slices === 1) return oneSlice;
  if (longest === undefined && lengths.every((length) => length !== undefined)) return { most, lengths: [...new Map(lengths.map((length) => [textOf(length), length])).values()], worth };
  return { ...oneSlice, most: slices };
}

/** Statements that define `slices`. */
export function defineSlices(slices: Slices): readonly string[] {
  const { most, lengths } = slices;
  return lengths.length === 0 ? [`let slices = ${most}u;`] : defineSliceCount(slices, lengths.map(textOf).reduce((a, b) => `max(${a}, ${b})`), "u");
}

function textOf({ times, words }: Product): string {
  return [...words.map((word) => `u32(sizes.s${word})`), ...(times === 1 && words.length > 0 ? [] : [`${times}u`])].join(" * ");
}

/** Enough workgroups for the slices: where one of several lengths is the longest, for as many as there may be. */
export function dispatchSlices({ most, lengths: [length, ...others], worth }: Slices): WorkgroupCount {
  return length === undefined || others.length > 0 ? { ...oneWorkgroup, times: most } : { ...length, per: worth, most };
}
