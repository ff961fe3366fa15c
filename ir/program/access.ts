// What a statement reads and writes. Of a loop or a branch that is everything that its bodies read and write, and a slice stands for
// the buffer that it is a part of.

import type { BatchOperand, Buffer, BufferId, Convolve, Launch, Repeat, Statement } from "./program.ts";
import { bodiesOf } from "./walk.ts";

export interface StatementAccess {
  readonly reads: ReadonlySet<BufferId>;
  readonly writes: ReadonlySet<BufferId>;
}

/** Access as the statement names it: slices and carried buffers are themselves; bodies are left out. */
export function ownAccess(statement: Statement): StatementAccess {
  switch (statement.kind) {
    case "launch": return launchAccess(statement);
    case "copy": return { reads: new Set([statement.from]), writes: new Set([statement.to]) };
    case "check": return { reads: new Set([statement.flag]), writes: new Set() };
    case "if": return { reads: new Set([statement.condition]), writes: new Set() };
    case "log": return { reads: new Set([statement.statistics, statement.first]), writes: new Set() };
    case "repeat": return repeatAccess(statement);
    case "call": return {
      reads: new Set(statement.operands.map(({ buffer }) => buffer)),
      writes: new Set([...statement.results.map(({ buffer }) => buffer), ...defined(statement.status, statement.workspace)]),
    };
    case "convolve": {
      const inner = statement.epilogue === undefined ? undefined : launchAccess(statement.epilogue);
      const { read, written } = convolveOperands(statement);
      return {
        reads: new Set([...read, ...(inner?.reads ?? [])]),
        writes: new Set([written, statement.workspace, ...(inner?.writes ?? [])]),
      };
    }
    case "contract": {
      const inner = statement.epilogue === undefined ? undefined : launchAccess(statement.epilogue);
      return {
        reads: new Set([statement.a.buffer, statement.b.buffer, ...(inner?.reads ?? [])]),
        writes: new Set([statement.c, statement.workspace, ...(inner?.writes ?? [])]),
      };
    }
  }
}

/** Everything that the statement and its bodies read and write. */
export function accessOf(statement: Statement, buffers: readonly Buffer[]): StatementAccess {
  const own = ownAccess(statement);
  const inner = bodiesOf(statement).flatMap((body) => body.map((nested) => accessOf(nested, buffers)));
  const collect = (kind: keyof StatementAccess): ReadonlySet<BufferId> =>
    new Set([...[...own[kind]].map((buffer) => wholeOf(buffer, buffers)), ...inner.flatMap((access) => [...access[kind]])]);
  return { reads: collect("reads"), writes: collect("writes") };
}

/** The buffer itself, or what it is a slice of. */
export function wholeOf(buffer: BufferId, buffers: readonly Buffer[]): BufferId {
  let whole = buffer;
  for (let { role } = buffers[whole]!; role.kind === "slice"; { role } = buffers[whole]!) whole = role.of;
  return whole;
}

function defined(...buffers: readonly (BufferId | undefined)[]): BufferId[] {
  return buffers.filter((buffer) => buffer !== undefined);
}

function repeatAccess({ steps, stop, taken, carried }: Repeat): StatementAccess {
  return {
    reads: new Set([...defined(steps, stop), ...carried.flatMap(({ init, next, rooms }) => [init, next, ...rooms])]),
    writes: new Set([...defined(taken), ...carried.flatMap(({ rooms, last }) => [...rooms, ...defined(last)])]),
  };
}

/** What the convolution itself reads and writes, its epilogue and workspace aside. */
export function convolveOperands({ computes, image, filter, result }: Convolve): { readonly read: readonly BufferId[]; readonly written: BufferId } {
  return computes === "result" ? { read: [image, filter], written: result } : { read: [image, result], written: filter };
}

function launchAccess(launch: Launch): StatementAccess {
  const reads = new Set<BufferId>();
  const writes = new Set<BufferId>();
  launch.buffers.forEach((buffer, i) => {
    const { access } = launch.kernel.buffers[i]!;
    if (access !== "write") reads.add(buffer);
    if (access !== "read") writes.add(buffer);
  });
  return { reads, writes };
}

/** The statement with every buffer replaced, in its bodies too. */
export function replaceBuffers(statement: Statement, replace: (buffer: BufferId) => BufferId): Statement {
  const inBody = (body: readonly Statement[]): Statement[] => body.map((nested) => replaceBuffers(nested, replace));
  const maybe = (buffer: BufferId | undefined): BufferId | undefined => (buffer === undefined ? undefined : replace(buffer));
  switch (statement.kind) {
    case "launch": return { ...statement, buffers: statement.buffers.map(replace) };
    case "copy": return { ...statement, from: replace(statement.from), to: replace(statement.to) };
    case "check": return { ...statement, flag: replace(statement.flag) };
    case "log": return { ...statement, statistics: replace(statement.statistics), first: replace(statement.first), body: inBody(statement.body) };
    case "if": return { ...statement, condition: replace(statement.condition), then: inBody(statement.then), otherwise: inBody(statement.otherwise) };
    case "repeat": return {
      ...statement,
      steps: maybe(statement.steps), stop: maybe(statement.stop), taken: maybe(statement.taken), body: inBody(statement.body),
      carried: statement.carried.map(({ current, init, next, rooms, last }) =>
        ({ current, init: replace(init), next: replace(next), rooms: rooms.map(replace), last: maybe(last) })),
    };
    case "call": {
      const part = (operand: BatchOperand): BatchOperand => ({ ...operand, buffer: replace(operand.buffer) });
      return {
        ...statement, operands: statement.operands.map(part), results: statement.results.map(part),
        status: maybe(statement.status), workspace: maybe(statement.workspace),
      };
    }
    case "convolve": return {
      ...statement,
      image: replace(statement.image),
      filter: replace(statement.filter),
      result: replace(statement.result),
      workspace: replace(statement.workspace),
      epilogue: statement.epilogue === undefined ? undefined : replaceBuffers(statement.epilogue, replace) as Launch,
    };
    case "contract": return {
      ...statement,
      a: { ...statement.a, buffer: replace(statement.a.buffer) },
      b: { ...statement.b, buffer: replace(statement.b.buffer) },
      c: replace(statement.c),
      workspace: replace(statement.workspace),
      epilogue: statement.epilogue === undefined ? undefined : replaceBuffers(statement.epilogue, replace) as Launch,
    };
  }
}
