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
    f.loop((start) => {
      body(end);
      f.get(counter).i32(range.step).op("i32.add").tee(counter);
      range.to();
      f.op("i32.lt_s").brIf(start);
    });
  });
}
