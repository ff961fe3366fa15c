// Types of Theano's scan: from sequences, outputs and non-sequences to the arguments of the body, and from what the body gives to
// what the loop gives.

import type { Tensor } from "../tensor.ts";
import type { AnyShared, AnyTensor, DType, Operand } from "../types/index.ts";
import type { GradientOptions } from "./run-scan.ts";
import type { Slices, Stacks, Traced } from "./types.ts";

export type ScanSequence = AnyTensor | { readonly input: AnyTensor; /** Slices at these distances from the step; `[0]` by default. */ readonly taps: readonly number[] };
/** Null: an output that no later step reads. A tensor: the value before the first step. With taps: values at these (negative) distances, stacked
 *  in `initial` from the earliest on. */
export type OutputInfo = null | AnyTensor | number | { readonly initial: AnyTensor; readonly taps: readonly number[] };

/** One, or a list of them. */
type Some<T> = T | readonly T[] | undefined;

export interface StepResult {
  readonly outputs: AnyTensor | readonly AnyTensor[];
  /** New values of shared variables, seen by the next step. */
  readonly updates?: readonly (readonly [variable: AnyShared, value: Operand])[];
  /** A bool scalar: whether this step is the last. */
  readonly until?: AnyTensor<"bool">;
}
export type ScanStep = AnyTensor | readonly AnyTensor[] | StepResult;

export interface TheanoScan<S extends Some<ScanSequence>, O extends Some<OutputInfo>, N extends Some<AnyTensor>, R extends ScanStep> extends GradientOptions {
  readonly sequences?: S;
  readonly outputsInfo?: O;
  readonly nonSequences?: N;
  /** Takes the slices of each sequence in the order of their taps, the outputs at their taps, and the non-sequences. */
  readonly fn: (...args: [...SequenceArgs<S>, ...OutputArgs<O>, ...OtherArgs<N>]) => R;
  /** A number, a size, or an integer scalar, which needs `maxSteps`. The shortest sequence's length by default. */
  readonly nSteps?: number | string | AnyTensor<DType>;
  /** The size of the outputs where the number of steps is a value; asking for more fails with E606. */
  readonly maxSteps?: number | string;
  readonly goBackwards?: boolean;
  /** Refuses a body that reads anything but its arguments. */
  readonly strict?: boolean;
}

/** The outputs, one tensor if `fn` gives one; the updates, for `fn({ updates })`; and the number of steps taken, where that is not fixed. */
export type TheanoScanResult<R extends ScanStep> = [outputs: Stacks<OutputsOf<R>, number>, updates: [AnyShared, Tensor][], steps: Tensor<"i32", []> | undefined];

export interface ScanTheano {
  <const S extends Some<ScanSequence> = undefined, const O extends Some<OutputInfo> = undefined, const N extends Some<AnyTensor> = undefined, const R extends ScanStep = ScanStep>(
    spec: TheanoScan<S, O, N, R>): TheanoScanResult<R>;
}

type OutputsOf<R> = R extends StepResult ? R["outputs"] : R;

/** T for each of the taps. */
type PerTap<P, T> = P extends readonly [unknown, ...infer Rest] ? [T, ...PerTap<Rest, T>] : P extends readonly [] ? [] : T[];

type SequenceArgs<S> =
  S extends AnyTensor ? [Slices<S>]
  : S extends { readonly input: infer T; readonly taps: infer P } ? PerTap<P, Slices<T>>
  : S extends readonly [infer First, ...infer Rest] ? [...SequenceArgs<First>, ...SequenceArgs<Rest>]
  : S extends readonly [] | undefined ? [] : S extends readonly (infer E)[] ? SequenceArgs<E>[number][] : never;

type OutputArgs<O> =
  O extends null | undefined ? []
  : O extends AnyTensor | number ? [Traced<O>]
  : O extends { readonly initial: infer T; readonly taps: infer P } ? PerTap<P, Slices<T>>
  : O extends readonly [infer First, ...infer Rest] ? [...OutputArgs<First>, ...OutputArgs<Rest>]
  : O extends readonly [] ? [] : O extends readonly (infer E)[] ? OutputArgs<E>[number][] : never;

type OtherArgs<N> =
  N extends AnyTensor ? [Traced<N>]
  : N extends readonly [infer First, ...infer Rest] ? [...OtherArgs<First>, ...OtherArgs<Rest>]
  : N extends readonly [] | undefined ? [] : N extends readonly (infer E)[] ? OtherArgs<E>[number][] : never;
