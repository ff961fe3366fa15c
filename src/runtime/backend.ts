// What a compiled model asks of its target: run one function on dense inputs, read and write state.

import type { TensorData } from "../../ir/data.ts";
import type { Print } from "../../ir/program/log.ts";

/** Values of the named sizes of a call. */
export type Sizes = ReadonlyMap<string, number>;

export interface Backend {
  /** Runs a function. After an error the state is what it was. The results are copies. */
  run(index: number, inputs: readonly TensorData[], sizes: Sizes): readonly TensorData[];
  /** A copy of a state variable's value. */
  getState(index: number): TensorData;
  /** The value has the variable's dtype and shape. */
  setState(index: number, value: TensorData): void;
  /** Views of a function's buffers for fixed sizes; undefined where the target has none. */
  bind?(index: number, sizes: Sizes): BoundFunction;
  /** Where its functions print; undefined if none does. */
  readonly log?: ModuleLog | undefined;
  dispose(): void;
}

export interface ModuleLog {
  readonly memory: WebAssembly.Memory;
  readonly address: number;
  readonly prints: readonly Print[];
}

/** A function whose sizes are fixed, with its buffers open: write the inputs, run, read the outputs. */
export interface BoundFunction {
  /** The input's elements, row by row: a view into the module, valid until its memory grows. */
  input(i: number): TensorData;
  output(i: number): TensorData;
  run(): void;
}

export interface ThreadOptions {
  /** Threads that run a step, the caller included. */
  readonly count: number;
  /** How long thread 0 waits for the others at a barrier, in milliseconds. */
  readonly timeout: number;
}
