// The kernels of a program.

import type { Kernel } from "../kernel/kernel.ts";
import type { Launch, Program, Statement } from "./program.ts";
import { statementsOf } from "./walk.ts";

/** Kernels of launches and of epilogues, in order; one may occur several times. */
export function kernelsOf({ body }: Program): Kernel[] {
  return statementsOf(body).flatMap((statement) =>
    (statement.kind === "launch" ? [statement.kernel] : (statement.kind === "contract" || statement.kind === "convolve") && statement.epilogue !== undefined ? [statement.epilogue.kernel] : []));
}

/** The program with every launch replaced. An epilogue's first two sizes are the rows that it is for, given at run time. */
export function mapLaunches(program: Program, map: (launch: Launch, isEpilogue: boolean) => Launch): Program {
  const inBody = (body: readonly Statement[]): readonly Statement[] => body.map((statement): Statement => {
    switch (statement.kind) {
      case "launch": return map(statement, false);
      case "contract": case "convolve": return statement.epilogue === undefined ? statement : { ...statement, epilogue: map(statement.epilogue, true) };
      case "repeat": case "log": return { ...statement, body: inBody(statement.body) };
      case "if": return { ...statement, then: inBody(statement.then), otherwise: inBody(statement.otherwise) };
      default: return statement;
    }
  });
  return { ...program, body: inBody(program.body) };
}
