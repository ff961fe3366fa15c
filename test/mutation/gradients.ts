// Breaks each gradient entry of the op table once in each place and counts the mutants that no sample notices.
import type { OpDefinition } from "../../ir/op.ts";
import { opTable } from "../../ir/table.ts";
import type { Subject } from "../ir/gradient-check.ts";
import { allSamples, gradientFault, subjectOf } from "../ir/gradient-check.ts";
import { mutantsOf } from "./gradient-mutants.ts";

export interface MutationResult {
  readonly mutants: number;
  /** Mutants that passed: `mul, doubled at operand 1`. */
  readonly survivors: readonly string[];
}

function notices(subject: Subject): boolean {
  try {
    return gradientFault(subject) !== undefined;
  } catch {
    return true;
  }
}

/** `progress` is called after each op. */
export function mutateGradients(progress: (op: string) => void): MutationResult {
  const table = opTable as Map<string, OpDefinition>;
  let mutants = 0;
  const survivors: string[] = [];
  for (const definition of [...table.values()]) {
    const subjects = allSamples.filter(({ op }) => op === definition.name).map(subjectOf).filter((subject) => subject !== undefined);
    const operands = Math.max(0, ...subjects.map(({ parameters }) => parameters.length));
    for (const { what, gradient } of mutantsOf(definition, operands)) {
      // An operand that is never a float is never differentiated by.
      const operand = Number(/\d+$/.exec(what)![0]);
      const relevant = subjects.filter(({ parameters, wrt }) => wrt.includes(parameters[operand]!));
      if (relevant.length === 0) continue;
      mutants++;
      table.set(definition.name, { ...definition, gradient });
      if (!relevant.some(notices)) survivors.push(`${definition.name}, ${what}`);
    }
    table.set(definition.name, definition);
    progress(definition.name);
  }
  return { mutants, survivors };
}
