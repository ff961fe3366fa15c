// The statements of a program where several threads share them: f_run hands a step out, and f_part is what one thread does of it.

import { errorNumbers } from "../../../ir/program/signature.ts";
import type { BufferId, Check, Repeat, Split, Statement } from "../../../ir/program/program.ts";
import { isShared, splitsOf } from "../../../ir/program/share.ts";
import type { Dim } from "../../../ir/size.ts";
import type { FunctionBuilder, Label, Local } from "../encode/index.ts";
import type { Meeting } from "./meeting.ts";
import { meetingWords } from "./meeting-words.ts";
import type { BodyScope } from "./repeat.ts";

/** What a module for threads has for its programs. */
export interface Threads {
  readonly meeting: Meeting;
  /** Address of the meeting's block. */
  readonly block: number;
  /** (i, extent, grain, multiple, threads) -> i32: where the part of thread i begins; see ir/program/share.ts. */
  readonly share: number;
  /** The parts (thread, threads) -> i32 of the functions that have any, in the order of their jobs 1, 2, ... */
  readonly parts: number[];
  emitStep(scope: SharedScope, part: number): void;
  emitPart(scope: SharedScope, id: Local, count: Local): void;
}

/** What a thread does of a split statement. */
export interface Range {
  readonly axis: Split["axis"];
  readonly begin: Local;
  readonly end: Local;
}

/** How threads run a loop together. */
export type Together = Required<Pick<BodyScope, "body" | "meet" | "alone">>;

/** What is needed of the function in which the statements stand. */
export interface SharedScope {
  readonly f: FunctionBuilder;
  readonly body: readonly Statement[];
  /** Pushes a size as an i32. */
  size(size: Dim): void;
  /** Pushes a buffer's address. */
  address(buffer: BufferId): void;
  /** Runs the statement, or the part of it that a range covers. */
  statement(statement: Statement, range?: Range): void;
  repeat(repeat: Repeat, together: Together): void;
  /** Keeps for the host what a failed check found. */
  errorInfo(check: Check): void;
}

/** Runs the part of thread 0 and returns, if there are other threads and enough to share for these sizes. */
export function emitStep({ f, body, size }: SharedScope, { block, meeting, parts }: Threads, part: number): void {
  const count = f.local("i32");
  const splits = splitsOf(body);
  f.block((alone) => {
    f.i32(block).load("i32.load", meetingWords.threads).tee(count).i32(1).op("i32.le_u").brIf(alone);
    // A split of known size is worth it.
    if (splits.every(({ extent }) => typeof extent !== "number")) {
      f.i32(0);
      for (const { extent, grain } of splits) {
        size(extent);
        f.i32(2 * grain).op("i32.ge_u").op("i32.or");
      }
      f.op("i32.eqz").brIf(alone);
    }
    f.i32(parts.indexOf(part) + 1).get(count).call(meeting.publish);
    f.i32(0).get(count).call(part).op("return");
  });
}

/** Thread `id` of `count`. No thread leaves before all are done, so that thread 0 returns to a quiet memory. */
export function emitPart(scope: SharedScope, threads: Threads, id: Local, count: Local): void {
  const { f } = scope;
  const result = f.local("i32");
  const barrier = (): void => {
    f.get(id).get(count).call(threads.meeting.barrier).if(() => f.i32(errorNumbers.threadLost).op("return"));
  };
  const alone = (emit: () => void): void => void f.get(id).op("i32.eqz").if(emit);
  const emitBody = (body: readonly Statement[], end: Label): void => {
    for (let at = 0; at < body.length;) {
      const statement = body[at]!;
      if (statement.barrier) barrier();
      if (statement.kind === "check") {
        scope.address(statement.flag);
        f.load("i32.load").if(() => {
          alone(() => scope.errorInfo(statement));
          f.i32(statement.error).set(result).br(end);
        });
        at++;
      } else if ("split" in statement && statement.split !== undefined) {
        const range = rangeOf(scope, threads, statement.split, id, count);
        f.get(range.begin).get(range.end).op("i32.lt_u").if(() => scope.statement(statement, range));
        at++;
      } else if (isShared(statement)) {
        if (statement.kind === "repeat") {
          scope.repeat(statement, { body: (steps) => emitBody(steps, end), meet: barrier, alone });
        } else {
          scope.address(statement.condition);
          f.load("i32.load8_u").if(() => emitBody(statement.then, end), () => emitBody(statement.otherwise, end));
        }
        at++;
      } else {
        const stop = endOfRun(body, at);
        alone(() => body.slice(at, stop).forEach((lone) => scope.statement(lone)));
        at = stop;
      }
    }
  };
  f.block((end) => emitBody(scope.body, end));
  barrier();
  f.get(result);
}

function rangeOf({ f, size }: SharedScope, { share }: Threads, { axis, extent, grain, multiple }: Split, id: Local, count: Local): Range {
  const range = { axis, begin: f.local("i32"), end: f.local("i32") };
  for (const [local, next] of [[range.begin, 0], [range.end, 1]] as const) {
    f.get(id).i32(next).op("i32.add");
    size(extent);
    f.i32(grain).i32(multiple).get(count).call(share).set(local);
  }
  return range;
}

/** The end of the statements from `at` on that thread 0 runs without a meeting in between. */
function endOfRun(body: readonly Statement[], at: number): number {
  const isAlone = (statement: Statement): boolean => statement.kind !== "check" && !("split" in statement && statement.split !== undefined) && !isShared(statement);
  const stop = body.findIndex((statement, i) => i > at && (statement.barrier === true || !isAlone(statement)));
  return stop < 0 ? body.length : stop;
}
