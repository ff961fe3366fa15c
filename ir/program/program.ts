// The program IR: what a function does, as launches of kernels over buffers. One program per function; the functions
// of a model share state, constants and kernels.

import type { TensorData } from "../data.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { Routine } from "../routine.ts";
import type { Dim } from "../size.ts";
import type { DType, FloatDType, Shape, TensorType } from "../types.ts";
import type { Print } from "./log.ts";

/** Where a buffer's bytes live and who may change them. `index` counts within its role (state: within the model). */
export type BufferRole =
  | { readonly kind: "input"; readonly index: number }
  | { readonly kind: "output"; readonly index: number }
  | { readonly kind: "state"; readonly index: number }
  | { readonly kind: "constant"; readonly data: TensorData }
  | { readonly kind: "scratch" }
  /** The part of another buffer that belongs to the present step of the loop in whose `slices` it stands. */
  | { readonly kind: "slice"; readonly of: BufferId }
  /** A value that goes from one step to the next: the loop that carries it says where it lies. */
  | { readonly kind: "carried" };

export interface Buffer {
  readonly dtype: DType;
  /** Number of elements, dense. */
  readonly elements: Dim;
  readonly role: BufferRole;
}

/** Index into Program.buffers. */
export type BufferId = number;

/**
 * How a statement is shared out: each thread takes a range of 0..extent (see share.ts). `iterations` are those of a launch's
 * kernel, whose first two sizes (0 and the extent here) are the first iteration and the one after the last; whoever runs a
 * part replaces them. The others are the rows, columns or batch elements of a product, the images of a convolution or the rows or columns of the filter that it computes, taken
 * as a matrix [window * channels / groups, outputs], the batch elements of a call or the parts of its results (rows), and the elements of a copy.
 */
export interface Split {
  readonly axis: "iterations" | "rows" | "columns" | "batch" | "elements";
  readonly extent: Dim;
  /** The fewest that are worth a thread. */
  readonly grain: number;
  /** Ranges begin at multiples of it. */
  readonly multiple: number;
}

/** What several threads make of a statement. One thread ignores it: the statements in order mean the same. */
interface Threaded {
  /** All threads meet before the statement. */
  readonly barrier?: true;
  /** Without it thread 0 runs the statement; a check is read by every thread. */
  readonly split?: Split;
}

export interface Launch extends Threaded {
  readonly kind: "launch";
  readonly kernel: Kernel;
  /** One per buffer parameter; a buffer may stand for two parameters only where the kernel updates in place. */
  readonly buffers: readonly BufferId[];
  readonly sizes: readonly Dim[];
}

/** A matrix operand: element (row, column) of batch b is at offset + b*batchStride + row*rowStride + column*columnStride. */
export interface MatrixOperand {
  readonly buffer: BufferId;
  readonly offset: Dim;
  readonly batchStride: Dim;
  readonly rowStride: Dim;
  readonly columnStride: Dim;
}

/**
 * c[b] = a[b] (m x k) times b[b] (k x n); c is dense row-major; one stride of a and of b is 1. In f32 each buffer may be of halves, to which the elements of c are then
 * rounded.
 */
export interface Contract extends Threaded {
  readonly kind: "contract";
  readonly dtype: FloatDType;
  readonly batch: Dim;
  readonly m: Dim;
  readonly n: Dim;
  readonly k: Dim;
  readonly a: MatrixOperand;
  readonly b: MatrixOperand;
  readonly c: BufferId;
  /** Scratch for packed panels, u8. */
  readonly workspace: BufferId;
  /** The bytes of it that each thread has, where the product is split: thread t begins at t times as many. */
  readonly workspaceStride?: Dim;
  /** Runs on blocks of finished rows. Its first two sizes (0 and m here) are the first row of the block and the row after the last;
   *  whoever runs it replaces them. Only where batch is 1. For targets without blocks it reads and writes its own element alone, of any product: rows are then those of the first axis of its result. */
  readonly epilogue: Launch | undefined;
}

/** The known sizes of a convolution. Lists have one entry for each spatial axis. */
export interface ConvolutionGeometry {
  readonly image: readonly number[];
  readonly window: readonly number[];
  readonly counts: readonly number[];
  readonly strides: readonly number[];
  /** Distance between taps of the window. */
  readonly dilation: readonly number[];
  /** Distance between neighbours of the image in the field that windows move over; zeros between. */
  readonly spread: readonly number[];
  /** Zeros before the image; negative: elements left out. */
  readonly low: readonly number[];
  readonly channels: number;
  readonly outputs: number;
  /** Output o reads the channels of its group alone. */
  readonly groups: number;
}

/**
 * A convolution between dense tensors: image [batch, image..., channels], filter [window..., channels / groups, outputs],
 * result [batch, counts..., outputs]. One of the last two is computed of the others: the result, each element a
 * sum over the filter in row-major order, or the filter, each element a sum over the result's places in row-major order. Halves as in Contract.
 */
export interface Convolve extends Threaded {
  readonly kind: "convolve";
  readonly computes: "result" | "filter";
  readonly dtype: FloatDType;
  readonly batch: Dim;
  readonly geometry: ConvolutionGeometry;
  readonly image: BufferId;
  readonly filter: BufferId;
  readonly result: BufferId;
  /** Scratch for packed panels and padded images, u8. */
  readonly workspace: BufferId;
  /** As in Contract. */
  readonly workspaceStride?: Dim;
  /** Runs on blocks of finished images of the result, as in Contract. */
  readonly epilogue: Launch | undefined;
}

