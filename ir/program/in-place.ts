// Whether a statement may write its result over something that it reads.

import { canUpdateInPlace } from "../kernel/in-place.ts";
import { convolveOperands } from "./access.ts";
import type { BufferId, Launch, Statement } from "./program.ts";

/** True if the statement reads every element of `read` only to make the same element of `written`, before it writes that. */
export function canOverwrite(statement: Statement, written: BufferId, read: BufferId): boolean {
  switch (statement.kind) {
    case "launch": return launchInPlace(statement, written, read);
    case "copy": return statement.from === read && statement.to === written;
    case "contract":
      return statement.epilogue !== undefined && statement.a.buffer !== read && statement.b.buffer !== read
        && launchInPlace(statement.epilogue, written, read);
    case "convolve":
      return statement.epilogue !== undefined && !convolveOperands(statement).read.includes(read) && launchInPlace(statement.epilogue, written, read);
    case "call": {
      const [result, operand] = [statement.results, statement.operands].map((parts, i) => parts.findIndex(({ buffer }) => buffer === [written, read][i]));
      return statement.operands.filter(({ buffer }) => buffer === read).length === 1
        && (statement.routine.inPlace ?? []).some(([from, to]) => from === operand && to === result);
    }
    case "check": case "log": case "repeat": case "if": return false;
  }
}

function launchInPlace(launch: Launch, written: BufferId, read: BufferId): boolean {
  const [output, input] = [launch.buffers.indexOf(written), launch.buffers.indexOf(read)];
  return output >= 0 && input >= 0 && canUpdateInPlace(launch.kernel, input, output);
}
