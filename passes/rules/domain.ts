// Claims that rules share.

import type { Claim } from "../../ir/rewrite.ts";
import { isFloat, isInt, type TensorType } from "../../ir/types.ts";

export const bits: Claim = { kind: "bits" };

/** Equal real functions for all finite values. */
export const reals: Claim = { kind: "reals", domain: {} };

export const positive: readonly [number, number] = [1e-6, 1e6];

export function ofFloat({ dtype }: TensorType): boolean {
  return isFloat(dtype);
}

export function ofInt({ dtype }: TensorType): boolean {
  return isInt(dtype);
}

