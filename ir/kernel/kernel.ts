// The kernel IR: a loop nest over buffers, in SSA form. Instructions stand in the scope of the loop they depend on,
// so emitters and the interpreter need no analysis to place them.

import type { DType } from "../types.ts";
import type { CombineOp, ScalarOp } from "./scalar.ts";

/** Names one scalar value; unique within a kernel. */
export type ValueId = number;

/** `D`: the dtypes that there may be, where a target has fewer. */
export type Instruction<D extends DType = DType> =
  | ConstantInstruction<D>
  | SizeInstruction
  | OpInstruction<D>
  | LoadInstruction<D>
  | StoreInstruction
  | LoopInstruction<D>;

/** i64 constants are bigint, all others number; bool is 0 or 1. */
export interface ConstantInstruction<D extends DType = DType> { readonly kind: "constant"; readonly id: ValueId; readonly dtype: D; readonly value: number | bigint }
/** The i-th size parameter of the kernel, an i32. */
export interface SizeInstruction { readonly kind: "size"; readonly id: ValueId; readonly parameter: number }
export interface OpInstruction<D extends DType = DType> { readonly kind: "op"; readonly id: ValueId; readonly dtype: D; readonly op: ScalarOp; readonly args: readonly ValueId[] }
/** `offset` is an i32 count of elements from the buffer's start. */
export interface LoadInstruction<D extends DType = DType> { readonly kind: "load"; readonly id: ValueId; readonly dtype: D; readonly buffer: number; readonly offset: ValueId }
export interface StoreInstruction { readonly kind: "store"; readonly buffer: number; readonly offset: ValueId; readonly value: ValueId }

/**
 * for (index = 0; index < extent; index++) body.
 * `lanes` consecutive iterations run side by side; only `parallel` loops and loops whose carried values all have a
 * `combine` may have more than one. With lanes L > 1 (4, 8 or 16), lane l accumulates the iterations i with i mod L = l, from the
 * identity; at the end lanes are combined pairwise, upper half onto lower half, until one is left, and the initial value
 * comes first: combine(init, lanes). This is the order of accumulation on every target.
 * One lane goes on from the initial value. Loops with lanes do not nest, and in one the loops inside have the same extent
 * in every lane. A `serial` loop with one lane may store what a later iteration loads.
 */
export interface LoopInstruction<D extends DType = DType> {
  readonly kind: "loop";
  readonly index: ValueId;
  /** An i32 value of an enclosing scope. */
  readonly extent: ValueId;
  readonly order: "parallel" | "serial";
  readonly lanes: number;
  readonly carried: readonly Carried<D>[];
  readonly body: readonly Instruction<D>[];
}

/** A value that goes from one iteration to the next. */
export interface Carried<D extends DType = DType> {
  readonly dtype: D;
  /** Before the first iteration; a value of an enclosing scope. */
  readonly init: ValueId;
  /** In the body: the value left by the iteration before. */
  readonly current: ValueId;
  /** In the body: the value left to the next; with `combine`, it is combine(current, something). */
  readonly next: ValueId;
  /** After the loop. */
  readonly result: ValueId;
  readonly combine: CombineOp | undefined;
}

export type Access = "read" | "write" | "readwrite";

export interface BufferParameter<D extends DType = DType> {
  readonly dtype: D;
  readonly access: Access;
}

export interface Kernel<D extends DType = DType> {
  /** Readable, from what it computes; not unique. */
  readonly name: string;
  readonly buffers: readonly BufferParameter<D>[];
  /** Number of i32 size parameters. */
  readonly sizes: number;
  readonly body: readonly Instruction<D>[];
}

/** Equal keys mean equal kernels, whatever their ids: a value is named by its place in the order of definitions. */
export function kernelKey(kernel: Kernel): string {
  const parts: (string | number | bigint)[] = [kernel.sizes];
  for (const { dtype, access } of kernel.buffers) parts.push(dtype, access);
  /** An array, since a kernel may have 100,000 values. */
  const order: number[] = [];
  let count = 0;
  const define = (id: ValueId): void => void (order[id] = count++);
  const read = (id: ValueId): number => order[id]!;
  const write = (body: readonly Instruction[]): void => {
    for (const instruction of body) {
      switch (instruction.kind) {
        case "constant": {
          const { dtype, value } = instruction;
          parts.push("c", dtype, Object.is(value, -0) ? "-0" : value);
          break;
        }
        case "size": parts.push("s", instruction.parameter); break;
        case "op": parts.push(instruction.op, instruction.dtype, ...instruction.args.map(read)); break;
        case "load": parts.push("l", instruction.buffer, read(instruction.offset)); break;
        case "store": parts.push("w", instruction.buffer, read(instruction.offset), read(instruction.value)); break;
        case "loop": {
          const { index, extent, order: kind, lanes, carried } = instruction;
          parts.push("{", read(extent), kind, lanes, ...carried.flatMap(({ dtype, init, combine }) => ["v", dtype, read(init), combine ?? "-"]));
          for (const id of [index, ...carried.map(({ current }) => current)]) define(id);
          write(instruction.body);
          parts.push("}", ...carried.map(({ next }) => read(next)));
          for (const { result } of carried) define(result);
        }
      }
      if ("id" in instruction) define(instruction.id);
    }
  };
  write(kernel.body);
  return parts.join(" ");
}
