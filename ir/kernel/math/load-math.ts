// Math functions by need, for compilers that a page loads: the rare ones are fetched when a kernel first asks for one.

import type { TargetDescription } from "../../target.ts";
import type { MathOp } from "../scalar.ts";
import { basicMath } from "./basic-table.ts";
import type { MathTable } from "./forms.ts";

/** A table that has the functions, in forms that the target can compute. */
export async function loadMath(ops: ReadonlySet<MathOp>, { dtypes }: TargetDescription): Promise<MathTable> {
  if (!dtypes.includes("f64")) return (await import("./single-table.ts")).singleMath;
  return [...ops].every((op) => op in basicMath) ? basicMath : { ...basicMath, ...(await import("./special-table.ts")).specialMath };
}
