// The kernels of a program.

import type { Kernel } from "../kernel/kernel.ts";
import type { Launch, Program, Statement } from "./program.ts";
import { statementsOf } from "./walk.ts";

/** Kernels of launches and of epilogues, in order; one may occur several times. */
export function kernelsOf({ body }: Program): Kernel[] {
  return statementsOf(body).flatMap((statement) =>
    (statement.kind === "launch" ? [statement.kernel] : (statement.kind === "contract" || statement.kind === "convolve") && statement.epilogue !== undefined ? [statement.epilogue.kernel] : []));
}

/** The program with every kernel replaced. */
export function mapKernels(program: Program, map: (kernel: Kernel) => Kernel): Program {
  const launch = (of: Launch): Launch => ({ ...of, kernel: map(of.kernel) });
  const inBody = (body: readonly Statement[]): readonly Statement[] => body.map((statement): Statement => {
    switch (statement.kind) {
      case "launch": return launch(statement);
      case "contract": case "convolve": return statement.epilogue === undefined ? statement : { ...statement, epilogue: launch(statement.epilogue) };
      case "repeat": return { ...statement, body: inBody(statement.body) };
      case "if": return { ...statement, then: inBody(statement.then), otherwise: inBody(statement.otherwise) };
      default: return statement;
    }
  });
  return { ...program, body: inBody(program.body) };
}
