// Every op but those of routines: imported, with all of them registered, by what must know them all, like the text form and the docs.

import { cond } from "./ops/cond.ts";
import { convolutionOps } from "./ops/convolution.ts";
import { customGradient } from "./ops/custom-gradient.ts";
import { dynamicOps } from "./ops/dynamic-slicing.ts";
import { effectOps } from "./ops/effect.ts";
import { reduceWindowOps } from "./ops/reduce-window.ts";
import { scan } from "./ops/scan.ts";
import { windowOps } from "./ops/window.ts";
import type { CoreOpName } from "./table.ts";

/** Those that the table lacks until something imports them. */
export const registeredOps = [...dynamicOps, ...windowOps, ...reduceWindowOps, ...convolutionOps, ...effectOps, scan, cond, customGradient] as const;

/** For tables that must have an entry for each op. */
export type OpName = CoreOpName | (typeof registeredOps)[number]["name"];
