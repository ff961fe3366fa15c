// Fast math: functions that WGSL has are left as they are and become its built-in functions, as accurate as the adapter makes them, and
// without promises for NaN, infinities and large arguments. The others are expanded as ever.

import type { Expansion, MathTable } from "../../../ir/kernel/math/forms.ts";
import { Num } from "../../../ir/kernel/math/number.ts";
import { singleMath } from "../../../ir/kernel/math/single-table.ts";
import type { MathOp } from "../../../ir/kernel/scalar.ts";
import { builtInMath } from "./built-in-math.ts";

const unexpanded = (op: MathOp): Expansion => (x, y) =>
  new Num(x.kernel, op === "pow" || op === "atan2" ? x.kernel.op(op, x.id, y.id) : x.kernel.op(op, x.id));

/** The table to expand kernels with, in place of `singleMath`. */
export const fastMath: MathTable = {
  ...singleMath,
  ...Object.fromEntries((Object.keys(builtInMath) as MathOp[]).map((op) => [op, { ...singleMath[op], f32: unexpanded(op) }])),
};
