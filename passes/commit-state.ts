// Writes new state straight into the state's storage where nobody can notice: no later statement reads the old value or
// may still fail, and the kernel that makes it reads the old one only element by element. What stays is a copy at the end.

import { accessOf, replaceBuffers, type StatementAccess } from "../ir/program/access.ts";
import { canOverwrite } from "../ir/program/in-place.ts";
import type { BufferId, Program, Statement } from "../ir/program/program.ts";
import { statementsOf } from "../ir/program/walk.ts";

export function commitState(program: Program): Program {
  const { body } = program;
  const accesses = body.map((statement) => accessOf(statement, program.buffers));
  const uses = usesOf(accesses);
  const lastCheck = body.findLastIndex(canFail);
  // A slice names the whole that it is a part of, and a loop may still hold addresses of what it read.
  const fixed = new Set(program.buffers.flatMap(({ role }) => (role.kind === "slice" ? [role.of] : [])));
  const replaced = new Map<BufferId, BufferId>();
  const settled = new Set<BufferId>();
  const dropped = new Set<number>();
  // From the end: of several copies to one state the last one counts.
  for (let i = body.length - 1; i >= 0; i--) {
    const copy = body[i]!;
    if (copy.kind !== "copy" || program.buffers[copy.to]!.role.kind !== "state" || settled.has(copy.to)) continue;
    settled.add(copy.to);
    if (program.buffers[copy.from]!.role.kind !== "scratch" || replaced.has(copy.from) || fixed.has(copy.from)) continue;
    const first = uses.get(copy.from)!.find((at) => accesses[at]!.writes.has(copy.from))!;
    const untouched = uses.get(copy.to)!.every((at) => at <= first || at === i);
    const elementwise = !accesses[first]!.reads.has(copy.to) || canOverwrite(body[first]!, copy.from, copy.to);
    if (lastCheck >= first || !untouched || !elementwise) continue;
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

function canFail(statement: Statement): boolean {
  return statementsOf([statement]).some((nested) => nested.kind === "check" || (nested.kind === "repeat" && nested.overrun !== undefined));
}
