// Every math function in every float dtype.

import { commonMath } from "./common-table.ts";
import type { MathTable } from "./forms.ts";
import { specialMath } from "./special-table.ts";

export const mathTable: Required<MathTable> = { ...commonMath, ...specialMath };
