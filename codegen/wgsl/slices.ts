// A long sum is shared out among workgroups in slices. How many there are follows from its length by one rule, whether the length is known when a shader is emitted or when it runs, and not from how
// many workgroups are dispatched: so does the order of sums.

export interface SliceRule {
  /** Slices at the most. */
  readonly most: number;
  /** So much of the length is worth a slice. */
  readonly worth: number;
}

/** Fewer are not worth a second launch. */
const fewest = 4;

/** 1: the sum is not shared out. */
export function countSlices({ most, worth }: SliceRule, length: number): number {
  const slices = Math.min(most, Math.ceil(length / worth));
  return slices < fewest ? 1 : slices;
}

/** Statements that define `slices` from a length, an expression of i32 or, with the suffix u, u32. */
export function defineSliceCount({ most, worth }: SliceRule, length: string, suffix: "" | "u" = ""): readonly string[] {
  const number = (value: number): string => `${value}${suffix}`;
  return [
    `let worthwhile = (${length} + ${number(worth - 1)}) / ${number(worth)};`,
    `let slices = select(min(worthwhile, ${number(most)}), ${number(1)}, worthwhile < ${number(fewest)});`,
  ];
}
