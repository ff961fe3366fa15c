// What a model is on WebGPU: shaders, and for each function the list of commands that a step is. Plain data (JSON, but for the constants' arrays): the runtime of a compiled
// model carries it out and does not know the compiler; bundles hold a flatter form (src/webgpu/flatten-plan.ts).

import type { TensorData } from "../../../ir/data.ts";
import type { FunctionSignature, TensorSignature } from "../../../ir/program/signature.ts";
import type { DType } from "../../../ir/types.ts";
import type { Shader } from "../shader.ts";

/** A number, or an expression over the function's sizes as text (as in a signature). */
export type PlanSize = number | string;

export interface GpuPlan {
  /** Equal ones once. */
  readonly shaders: readonly Shader[];
  readonly constants: readonly TensorData[];
  readonly state: readonly TensorSignature[];
  readonly functions: readonly GpuFunction[];
  /** Error number -> text, as in a signature. */
  readonly messages: { readonly [number: string]: string };
  /** 32-bit words of the control buffer: see controlWords. */
  readonly controlWords: number;
}

/**
 * First words of the model's control buffer, which shaders read and write as i32. `running` is 1 until a check fails; then it is 0, the next three say what failed, and every
 * gated command is left out, in later calls, too, until whoever reads the control buffer back reports the error and sets it to 1 again. Words from `flags` on are the emitter's:
 * conditions of branches and loops.
 */
export const controlWords = { running: 0, error: 1, value: 2, bound: 3, flags: 4 } as const;

export interface GpuFunction extends FunctionSignature {
  readonly buffers: readonly PlanBuffer[];
  /** Pieces of the arena, each live from the first to the last statement; those whose lives do not meet may share bytes. */
  readonly slots: readonly PlanSlot[];
  /** Where the slots lie, if every size is known; else whoever prepares a call places them, aligned to slotAlignment. */
  readonly placement: { readonly offsets: readonly number[]; readonly bytes: number } | undefined;
  /** Refused sizes: left must equal right, else error. */
  readonly sizeChecks: readonly { readonly left: PlanSize; readonly right: PlanSize; readonly error: number }[];
  /** Must be below 2^31. */
  readonly counts: readonly PlanSize[];
  readonly commands: readonly Command[];
  /** Whether a command may set the error words or loop until a flag is 0: what the host must know to decide whether reading back the control buffer is needed. */
  readonly canFail: boolean;
}

/** Of slots, and of whatever is bound; every device allows it. */
export const slotAlignment = 256;

/** Bytes after a value that belong to its slot: a binding is read in vectors of 16 bytes, and what has no elements needs a place of its own, since two writable bindings must not meet. */
export const slotPadding = 16;

export interface PlanSlot { readonly bytes: PlanSize; readonly first: number; readonly last: number }

/** Bytes of an element on a device: a bool is a u32. */
export function deviceItemSize(dtype: DType): number {
  return dtype === "f16" ? 2 : 4;
}

/** What a command binds. */
export interface PlanBuffer {
  readonly place: PlanPlace;
  readonly bytes: PlanSize;
}

export type PlanPlace =
  | { readonly kind: "input" | "output" | "state" | "constant" | "slot"; readonly index: number }
  /** The model's control buffer. */
  | { readonly kind: "control" }
  /** What the loop that carries it says. */
  | { readonly kind: "carried" };

/** A word of a shader's uniform. */
export type PlanWord = PlanSize
  /** times * the present step of the innermost loop `up` levels out (0: the one around the command): first 0, or, in a reverse loop, count - 1. For the offsets of slices. */
  | { readonly step: number; readonly times: PlanSize };

export type Command = Dispatch | Gate | LoopCommand;

export interface Dispatch {
  readonly kind: "dispatch";
  /** Index into GpuPlan.shaders. */
  readonly shader: number;
  /** One for each binding of the shader: indices into GpuFunction.buffers. */
  readonly buffers: readonly number[];
  readonly words: readonly PlanWord[];
  /** Present: the command is carried out only if this control word was not 0 at the last gate that named the word. */
  readonly gate?: number;
}

/** The commands gated by these control words, up to the next such gate, are carried out or left out by what the words are now. */
export interface Gate {
  readonly kind: "gate";
  readonly words: readonly number[];
}

export interface LoopCommand {
  readonly kind: "loop";
  /** Steps; absent: no bound, `until` ends it. */
  readonly count: PlanSize | undefined;
  /** Control word that is 0 when the remaining steps have nothing to do (their commands are gated by it). With a bound, whoever runs it may look at it between chunks of steps, or not at all;
   *  without one it must. Chunks have an even number of steps. */
  readonly until: number | undefined;
  readonly reverse: boolean;
  readonly carried: readonly PlanCarried[];
  readonly body: readonly Command[];
}

/**
 * In step t (counted from 0 whatever the direction) `current` is `init` if t is 0, else what `next` was in step t - 1; `next` is rooms[t % rooms.length], or itself where there are no
 * rooms. After the loop `current` is what `next` was in the last step, or `init` if there was none: commands that follow read it there. `init` and `rooms` may be of kind `carried`, by an outer loop.
 */
export interface PlanCarried {
  readonly current: number;
  readonly init: number;
  readonly next: number;
  readonly rooms: readonly number[];
}
