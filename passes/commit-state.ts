// Writes new state straight into the state's storage where nobody can notice: no later statement reads the old value or
// may still fail, and the kernel that makes it reads the old one only element by element. What stays is a copy at the end.

import { canUpdateInPlace } from "../ir/kernel/in-place.ts";
import { accessOf, replaceBuffers } from "../ir/program/access.ts";
import type { BufferId, Launch, Program, Statement } from "../ir/program/program.ts";

export function commitState(program: Program): Program {
  let { body } = program;
  const settled = new Set<number>();
  // From the end, so that a copy that has gone is no reader of anything any more.
  for (let i = body.length - 1; i >= 0; i--) {
    const statement = body[i]!;
    if (statement.kind !== "copy" || program.buffers[statement.to]!.role.kind !== "state" || settled.has(statement.to)) continue;
    settled.add(statement.to);
    if (program.buffers[statement.from]!.role.kind !== "scratch" || !canWriteDirectly(body, i, statement.from, statement.to)) continue;
    const { from, to } = statement;
    body = body.filter((_, at) => at !== i)
      .map((other) => replaceBuffers(other, (buffer) => (buffer === from ? to : buffer)))
      .filter((other) => other.kind !== "copy" || other.from !== other.to);
  }
  return body === program.body ? program : { ...program, body };
}

function canWriteDirectly(body: readonly Statement[], copy: number, value: BufferId, state: BufferId): boolean {
  const first = body.findIndex((statement) => accessOf(statement).writes.has(value));
  for (let i = first + 1; i < body.length; i++) {
    if (body[i]!.kind === "check") return false;
    if (i === copy) continue;
    const { reads, writes } = accessOf(body[i]!);
    if (reads.has(state) || writes.has(state)) return false;
  }
  return writesElementwise(body[first]!, value, state);
}

/** Whether the statement that makes `value` reads `state` only at the element it writes. */
function writesElementwise(statement: Statement, value: BufferId, state: BufferId): boolean {
  if (!accessOf(statement).reads.has(state)) return true;
  const launch = statement.kind === "contract" ? statement.epilogue : statement;
  if (launch?.kind === "copy") return launch.from === state;
  if (launch?.kind !== "launch") return false;
  if (statement.kind === "contract" && (statement.a.buffer === state || statement.b.buffer === state)) return false;
  return launchInPlace(launch, value, state);
}

export function launchInPlace(launch: Launch, written: BufferId, read: BufferId): boolean {
  const [output, input] = [launch.buffers.indexOf(written), launch.buffers.indexOf(read)];
  return output >= 0 && input >= 0 && canUpdateInPlace(launch.kernel, input, output);
}
