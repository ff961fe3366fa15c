// What calls of routines become.

import type { RoutineParts } from "../schedule/program-parts.ts";
import { checksOf } from "./checks.ts";
import { lowerRoutine } from "./lower-routine.ts";

export const routines: RoutineParts = { lower: lowerRoutine, checksOf };
