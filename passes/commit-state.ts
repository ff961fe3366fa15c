// Writes new state straight into the state's storage where nobody can notice: no later statement reads the old value or
// may still fail, and the kernel that makes it reads the old one only element by element. What stays is a copy at the end.

import { canUpdateInPlace } from "../ir/kernel/in-place.ts";
import { accessOf, convolveOperands, replaceBuffers, type StatementAccess } from "../ir/program/access.ts";
import type { BufferId, Copy, Launch, Program, Statement } from "../ir/program/program.ts";

export function commitState(program: Program): Program {
  const { body } = program;
  const accesses = body.map(accessOf);
  const uses = usesOf(accesses);
  const lastCheck = body.findLastIndex((statement) => statement.kind === "check");
  const replaced = new Map<BufferId, BufferId>();
  const settled = new Set<BufferId>();
  const dropped = new Set<number>();
  // From the end: of several copies to one state the last one counts.
  for (let i = body.length - 1; i >= 0; i--) {
    const copy = body[i]!;
    if (copy.kind !== "copy" || program.buffers[copy.to]!.role.kind !== "state" || settled.has(copy.to)) continue;
    settled.add(copy.to);
    if (program.buffers[copy.from]!.role.kind !== "scratch" || replaced.has(copy.from)) continue;
    const first = uses.get(copy.from)!.find((at) => accesses[at]!.writes.has(copy.from))!;
    const untouched = uses.get(copy.to)!.every((at) => at <= first || at === i);
    if (lastCheck > first || !untouched || !writesElementwise(body[first]!, accesses[first]!, copy)) continue;
    replaced.set(copy.from, copy.to);
    dropped.add(i);
  }
  if (dropped.size === 0) return program;
  const rewritten = body.filter((_, at) => !dropped.has(at))
    .map((statement) => replaceBuffers(statement, (buffer) => replaced.get(buffer) ?? buffer))
    .filter((statement) => statement.kind !== "copy" || statement.from !== statement.to);
  return { ...program, body: rewritten };
}

/** The statements that touch each buffer, in order. */
function usesOf(accesses: readonly StatementAccess[]): ReadonlyMap<BufferId, readonly number[]> {
  const uses = new Map<BufferId, number[]>();
  accesses.forEach(({ reads, writes }, at) => {
    for (const buffer of new Set([...reads, ...writes])) {
      const list = uses.get(buffer);
      if (list === undefined) uses.set(buffer, [at]);
      else list.push(at);
    }
  });
  return uses;
}

/** Whether the statement that makes the new value reads the old one only at the element that it writes. */
function writesElementwise(statement: Statement, { reads }: StatementAccess, { from: value, to: state }: Copy): boolean {
  if (!reads.has(state)) return true;
  switch (statement.kind) {
    case "copy": return statement.from === state;
    case "launch": return launchInPlace(statement, value, state);
    case "contract":
      return statement.epilogue !== undefined && statement.a.buffer !== state && statement.b.buffer !== state
        && launchInPlace(statement.epilogue, value, state);
    case "convolve":
      return statement.epilogue !== undefined && !convolveOperands(statement).read.includes(state) && launchInPlace(statement.epilogue, value, state);
    case "check": return false;
  }
}

export function launchInPlace(launch: Launch, written: BufferId, read: BufferId): boolean {
  const [output, input] = [launch.buffers.indexOf(written), launch.buffers.indexOf(read)];
  return output >= 0 && input >= 0 && canUpdateInPlace(launch.kernel, input, output);
}
