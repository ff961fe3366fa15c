// Where a buffer may lie: a slice in what it is a part of, a value that a loop carries in its first place and in the rooms that it goes on to.

import { wholeOf } from "../../ir/program/access.ts";
import type { BufferId, Program } from "../../ir/program/program.ts";
import { statementsOf } from "../../ir/program/walk.ts";

/** Of each buffer the buffers with bytes of their own that it may be. */
export function placesOf({ body, buffers }: Program): (buffer: BufferId) => readonly BufferId[] {
  const sources = new Map<BufferId, readonly BufferId[]>();
  for (const statement of statementsOf(body)) {
    if (statement.kind !== "repeat") continue;
    for (const { current, init, next, rooms } of statement.carried) {
      sources.set(current, [init, next, ...rooms]);
      if (rooms.length > 0) sources.set(next, rooms);
    }
  }
  return (buffer) => {
    const found = new Set<BufferId>();
    const visit = (at: BufferId): void => {
      if (found.has(at)) return;
      found.add(at);
      const { role } = buffers[at]!;
      if (role.kind === "slice") visit(wholeOf(at, buffers));
      if (role.kind === "carried") sources.get(at)?.forEach(visit);
    };
    visit(buffer);
    return [...found].filter((at) => buffers[at]!.role.kind !== "carried" && buffers[at]!.role.kind !== "slice");
  };
}
