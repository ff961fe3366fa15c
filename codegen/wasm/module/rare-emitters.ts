// Emitters that few programs need, handed in so that a page may leave them out (docs/adr/0012).

import type { declareConvolution } from "../conv/convolution.ts";
import type { CodeVariant } from "../code-variant.ts";
import type { ModuleBuilder } from "../encode/index.ts";
import type { RoutineEmitter } from "../runtime/emit-call.ts";
import type * as log from "./log.ts";
import type { emitRepeat } from "./repeat.ts";
import type { declareThreads, exportThreads } from "./threads.ts";

export interface RareEmitters {
  /** For programs with `convolve` statements. */
  readonly declareConvolution?: typeof declareConvolution;
  /** For programs that call routines: what emits the calls into a module. */
  readonly routines?: (module: ModuleBuilder, code: CodeVariant) => RoutineEmitter;
  /** For modules whose programs print. */
  readonly log?: typeof log;
  /** For programs with loops. */
  readonly emitRepeat?: typeof emitRepeat;
  /** For programs that several threads share. */
  readonly threads?: { readonly declareThreads: typeof declareThreads; readonly exportThreads: typeof exportThreads };
}