/** A tensor of which each element of a batch has a part of its own, `stride` elements after the last one's, or all have the same (0). */
export interface BatchOperand {
  readonly buffer: BufferId;
  readonly stride: Dim;
  /** Elements of one part. */
  readonly length: Dim;
}

/** Calls a routine for each element of a batch. */
export interface Call extends Threaded {
  readonly kind: "call";
  readonly routine: Routine;
  /** The function in the routine's object. */
  readonly symbol: string;
  readonly batch: Dim;
  readonly operands: readonly BatchOperand[];
  readonly results: readonly BatchOperand[];
  readonly sizes: readonly Dim[];
  /** i32[batch]: gets the code of each element; absent where the routine cannot fail. */
  readonly status: BufferId | undefined;
  /** Scratch, u8; absent where the routine takes none. */
  readonly workspace: BufferId | undefined;
  /** The first bytes of it that are for the module's product; absent where the routine does not call it. */
  readonly productBytes?: number;
  /** As in Contract. */
  readonly workspaceStride?: Dim;
  /** Arithmetic operations of one call, roughly. */
  readonly operations: Dim;
  /** How many parts a call's results have, where it gets the first and the one after the last behind its sizes. */
  readonly parts?: Dim;
}

export interface Copy extends Threaded {
  readonly kind: "copy";
  readonly from: BufferId;
  readonly to: BufferId;
}

/** Fails the call if flag[0] != 0; flag is i32[3]: failed, the offending value, the bound. */
export interface Check extends Omit<Threaded, "split"> {
  readonly kind: "check";
  readonly flag: BufferId;
  /** The number that the run returns. */
  readonly error: number;
}

/**
 * Counts the times that it is reached; at the first and at each `every`-th after it, runs its body, which computes `statistics` and `first`, and
 * writes a record of them to the log (log.ts). If the log is full, it is only counted that one was dropped.
 */
export interface Log extends Omit<Threaded, "split"> {
  readonly kind: "log";
  /** Index into ProgramModule.prints. */
  readonly print: number;
  readonly every: number;
  /** Of the value. */
  readonly shape: Shape;
  /** f64[4]: how many elements are NaN; the least, the largest and the sum of the others. */
  readonly statistics: BufferId;
  /** The value's first elements. */
  readonly first: BufferId;
  readonly body: readonly Statement[];
}

/** How a loop carries a value: nothing is copied from step to step, only addresses change. */
export interface CarriedBuffer {
  /** In the body: the value left by the step before, first that of `init`. Role `carried`. */
  readonly current: BufferId;
  readonly init: BufferId;
  /** In the body: where the next value is. Of role `carried` if it has rooms; else what it is does not change while the loop runs. */
  readonly next: BufferId;
  /** Where `next` lies: in one buffer, which is then updated in place, or in two by turns. */
  readonly rooms: readonly BufferId[];
  /** Gets the value after the last step. */
  readonly last: BufferId | undefined;
}

/** Runs its body once for each step. */
export interface Repeat extends Omit<Threaded, "split"> {
  readonly kind: "repeat";
  /** The most steps, if there is a bound. */
  readonly limit: Dim | undefined;
  /** i32[1]: the number of steps, no more than `limit`; all that the limit allows if absent. */
  readonly steps: BufferId | undefined;
  /** bool[1], read after each step: whether it was the last. */
  readonly stop: BufferId | undefined;
  /** i32[1]: gets the number of steps taken. */
  readonly taken: BufferId | undefined;
  /** Slices are taken from the last step's to the first's. */
  readonly reverse: boolean;
  /** The number that the run returns if `steps` is more than `limit` and nothing stopped the loop before. */
  readonly overrun: number | undefined;
  readonly slices: readonly BufferId[];
  readonly carried: readonly CarriedBuffer[];
  readonly body: readonly Statement[];
}

/** Runs one of its bodies; bool[1] is the condition. */
export interface If extends Omit<Threaded, "split"> {
  readonly kind: "if";
  readonly condition: BufferId;
  readonly then: readonly Statement[];
  readonly otherwise: readonly Statement[];
}

export type Statement = Launch | Contract | Convolve | Call | Copy | Check | Log | Repeat | If;

/** Sizes that must agree when the function is prepared. */
export interface SizeCheck {
  readonly left: Dim;
  readonly right: Dim;
  readonly error: number;
}

export interface Program {
  readonly name: string;
  readonly doc?: string | undefined;
  /** Size parameters, in signature order: those of the inputs, then those that are passed. */
  readonly sizes: readonly string[];
  readonly buffers: readonly Buffer[];
  readonly inputs: readonly NamedType[];
  readonly outputs: readonly NamedType[];
  readonly sizeChecks: readonly SizeCheck[];
  /** Element counts of values that kernels compute without storing: below 2^31, as of all tensors, since indices are i32. */
  readonly counts: readonly Dim[];
  /** Everything that can fail stands before the first statement that writes state. */
  readonly body: readonly Statement[];
  /** The most threads that may run it; absent where no statement is split. */
  readonly threads?: number;
}

export interface NamedType {
  readonly name: string;
  readonly type: TensorType;
  /** The user's words about it. */
  readonly doc?: string | undefined;
}

export interface StateVariable extends NamedType {
  readonly initial: TensorData;
}

/** What is compiled into one module. */
export interface ProgramModule {
  readonly programs: readonly Program[];
  readonly state: readonly StateVariable[];
  /** Error number - firstMessageNumber -> text with the user's line. */
  readonly messages: readonly string[];
  /** What its `log` statements print; absent where there is none. */
  readonly prints?: readonly Print[] | undefined;
}
