// The forms in which a math function stands in a table: one for each float dtype.

import type { FloatDType } from "../../types.ts";
import type { MathOp } from "../scalar.ts";
import type { Num } from "./number.ts";

export type Expansion = (x: Num, y: Num) => Num;

type Forms = { readonly [D in FloatDType]: Expansion };

/** Functions that are at hand; those that a kernel does not need may be missing. */
export type MathTable = { readonly [K in MathOp]?: Forms };

/** One form for both dtypes. */
export const both = (expansion: Expansion): Forms => ({ f32: expansion, f64: expansion });

/** f32 in f64 arithmetic, rounded at the end: where a form of its own is not worth it. */
export const through64 = (expansion: Expansion): Forms => ({
  f32: (x, y) => expansion(x.convert("f64"), y.convert("f64")).convert("f32"),
  f64: expansion,
});
