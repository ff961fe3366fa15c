// Runs a kernel naively, one scalar at a time: the meaning that every target must reproduce bit for bit, including the
// order of accumulation. Finds accesses outside buffers, reads of elements never written, and races.

import type { TypedArray } from "../data.ts";
import { InternalError } from "../errors.ts";
import type { DType } from "../types.ts";
import type { Carried, Instruction, Kernel, LoopInstruction, OpInstruction, ValueId } from "./kernel.ts";
import { printInstruction } from "./print.ts";
import { identityOf, isBaseOp, type MathOp } from "./scalar.ts";
import { type Scalar, applyBaseOp, applyCombine, bitcastScalar, convertScalar, normalize } from "./scalar-meaning.ts";

/** What stands behind a buffer parameter. Parameters with the same `data` are one buffer. */
export interface KernelBuffer {
  readonly data: TypedArray;
  /** 1 for every element that holds a value; with it, reads of others are refused and stores mark them. */
  readonly written?: Uint8Array | undefined;
}

export interface InterpretOptions {
  /** Looks for two iterations of a parallel or multi-lane loop that touch one element, one of them writing. */
  readonly races?: boolean;
  /** Called for every element that is loaded or stored. */
  readonly touched?: ((data: TypedArray, element: number, write: boolean) => void) | undefined;
  /** The meaning of math functions; without it they are refused. */
  readonly math?: ((op: MathOp, dtype: DType, args: readonly number[]) => number) | undefined;
}

/** Throws an InternalError at the first violation. */
export function interpretKernel(
  kernel: Kernel, buffers: readonly KernelBuffer[], sizes: readonly number[], options: InterpretOptions = {},
): void {
  if (buffers.length !== kernel.buffers.length || sizes.length !== kernel.sizes) {
    throw new InternalError(`kernel ${kernel.name}: ${buffers.length} buffers and ${sizes.length} sizes`);
  }
  new Interpreter(kernel, buffers, sizes, options).run();
}

/** Who touched the elements of one buffer within one loop: iteration + 1 of the last write and of the last read. */
interface Touches {
  readonly writer: Map<number, number>;
  /** Negative: read by several iterations. */
  readonly reader: Map<number, number>;
}

interface Watch {
  readonly loop: LoopInstruction;
  iteration: number;
  readonly touches: Map<TypedArray, Touches>;
}

class Interpreter {
  readonly #kernel: Kernel;
  readonly #buffers: readonly KernelBuffer[];
  readonly #sizes: readonly number[];
  readonly #options: InterpretOptions;
  readonly #values: Scalar[] = [];
  readonly #dtypes: DType[] = [];
  readonly #watches: Watch[] = [];

  constructor(kernel: Kernel, buffers: readonly KernelBuffer[], sizes: readonly number[], options: InterpretOptions) {
    this.#kernel = kernel;
    this.#buffers = buffers;
    this.#sizes = sizes;
    this.#options = options;
  }

  run(): void {
    this.#body(this.#kernel.body);
  }

