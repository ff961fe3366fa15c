// A loop over an i32 counter, in the form engines like best: tested once before and once at the end of each turn.

import type { FunctionBuilder, Label, Local } from "./function-builder.ts";

export interface LoopRange {
  /** Pushes the first value; left out, the counter goes on from its present value. */
  readonly from?: () => void;
  /** Pushes the bound, which stays the same in the loop. It is evaluated once a turn: a local or a constant. */
  readonly to: () => void;
  /** A positive constant. */
  readonly step: number;
}

/**
 * Emits `for (counter = from; counter < to; counter += step) body`, signed. `to` may be at most 2^31 - step.
 * A branch to `end` leaves the loop.
 */
export function countedLoop(f: FunctionBuilder, counter: Local, range: LoopRange, body: (end: Label) => void): void {
  if (range.from !== undefined) {
    range.from();
    f.set(counter);
  }
  f.block((end) => {
    f.get(counter);
    range.to();
    f.op("i32.ge_s").brIf(end);
    turns(f, counter, range, () => body(end));
  });
}

/** The same where the first value is known to be below the bound: there is no test before. */
export function nonEmptyLoop(f: FunctionBuilder, counter: Local, range: LoopRange, body: () => void): void {
  if (range.from !== undefined) {
    range.from();
    f.set(counter);
  }
  turns(f, counter, range, body);
}

function turns(f: FunctionBuilder, counter: Local, { to, step }: LoopRange, body: () => void): void {
  f.loop((start) => {
    body();
    f.get(counter).i32(step).op("i32.add").tee(counter);
    to();
    f.op("i32.lt_s").brIf(start);
  });
}
