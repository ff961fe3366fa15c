// What linalg.py wrote.
import { readFixtureFile } from "../read-fixture.ts";

export interface Entry {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface Fixtures {
  readonly values: readonly { readonly matrix: string; readonly a: Entry; readonly results: { readonly [name: string]: readonly number[] } }[];
  readonly systems: readonly { readonly name: string; readonly a: Entry; readonly b: Entry; readonly x: Entry; readonly condition: number }[];
  readonly squares: readonly { readonly name: string; readonly a: Entry; readonly b: Entry; readonly x: Entry }[];
  readonly gradients: readonly { readonly name: string; readonly a: Entry; readonly weights: readonly Entry[]; readonly gradient: readonly number[] }[];
  readonly composed: { readonly a: Entry; readonly b: Entry; readonly trace: number; readonly trace1: number } & { readonly [K in "kron" | "blockDiag" | "cross"]: readonly number[] };
}

export const fixtures = readFixtureFile(new URL("fixtures/linalg.json", import.meta.url)) as Fixtures;

export const toValue = ({ shape, data }: Entry): { readonly shape: number[]; readonly data: Float64Array } => ({ shape: [...shape], data: Float64Array.from(data) });

/** The largest error, relative to the largest expected magnitude. */
export function relativeError(actual: ArrayLike<number | bigint>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let [error, size] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    size = Math.max(size, Math.abs(expected[i]!));
    const own = Math.abs(Number(actual[i]) - expected[i]!);
    if (!(own <= error)) error = own;
  }
  return size === 0 ? error : error / size;
}
