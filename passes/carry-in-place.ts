// Carried values that can be updated in place need one room instead of two: where nothing in the body reads the present
// value after the first write of the next. Runs on finished kernels, whose loads and stores stand as they will run.

import { accessOf } from "../ir/program/access.ts";
import { canOverwrite } from "../ir/program/in-place.ts";
import type { Buffer, BufferId, Program, Statement } from "../ir/program/program.ts";

export function carryInPlace(program: Program): Program {
  const body = settle(program.body, program.buffers);
  return body === program.body ? program : { ...program, body };
}

/** The same list if nothing changed. */
function settle(body: readonly Statement[], buffers: readonly Buffer[]): readonly Statement[] {
  const settled = body.map((statement): Statement => {
    switch (statement.kind) {
      case "if": return { ...statement, then: settle(statement.then, buffers), otherwise: settle(statement.otherwise, buffers) };
      case "repeat": {
        const inner = settle(statement.body, buffers);
        return {
          ...statement, body: inner,
          carried: statement.carried.map((carried) =>
            (carried.rooms.length > 1 && canStay(inner, carried.next, carried.current, buffers) ? { ...carried, rooms: carried.rooms.slice(0, 1) } : carried)),
        };
      }
      default: return statement;
    }
  });
  return settled.some((statement, i) => statement !== body[i]) ? settled : body;
}

function canStay(statements: readonly Statement[], next: BufferId, current: BufferId, buffers: readonly Buffer[]): boolean {
  const accesses = statements.map((statement) => accessOf(statement, buffers));
  const first = accesses.findIndex(({ writes }) => writes.has(next));
  return accesses.every(({ reads }, at) => !reads.has(current) || at < first || (at === first && canOverwrite(statements[at]!, next, current)));
}
