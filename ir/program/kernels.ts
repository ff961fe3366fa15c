// The kernels of a program.

import type { Kernel } from "../kernel/kernel.ts";
import type { Launch, Program, Statement } from "./program.ts";

/** Kernels of launches and of epilogues, in order; one may occur several times. */
export function kernelsOf({ body }: Program): Kernel[] {
  return body.flatMap((statement) =>
    (statement.kind === "launch" ? [statement.kernel] : statement.kind === "contract" && statement.epilogue !== undefined ? [statement.epilogue.kernel] : []));
}

/** The program with every kernel replaced. */
export function mapKernels(program: Program, map: (kernel: Kernel) => Kernel): Program {
  const launch = (of: Launch): Launch => ({ ...of, kernel: map(of.kernel) });
  const body = program.body.map((statement): Statement => {
    if (statement.kind === "launch") return launch(statement);
    return statement.kind === "contract" && statement.epilogue !== undefined ? { ...statement, epilogue: launch(statement.epilogue) } : statement;
  });
  return { ...program, body };
}
