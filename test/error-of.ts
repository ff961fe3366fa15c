// What a mistake is answered with.

import { DamoError } from "damo";

/** The error of a call that must fail with one of ours. */
export function errorOf(run: () => unknown): DamoError {
  const error = failureOf(run);
  if (error === undefined) throw new Error("nothing was thrown");
  return error;
}

/** Its code; `none` where nothing is thrown. */
export function codeOf(run: () => unknown): string {
  return failureOf(run)?.code ?? "none";
}

/** Its message; `none` where nothing is thrown. */
export function messageOf(run: () => unknown): string {
  return failureOf(run)?.message ?? "none";
}

function failureOf(run: () => unknown): DamoError | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof DamoError) return error;
    throw error;
  }
}
