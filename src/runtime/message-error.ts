// The errors that compiled code reports by number, from the texts of its signature.

import { DamoError, type ErrorCode, fillMessage, InternalError } from "../../ir/errors.ts";

/** The error whose text is `E601 op: message, file:12`, with the detail words in their places. */
export function errorOfMessage(text: string | undefined, details: ArrayLike<number>): Error {
  const match = /^(E\d{3}) (?:(\w+): )?(.*?)(?:, ([^\s,]+:\d+))?$/s.exec(fillMessage(text ?? "", details));
  if (match === null) return new InternalError(`the compiled code reported an error that it has no message for: ${text}`);
  const [, code, op, message, where] = match;
  return new DamoError(code as ErrorCode, { op, message: message!, location: where === undefined ? undefined : { describe: () => where } });
}
