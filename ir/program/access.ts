// What a statement reads and writes.

import type { BufferId, Convolve, Launch, Statement } from "./program.ts";

export interface StatementAccess {
  readonly reads: ReadonlySet<BufferId>;
  readonly writes: ReadonlySet<BufferId>;
}

export function accessOf(statement: Statement): StatementAccess {
  switch (statement.kind) {
    case "launch": return launchAccess(statement);
    case "copy": return { reads: new Set([statement.from]), writes: new Set([statement.to]) };
    case "check": return { reads: new Set([statement.flag]), writes: new Set() };
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

/** The statement with every buffer replaced. */
export function replaceBuffers(statement: Statement, replace: (buffer: BufferId) => BufferId): Statement {
  switch (statement.kind) {
    case "launch": return { ...statement, buffers: statement.buffers.map(replace) };
    case "copy": return { ...statement, from: replace(statement.from), to: replace(statement.to) };
    case "check": return { ...statement, flag: replace(statement.flag) };
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
