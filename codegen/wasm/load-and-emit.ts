// Modules by need, for compilers that a page loads: emitters that few programs use are fetched when one has such a statement.

import type { MemoryPlan } from "../../ir/program/plan.ts";
import type { ProgramModule } from "../../ir/program/program.ts";
import { usesThreads } from "../../ir/program/share.ts";
import { callsOf, statementsOf } from "../../ir/program/walk.ts";
import { type EmitOptions, emitModuleWith } from "./module/index.ts";

/** As `emitModule`. */
export async function loadAndEmit(programs: ProgramModule, plans: readonly MemoryPlan[], options: EmitOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
  const kinds = new Set(programs.programs.flatMap(({ body }) => statementsOf(body).map(({ kind }) => kind)));
  const calls = callsOf(programs);
  return emitModuleWith({
    ...(kinds.has("convolve") ? { declareConvolution: (await import("./conv/convolution.ts")).declareConvolution } : {}),
    ...(kinds.has("repeat") ? { emitRepeat: (await import("./module/repeat.ts")).emitRepeat } : {}),
    ...(programs.prints === undefined ? {} : { log: await import("./module/log.ts") }),
    ...(calls.length > 0 ? { routines: await (await import("./runtime/load-routines.ts")).loadRoutines(calls) } : {}),
    ...(usesThreads(programs) ? { threads: await import("./module/threads.ts") } : {}),
  }, programs, plans, options);
}
