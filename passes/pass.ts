// What a pass is, and the runner of a list of passes: it checks their order, verifies after each one when watched,
// measures, logs which rules fired, and on a failure names the pass and, where it may, shows the IR.

import { DamoError, describeError, InternalError } from "../ir/errors.ts";
import { topologicalOrder } from "../ir/graph.ts";
import type { Graph } from "../ir/node.ts";
import type { ControlParts } from "./control/parts.ts";

export interface Pass<IR> {
  /** One word or kebab-case: also the name of the file and of the golden folder. */
  readonly name: string;
  /** One line for `--help` and the documentation. */
  readonly summary: string;
  /** Passes that must run before this one, if they run, and why. */
  readonly after: readonly { readonly pass: string; readonly why: string }[];
  /** Pure; gives the same object when nothing changed. */
  run(ir: IR, context: PassContext): IR;
}

export interface PassContext {
  /** For graphs with loops or branches. */
  readonly control?: ControlParts | undefined;
  /** Called by passes for every firing of a named rule. */
  fired?(rule: string): void;
}

/** How a run is watched. Compiling does without; tests, the command and debug mode hand it in. */
export interface Watch<IR> {
  /** Throws an InternalError that shows the place if the IR is not well formed. Called after each pass. */
  verify(ir: IR, after: string): void;
  print(ir: IR): string;
}

export const countNodes = (graph: Graph): number => topologicalOrder(graph).length;

export interface PassReport {
  readonly pass: string;
  readonly milliseconds: number;
  readonly countBefore: number;
  readonly countAfter: number;
  readonly changed: boolean;
  /** rule -> number of firings */
  readonly rules: ReadonlyMap<string, number>;
}

export interface RunOptions<IR> {
  /** Its size, in nodes or statements. */
  count(ir: IR): number;
  readonly watch?: Watch<IR> | undefined;
  readonly control?: ControlParts | undefined;
  /** Called after each pass: debug mode evaluates before and after, `--print-after` prints. */
  observe?(pass: Pass<IR>, before: IR, after: IR): void;
}

export interface RunResult<IR> {
  readonly ir: IR;
  readonly reports: readonly PassReport[];
}

/** Refuses a list in which a pass stands before one that it must follow, or in which a name is used twice. */
export function checkOrder<IR>(passes: readonly Pass<IR>[]): void {
  passes.forEach((pass, at) => {
    if (passes.findIndex((other) => other.name === pass.name) !== at) throw new InternalError(`pass ${pass.name} is listed twice`);
    for (const { pass: earlier, why } of pass.after) {
      const index = passes.findIndex((other) => other.name === earlier);
      if (index > at) throw new InternalError(`pass ${pass.name} must run after ${earlier}: ${why}`);
    }
  });
}

/** Runs the passes in order. A user's error (DamoError) passes through; a bug becomes an InternalError with the IR before. */
export function runPasses<IR>(passes: readonly Pass<IR>[], ir: IR, options: RunOptions<IR>): RunResult<IR> {
  checkOrder(passes);
  const reports: PassReport[] = [];
  let current = ir;
  let count = options.count(ir);
  for (const pass of passes) {
    const before = current;
    const rules = new Map<string, number>();
    const start = performance.now();
    current = runOne(pass, before, rules, options);
    const milliseconds = performance.now() - start;
    const countBefore = count;
    if (current !== before) count = options.count(current);
    reports.push({ pass: pass.name, milliseconds, countBefore, countAfter: count, changed: current !== before, rules });
    options.observe?.(pass, before, current);
  }
  return { ir: current, reports };
}

/** A stage that turns one IR into another, timed as passes are. `countAfter` counts what came out. */
export function runStage<To>(name: string, countBefore: number, reports: PassReport[], run: () => To, countAfter: (after: To) => number): To {
  const start = performance.now();
  const after = run();
  reports.push({ pass: name, milliseconds: performance.now() - start, countBefore, countAfter: countAfter(after), changed: true, rules: new Map() });
  return after;
}

function runOne<IR>(pass: Pass<IR>, before: IR, rules: Map<string, number>, { watch, control }: RunOptions<IR>): IR {
  const fired = (rule: string): void => void rules.set(rule, (rules.get(rule) ?? 0) + 1);
  try {
    const after = pass.run(before, { control, fired });
    if (after !== before) watch?.verify(after, `pass ${pass.name}`);
    return after;
  } catch (error) {
    if (error instanceof DamoError) throw error;
    throw new InternalError(`pass ${pass.name} failed: ${describeError(error)}`, watch && `IR before ${pass.name}:\n${shorten(watch.print(before))}`);
  }
}

/** A message shows the start of a long text; the whole is to be had by `observe`. */
function shorten(text: string): string {
  const lines = text.split("\n");
  return lines.length <= 100 ? text : `${lines.slice(0, 100).join("\n")}\n... ${lines.length - 100} more lines`;
}