  #fail(message: string): never {
    throw new InternalError(`kernel ${this.#kernel.name}: ${message}`);
  }

  #get(id: ValueId): Scalar {
    return this.#values[id] ?? this.#fail(`%${id} has no value`);
  }

  #set(id: ValueId, dtype: DType, value: Scalar): void {
    this.#values[id] = value;
    this.#dtypes[id] = dtype;
  }

  #body(body: readonly Instruction[]): void {
    for (const instruction of body) {
      switch (instruction.kind) {
        case "constant": this.#set(instruction.id, instruction.dtype, instruction.value); break;
        case "size": this.#set(instruction.id, "i32", this.#sizes[instruction.parameter]!); break;
        case "op": this.#set(instruction.id, instruction.dtype, this.#operation(instruction)); break;
        case "load": this.#set(instruction.id, instruction.dtype, this.#load(instruction.buffer, instruction.offset, printInstruction(instruction))); break;
        case "store": this.#store(instruction.buffer, instruction.offset, this.#get(instruction.value), printInstruction(instruction)); break;
        case "loop": this.#loop(instruction);
      }
    }
  }

  #operation({ op, args, dtype }: OpInstruction): Scalar {
    const values = args.map((arg) => this.#get(arg));
    const from = this.#dtypes[args[0]!]!;
    if (op === "convert") return convertScalar(values[0]!, from, dtype);
    if (op === "bitcast") return bitcastScalar(values[0]!, from, dtype);
    if (isBaseOp(op)) return applyBaseOp(op, op === "select" ? dtype : from, values);
    const { math } = this.#options;
    if (math === undefined) this.#fail(`${op} has no meaning here`);
    return math(op, dtype, values.map(Number));
  }

  #load(buffer: number, offset: ValueId, text: string): Scalar {
    const { data, written } = this.#buffers[buffer]!;
    const at = this.#element(data, offset, text);
    if (written !== undefined && written[at] === 0) this.#fail(`${text} reads element ${at}, which was never written`);
    for (const watch of this.#watches) this.#watchRead(watch, data, at, text);
    this.#options.touched?.(data, at, false);
    return data[at]!;
  }

  #store(buffer: number, offset: ValueId, value: Scalar, text: string): void {
    const { data, written } = this.#buffers[buffer]!;
    const at = this.#element(data, offset, text);
    if (written !== undefined) written[at] = 1;
    for (const watch of this.#watches) this.#watchWrite(watch, data, at, text);
    this.#options.touched?.(data, at, true);
    data[at] = value;
  }

  #element(data: TypedArray, offset: ValueId, text: string): number {
    const at = Number(this.#get(offset));
    if (at < 0 || at >= data.length) this.#fail(`${text} is at ${at} of ${data.length} elements`);
    return at;
  }

  #loop(loop: LoopInstruction): void {
    const extent = Number(this.#get(loop.extent));
    const watched = this.#options.races === true && (loop.order === "parallel" || loop.lanes > 1);
    const watch: Watch = { loop, iteration: 0, touches: new Map() };
    if (watched) this.#watches.push(watch);
    const lanes = loop.carried.map((carried) => this.#startLanes(carried, loop.lanes));
    for (let i = 0; i < extent; i++) {
      watch.iteration = i + 1;
      const lane = i % loop.lanes;
      this.#set(loop.index, "i32", i);
      loop.carried.forEach(({ current, dtype }, j) => this.#set(current, dtype, lanes[j]![lane]!));
      this.#body(loop.body);
      loop.carried.forEach(({ next }, j) => (lanes[j]![lane] = this.#get(next)));
    }
    if (watched) this.#watches.pop();
    loop.carried.forEach((carried, j) => this.#set(carried.result, carried.dtype, this.#joinLanes(carried, lanes[j]!)));
  }

  /** One lane goes on from the initial value; several start from the identity. */
  #startLanes(carried: Carried, lanes: number): Scalar[] {
    if (lanes === 1) return [this.#get(carried.init)];
    return new Array<Scalar>(lanes).fill(
      normalize(identityOf(carried.combine ?? this.#fail("lanes without combine"), carried.dtype), carried.dtype),
    );
  }

  #joinLanes(carried: Carried, lanes: Scalar[]): Scalar {
    if (lanes.length === 1) return lanes[0]!;
    const combine = carried.combine!;
    for (let half = lanes.length / 2; half >= 1; half /= 2) {
      for (let lane = 0; lane < half; lane++) {
        lanes[lane] = applyCombine(combine, carried.dtype, lanes[lane]!, lanes[lane + half]!);
      }
    }
    return applyCombine(combine, carried.dtype, this.#get(carried.init), lanes[0]!);
  }

  #touches(watch: Watch, data: TypedArray): Touches {
    let touches = watch.touches.get(data);
    if (touches === undefined) watch.touches.set(data, (touches = { writer: new Map(), reader: new Map() }));
    return touches;
  }

  #watchRead(watch: Watch, data: TypedArray, at: number, text: string): void {
    const { writer, reader } = this.#touches(watch, data);
    const wrote = writer.get(at);
    if (wrote !== undefined && wrote !== watch.iteration) this.#race(watch, wrote, at, text);
    const read = reader.get(at);
    reader.set(at, read === undefined || read === watch.iteration ? watch.iteration : -1);
  }

  #watchWrite(watch: Watch, data: TypedArray, at: number, text: string): void {
    const { writer, reader } = this.#touches(watch, data);
    for (const other of [writer.get(at), reader.get(at)]) {
      if (other !== undefined && other !== watch.iteration) this.#race(watch, other, at, text);
    }
    writer.set(at, watch.iteration);
  }

  #race(watch: Watch, other: number, at: number, text: string): never {
    const first = other < 0 ? "several" : String(other - 1);
    this.#fail(`${text}: iterations ${first} and ${watch.iteration - 1} of %${watch.loop.index} both touch element ${at}`);
  }
}
