// Conversion of one value between dtypes: floats to integers truncate and saturate (NaN gives 0), integers wrap,
// anything to bool is != 0, integers to floats round once, to nearest even.

import { roundToHalf } from "../half.ts";
import { type DType, intRange, isFloat } from "../types.ts";
import { bigintToF32 } from "./rounding.ts";

/** The value as an element of `to`; bigint exactly for i64. */
export function convertElement(value: number | bigint, from: DType, to: DType): number | bigint {
  if (to === "bool") return Number(value) !== 0 ? 1 : 0;
  if (isFloat(to)) {
    if (typeof value === "bigint") return to === "f32" ? bigintToF32(value) : Number(value);
    return to === "f32" ? Math.fround(value) : to === "f16" ? roundToHalf(value) : value;
  }
  const exact = isFloat(from) ? saturate(Number(value), intRange[to]) : BigInt(value);
  if (to === "i64") return BigInt.asIntN(64, exact);
  const [low, high] = intRange[to];
  const width = (high - low + 1n).toString(2).length - 1;
  return Number(low < 0n ? BigInt.asIntN(width, exact) : BigInt.asUintN(width, exact));
}

function saturate(value: number, [low, high]: readonly [bigint, bigint]): bigint {
  if (Number.isNaN(value)) return 0n;
  if (value <= Number(low)) return low;
  if (value >= Number(high)) return high;
  return BigInt(Math.trunc(value));
}
