// Walks over statements and the bodies nested in them.

import type { Call, ProgramModule, Statement } from "./program.ts";

export function bodiesOf(statement: Statement): readonly (readonly Statement[])[] {
  switch (statement.kind) {
    case "repeat": case "log": return [statement.body];
    case "if": return [statement.then, statement.otherwise];
    default: return [];
  }
}

/** Every statement, each before those of its bodies. */
export function statementsOf(body: readonly Statement[]): readonly Statement[] {
  return body.flatMap((statement) => [statement, ...bodiesOf(statement).flatMap(statementsOf)]);
}

/** The calls of routines in a module. */
export function callsOf({ programs }: ProgramModule): readonly Call[] {
  return programs.flatMap(({ body }) => statementsOf(body).filter((statement) => statement.kind === "call"));
}
