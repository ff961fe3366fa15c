// How many workgroups share out the loops of a place. It follows from the loops' lengths alone, whether they are known when a shader is emitted or when it runs,
// and not from how many workgroups are dispatched: so does the order of sums.

import { oneWorkgroup, type WorkgroupCount } from "../shader.ts";
import type { Product } from "./grid.ts";

export interface Slices {
  /** So many, or at most so many where there are lengths. */
  readonly most: number;
  /** Of the loops, each once, where not all are known before they run: the longest decides. */
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
  if (longest === undefined && lengths.every((length) => length !== undefined)) return { most, lengths: [...new Map(lengths.map((length) => [textOf(length), length])).values()], worth };
  const slices = Math.min(most, Math.ceil((longest ?? Infinity) / worth));
  return slices < fewest ? oneSlice : { ...oneSlice, most: slices };
}

/** Statements that define `slices`. */
export function defineSlices({ most, lengths, worth }: Slices): string[] {
  if (lengths.length === 0) return [`let slices = ${most}u;`];
  const longest = lengths.map(textOf).reduce((a, b) => `max(${a}, ${b})`);
  return [`let worthwhile = (${longest} + ${worth - 1}u) / ${worth}u;`, `let slices = select(min(worthwhile, ${most}u), 1u, worthwhile < ${fewest}u);`];
}

function textOf({ times, words }: Product): string {
  return [...words.map((word) => `u32(sizes.s${word})`), ...(times === 1 && words.length > 0 ? [] : [`${times}u`])].join(" * ");
}

/** Enough workgroups for the slices: where one of several lengths is the longest, for as many as there may be. */
export function dispatchSlices({ most, lengths: [length, ...others], worth }: Slices): WorkgroupCount {
  return length === undefined || others.length > 0 ? { ...oneWorkgroup, times: most } : { ...length, per: worth, most };
}
