// Loops that only stack, or only carry.

import { scan, type ScanOptions } from "./scan.ts";
import type { Lead, Like, Slices, Stacks, Traced, Tree } from "./types.ts";

// The types of scan's callers are theirs to check.
const loop = scan as unknown as (f: (carry: unknown, x: unknown) => readonly [unknown, unknown], init: unknown, xs: unknown, options?: ScanOptions) => [unknown, unknown];

/** What `f` gives for each slice of `xs`, stacked. */
export function map<const X extends Tree, const Y>(f: (x: Slices<X>) => Y, xs: X): Stacks<Y, Lead<X>> {
  return loop((_, x) => [[], f(x as never)], [], xs)[1] as never;
}

/** `f` applied to the value so far and each slice in turn, from the first. */
export function foldl<const C extends Tree, const X extends Tree>(f: (carry: Traced<C>, x: Slices<X>) => Like<NoInfer<C>>, init: C, xs: X, options: ScanOptions = {}): Traced<C> {
  return loop((carry, x) => [f(carry as never, x as never), null], init, xs, options)[0] as never;
}

/** The same from the last slice to the first. */
export function foldr<const C extends Tree, const X extends Tree>(f: (carry: Traced<C>, x: Slices<X>) => Like<NoInfer<C>>, init: C, xs: X, options: ScanOptions = {}): Traced<C> {
  return loop((carry, x) => [f(carry as never, x as never), null], init, xs, { ...options, reverse: true })[0] as never;
}

/** Theano's other name for foldl. */
export const reduce = foldl;
