// What a mistake is answered with.

import { DamoError } from "damo";

/** The error of a call that must fail with one of ours. */
export function errorOf(run: () => unknown): DamoError {
  try {
    run();
  } catch (error) {
    if (error instanceof DamoError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

/** Its message; `none` where nothing is thrown. */
export function messageOf(run: () => unknown): string {
  try {
    run();
    return "none";
  } catch (error) {
    if (error instanceof DamoError) return error.message;
    throw error;
  }
}
