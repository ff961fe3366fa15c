// How many workgroups share out the loops of a place. It follows from the loops' lengths alone, whether they are known when a shader is emitted or when it runs,
// and not from how many workgroups are dispatched: so does the order of sums.

import { oneWorkgroup, type WorkgroupCount } from "../shader.ts";
import type { Product } from "./grid.ts";

export interface Slices {
  /** So many, or at most so many where there are lengths. */
  readonly most: number;
  /** Of the loops, where not all are known before they run: the longest decides. */
  readonly lengths: readonly Product[];
  /** Iterations that are worth a slice. */
  readonly worth: number;
}

export const oneSlice: Slices = { most: 1, lengths: [], worth: 1 };

/** Fewer are not worth a second launch. */
const fewest = 4;

/** `longest`: undefined where it is known when it runs, then from `lengths`, or not even then: those are one of a loop that is taken for endless. */
export function sliceLoops(most: number, worth: number, longest: number | undefined, lengths: readonly (Product | undefined)[]): Slices {
  if (most < fewest) return oneSlice;
  if (longest === undefined && lengths.every((length) => length !== undefined)) return { most, lengths, worth };
  const slices = Math.min(most, Math.ceil((longest ?? Infinity) / worth));
  return slices < fewest ? oneSlice : { ...oneSlice, most: slices };
}

/** Statements that define `slices`. */
export function defineSlices({ most, lengths, worth }: Slices): string[] {
  if (lengths.length === 0) return [`let slices = ${most}u;`];
  const texts = new Set(lengths.map(({ times, words }) => [...words.map((word) => `u32(sizes.s${word})`), ...(times === 1 && words.length > 0 ? [] : [`${times}u`])].join(" * ")));
  const longest = [...texts].reduce((a, b) => `max(${a}, ${b})`);
  return [`let worthwhile = (${longest} + ${worth - 1}u) / ${worth}u;`, `let slices = select(min(worthwhile, ${most}u), 1u, worthwhile < ${fewest}u);`];
}

/** Enough for the slices of a loop of this length; a workgroup goes on in strides where there are more. */
export function dispatchSlices({ most, lengths, worth }: Slices, length: Product | undefined): WorkgroupCount {
  return lengths.length === 0 || length === undefined ? { ...oneWorkgroup, times: most } : { ...length, per: worth, most };
}
