// Math functions by need, for compilers that a page loads: the rare ones are fetched when a kernel first asks for one.

import type { MathOp } from "../scalar.ts";
import { basicMath } from "./basic-table.ts";
import type { MathTable } from "./forms.ts";

/** A table that has the functions. */
export async function loadMath(ops: ReadonlySet<MathOp>): Promise<MathTable> {
  return [...ops].every((op) => op in basicMath) ? basicMath : { ...basicMath, ...(await import("./special-table.ts")).specialMath };
}
