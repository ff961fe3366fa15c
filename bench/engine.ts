// What a measured engine must do: get a task ready, show that its result is right, and run it again and again.
import type { Task } from "./cases.ts";

export interface Prepared {
  /** One run, complete when it returns (or when its promise does). */
  run(): void | Promise<void>;
  /** Called once, before any run: a fingerprint of the result, or the losses of the first three training steps. */
  check(): Promise<readonly number[]>;
  dispose?(): void;
}

export interface Engine {
  readonly name: string;
  /** Undefined when the engine cannot do this at all. */
  prepare(task: Task): Promise<Prepared | undefined>;
}

/** A prepared training task out of one step that returns the loss. */
export function preparedTraining(step: () => number | Promise<number>): Prepared {
  return {
    run() {
      const loss = step();
      return typeof loss === "number" ? undefined : loss.then(() => undefined);
    },
    async check() {
      return [await step(), await step(), await step()];
    },
  };
}
