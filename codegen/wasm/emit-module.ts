// Modules with every emitter at hand, for tests and the command. Nothing that a page loads may import this file.

import type { MemoryPlan } from "../../ir/program/plan.ts";
import type { ProgramModule } from "../../ir/program/program.ts";
import { callsOf } from "../../ir/program/walk.ts";
import { declareConvolution } from "./conv/convolution.ts";
import { type EmitOptions, emitModuleWith } from "./module/index.ts";
import * as log from "./module/log.ts";
import { emitRepeat } from "./module/repeat.ts";
import * as threads from "./module/threads.ts";
import { routinesOf } from "./runtime/all-routines.ts";

/** As `emitModuleWith`, for any programs. */
export function emitModule(programs: ProgramModule, plans: readonly MemoryPlan[], options: EmitOptions = {}): Uint8Array<ArrayBuffer> {
  return emitModuleWith({ declareConvolution, emitRepeat, log, threads, routines: routinesOf(callsOf(programs)) }, programs, plans, options);
}
