// What a user's function of a description does, or says, that it must not: an error that names the operation and the function.

import { DamoError, describeError, InternalError, userError } from "../../ir/errors.ts";

/** What the user's function `what` gives. E213 if it throws; an error that names no operation is one of `name`. */
export function ofUser<T>(name: string, what: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof InternalError) throw error;
    if (!(error instanceof DamoError)) throw userError("E213", { op: name, message: `${what} throws: ${describeError(error)}`, cause: error });
    throw error.op === undefined ? new DamoError(error.code, { ...error.detail, op: name, message: `${what}: ${error.detail.message}` }) : error;
  }
}
