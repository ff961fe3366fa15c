// What a measured engine must do: get a task ready, run it again and again, and show that its result is right.

import type { Kind, TaskOf } from "./task.ts";

export interface Prepared {
  /** One run, complete when it returns (or when its promise does). */
  run(): void | Promise<void>;
  /** The result's elements, row-major, images as [batch, height, width, channels]; of training the losses of the first three
   *  steps. Called once, before any run. */
  result(): ArrayLike<number> | Promise<ArrayLike<number>>;
  /** Where runs only queue work on a device: resolves when all of it is done. */
  finish?(): Promise<void>;
  /** Milliseconds per run that the device itself spent in shaders, over a few runs; undefined where it has no clock. */
  shaderTime?(): Promise<number | undefined>;
  dispose?(): void;
}

/** Per kind of task, how to get it ready. A kind that is missing, and `undefined`, mean that the engine cannot do it. */
export type Engine = { readonly [K in Kind]?: (task: TaskOf<K>) => Prepared | undefined | Promise<Prepared | undefined> };

/** Thrown by an engine that would do a task on another machine or in another version; the reason is shown. */
export class NotAvailable extends Error {}

/** A prepared training task out of one step that returns the loss; `queue`: one that leaves it on the device. */
export function preparedTraining(step: () => number | Promise<number>, queue?: () => void | Promise<void>): Prepared {
  return {
    run: queue ?? (() => {
      const loss = step();
      return typeof loss === "number" ? undefined : loss.then(() => undefined);
    }),
    async result() {
      return [await step(), await step(), await step()];
    },
  };
}
