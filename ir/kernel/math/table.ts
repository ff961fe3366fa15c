// Every math function in every float dtype.

import { basicMath } from "./basic-table.ts";
import type { MathTable } from "./forms.ts";
import { specialMath } from "./special-table.ts";

export const mathTable: Required<MathTable> = { ...basicMath, ...specialMath };
