// The variant of the code that was asked for, where the engine can run it. What asks the engine loads when something was.

import type { CodeVariant } from "../../codegen/wasm/index.ts";
import type { SourceLocation } from "../../ir/node.ts";

/** Whether V8 joins vectors by now: it does in all that it compiles from then on, so every later model is made for it. Code that is
 *  not may even end the process (codegen/wasm/kernel/index.ts). */
let joined = false;

/** The variant for these options. E410, at the user's line, where relaxed code cannot run; a warning, and narrow code, where wide code would be slow. */
export async function chooseCode(relaxed: boolean, wide: boolean, location: SourceLocation): Promise<CodeVariant> {
  if (relaxed || (wide && !joined)) {
    const { joinVectors, requireRelaxedSimd } = await import("./ask-engine.ts");
    if (relaxed) requireRelaxedSimd(location);
    if (wide && !joined) joined = joinVectors();
  }
  return { relaxed, wide: joined };
}
