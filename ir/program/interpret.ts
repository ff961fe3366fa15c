// Runs a program naively: the meaning of the program IR. Every kernel runs in its own interpreter, with bounds, races and
// reads of unwritten elements checked; slots of the memory plan share bytes here as they do in a module.

import { allocateArray, arrayViews, type TensorData, type TypedArray } from "../data.ts";
import { InternalError } from "../errors.ts";
import { type InterpretOptions, interpretKernel, type KernelBuffer } from "../kernel/interpret.ts";
import { normalize } from "../kernel/scalar-meaning.ts";
import { type Dim, evaluateDim } from "../size.ts";
import { itemSize } from "../types.ts";
import { convolveOperands } from "./access.ts";
import { type FilterPart, interpretConvolution, wholeFilter } from "./interpret-convolution.ts";
import type { LogRecord } from "./log.ts";
import type { MemoryPlan } from "./plan.ts";
import type { BatchOperand, BufferId, Call, Contract, Convolve, Copy, Launch, Log, MatrixOperand, Program, Repeat, Split, Statement } from "./program.ts";
import { RaceDetector } from "./races.ts";
import { isShared, shareOf } from "./share.ts";

export interface ProgramRun {
  readonly inputs: readonly TensorData[];
  /** Storage of the state; changed in place. */
  readonly state: readonly TensorData[];
  readonly sizes: ReadonlyMap<string, number>;
  readonly plan?: MemoryPlan;
  readonly options?: InterpretOptions;
  /** Runs split statements in the parts of so many threads, and looks for races between them. */
  readonly threads?: number;
  /** Gets the records of what is printed; `counters` has how often each print was reached. */
  readonly log?: { readonly counters: number[]; readonly records: LogRecord[] };
}

interface Failure { readonly kind: "failed"; readonly error: number; readonly value: number; readonly bound: number }

export type ProgramOutcome = { readonly kind: "done"; readonly outputs: readonly TypedArray[] } | Failure;

export function interpretProgram(program: Program, run: ProgramRun): ProgramOutcome {
  return new Interpreter(program, run).run();
}

class Interpreter {
  readonly #program: Program;
  readonly #run: ProgramRun;
  readonly #buffers: KernelBuffer[];
  readonly #races = new RaceDetector();
  readonly #options: InterpretOptions;
  readonly #threads: number;

  constructor(program: Program, run: ProgramRun) {
    this.#program = program;
    this.#run = run;
    // Where nothing is split, thread 0 runs everything.
    this.#threads = program.threads === undefined ? 1 : run.threads ?? 1;
    this.#options = { ...run.options, ...(this.#threads === 1 ? {} : { touched: this.#races.touched }) };
    const arena = this.#arena();
    this.#buffers = program.buffers.map((buffer, id): KernelBuffer => {
      const { role } = buffer;
      switch (role.kind) {
        case "input": return { data: run.inputs[role.index]!.data };
        case "state": return { data: run.state[role.index]!.data };
        case "constant": return { data: role.data.data };
        // Their loop says where they lie.
        case "slice": case "carried": return fresh(allocateArray(buffer.dtype, 0));
        case "output": return fresh(allocateArray(buffer.dtype, this.#dim(buffer.elements)));
        case "scratch": {
          const slot = run.plan?.slotOf.get(id);
          const length = this.#dim(buffer.elements);
          if (slot === undefined || arena === undefined) return fresh(allocateArray(buffer.dtype, length));
          const offset = arena.offsets[slot]!;
          if (offset + length * itemSize[buffer.dtype] > arena.bytes.byteLength) throw new InternalError(`slot ${slot} leaves the arena`);
          return fresh(new arrayViews[buffer.dtype](arena.bytes, offset, length));
        }
      }
    });
  }

  run(): ProgramOutcome {
    const failure = this.#body(this.#program.body);
    if (failure !== undefined) return failure;
    const outputs = this.#program.outputs.map((output, index) => {
      const id = this.#program.buffers.findIndex(({ role }) => role.kind === "output" && role.index === index);
      if (id < 0) throw new InternalError(`output ${output.name} has no buffer`);
      if (this.#buffers[id]!.written?.includes(0)) throw new InternalError(`output ${output.name} is not written everywhere`);
      return this.#data(id);
    });
    return { kind: "done", outputs };
  }

  #body(body: readonly Statement[]): Failure | undefined {
    for (const statement of body) {
      const failure = this.#statement(statement);
      if (failure !== undefined) return failure;
    }
    return undefined;
  }

  #statement(statement: Statement): Failure | undefined {
    if (statement.barrier) this.#races.meet();
    switch (statement.kind) {
      case "launch": this.#share(statement.split, (part) => this.#launch(statement, part)); return undefined;
      case "contract": this.#share(statement.split, (part) => this.#contract(statement, part)); return undefined;
      case "convolve": this.#share(statement.split, (part) => this.#convolve(statement, part)); return undefined;
      case "call": this.#share(statement.split, (part) => this.#call(statement, part)); return undefined;
      case "copy": this.#share(statement.split, (part) => this.#copy(statement, part)); return undefined;
      case "check": {
        const flag = this.#data(statement.flag);
        for (let thread = 0; thread < this.#threads; thread++) {
          this.#races.thread = thread;
          for (let word = 0; word < 3; word++) this.#touch(flag, word, false);
        }
        return flag[0] === 0 ? undefined : { kind: "failed", error: statement.error, value: Number(flag[1]), bound: Number(flag[2]) };
      }
      case "log": return this.#log(statement);
      case "if": return this.#body(this.#scalar(statement.condition, isShared(statement) ? this.#threads : 1) !== 0 ? statement.then : statement.otherwise);
      case "repeat": return this.#repeat(statement);
    }
  }

  /** The log has room for everything. */
  #log({ print, every, shape, statistics, first, body }: Log): Failure | undefined {
    const { counters, records } = this.#run.log ?? { counters: [], records: [] };
    const time = counters[print] ?? 0;
    counters[print] = time + 1;
    if (time % every !== 0) return undefined;
    this.#races.thread = 0;
    const failure = this.#body(body);
    const [nan, least, largest, sum] = this.#data(statistics) as Float64Array;
    records.push({
      print, time, shape: shape.map((dim) => this.#dim(dim)), statistics: { nan: nan!, least: least!, largest: largest!, sum: sum! }, first: this.#data(first).slice(),
    });
    return failure;
  }

  #repeat(repeat: Repeat): Failure | undefined {
    const { limit, steps, stop, taken, reverse, overrun, slices, carried, body } = repeat;
    // Threads that run it together each read what steers it.
    const threads = isShared(repeat) ? this.#threads : 1;
    const meet = (): void => {
      if (threads > 1) this.#races.meet();
    };
    const most = limit === undefined ? Number.POSITIVE_INFINITY : this.#dim(limit);
    const wanted = steps === undefined ? most : this.#scalar(steps, threads);
    const count = Math.max(0, Math.min(wanted, most));
    const current = carried.map(({ init }) => this.#buffers[init]!);
    let [step, stopped] = [0, false];
    for (; step < count && !stopped; step++) {
      for (const slice of slices) this.#buffers[slice] = this.#slice(slice, reverse ? count - 1 - step : step);
      carried.forEach(({ current: buffer, next, rooms }, i) => {
        this.#buffers[buffer] = current[i]!;
        if (rooms.length > 0) this.#buffers[next] = this.#buffers[rooms[step % rooms.length]!]!;
      });
      const failure = this.#body(body);
      if (failure !== undefined) return failure;
      if (stop !== undefined) meet();
      stopped = stop !== undefined && this.#scalar(stop, threads) !== 0;
      carried.forEach(({ next }, i) => (current[i] = this.#buffers[next]!));
    }
    if (!stopped && overrun !== undefined && wanted > most) return { kind: "failed", error: overrun, value: wanted, bound: most };
    meet();
    carried.forEach(({ last }, i) => {
      if (last !== undefined) copyWhole(current[i]!, this.#buffers[last]!, last);
    });
    if (taken !== undefined) copyWhole({ data: Int32Array.of(step) }, this.#buffers[taken]!, taken);
    return undefined;
  }

  /** The part of the whole at a step, as a view. */
  #slice(slice: BufferId, at: number): KernelBuffer {
    const { elements, role } = this.#program.buffers[slice]!;
    if (role.kind !== "slice") throw new InternalError(`buffer ${slice} is no slice`);
    const [{ data, written }, length] = [this.#buffers[role.of]!, this.#dim(elements)];
    const [begin, end] = [at * length, (at + 1) * length];
    if (end > data.length) throw new InternalError(`slice ${at} of buffer ${role.of} lies outside it`);
    return { data: data.subarray(begin, end), ...(written === undefined ? {} : { written: written.subarray(begin, end) }) };
  }

  /** What steers a loop or branch, read by so many threads. */
  #scalar(buffer: BufferId, threads = 1): number {
    const { data, written } = this.#buffers[buffer]!;
    if (written?.[0] === 0) throw new InternalError(`buffer ${buffer} steers a loop or branch and is not written`);
    for (let thread = 0; thread < threads; thread++) {
      this.#races.thread = thread;
      this.#touch(data, 0, false);
    }
    return Number(data[0]);
  }

  #dim(dim: Dim): number {
    return evaluateDim(dim, this.#run.sizes);
  }

  #data(buffer: BufferId): TypedArray {
    return this.#buffers[buffer]!.data;
  }

  #arena(): { bytes: ArrayBuffer; offsets: readonly number[] } | undefined {
    const placement = this.#run.plan?.placement;
    return placement === undefined ? undefined : { bytes: new ArrayBuffer(placement.bytes), offsets: placement.offsets };
  }

  /** Runs a statement: whole on thread 0, or each thread its part. */
  #share(split: Split | undefined, run: (part: Part | undefined) => void): void {
    this.#races.thread = 0;
    if (split === undefined) {
      run(undefined);
      return;
    }
    const extent = this.#dim(split.extent);
    for (let thread = 0; thread < this.#threads; thread++) {
      const [begin, end] = shareOf(split, extent, thread, this.#threads);
      this.#races.thread = thread;
      if (begin < end) run({ axis: split.axis, begin, end });
    }
  }

  #touch(data: TypedArray, element: number, write: boolean): void {
    this.#options.touched?.(data, element, write);
  }

  #launch(launch: Launch, part?: { readonly begin: number; readonly end: number }): void {
    const sizes = launch.sizes.map((size) => this.#dim(size));
    if (part !== undefined) sizes.splice(0, 2, part.begin, part.end);
    try {
      interpretKernel(launch.kernel, launch.buffers.map((buffer) => this.#buffers[buffer]!), sizes, this.#options);
    } catch (error) {
      throw error instanceof InternalError ? error : new InternalError(`kernel ${launch.kernel.name}: ${String(error)}`);
    }
  }

  #copy({ from, to }: Copy, part: Part | undefined): void {
    const [source, target] = [this.#buffers[from]!, this.#buffers[to]!];
    const { begin, end } = part ?? { begin: 0, end: source.data.length };
    if (source.written?.subarray(begin, end).includes(0)) throw new InternalError(`copy of buffer ${from}, which is not written everywhere`);
    for (let at = begin; at < end; at++) {
      this.#touch(source.data, at, false);
      this.#touch(target.data, at, true);
    }
    (target.data as Float32Array).set((source.data as Float32Array).subarray(begin, end), begin);
    target.written?.fill(1, begin, end);
  }

  #contract(contract: Contract, part: Part | undefined): void {
    const [batch, m, n, k] = [contract.batch, contract.m, contract.n, contract.k].map((dim) => this.#dim(dim)) as [number, number, number, number];
    const range = (axis: Split["axis"], extent: number): readonly [number, number] => (part?.axis === axis ? [part.begin, part.end] : [0, extent]);
    const [[firstBatch, endBatch], [firstRow, endRow], [firstColumn, endColumn]] = [range("batch", batch), range("rows", m), range("columns", n)];
    this.#touchWorkspace(contract);
    const [a, b, c] = [this.#matrix(contract.a), this.#matrix(contract.b), this.#buffers[contract.c]!];
    const round = contract.dtype === "f32" ? Math.fround : (value: number) => value;
    for (let g = firstBatch; g < endBatch; g++) {
      for (let i = firstRow; i < endRow; i++) {
        for (let j = firstColumn; j < endColumn; j++) {
          let sum = 0;
          for (let l = 0; l < k; l++) sum = round(sum + round(a(g, i, l) * b(g, l, j)));
          const at = (g * m + i) * n + j;
          this.#touch(c.data, at, true);
          c.data[at] = normalize(sum, this.#program.buffers[contract.c]!.dtype);
          if (c.written !== undefined) c.written[at] = 1;
        }
      }
    }
    const { epilogue } = contract;
    // Undivided, it is for all the rows that it says it is.
    this.#epilogue(epilogue, firstRow, part === undefined && epilogue !== undefined ? this.#dim(epilogue.sizes[1]!) : endRow);
  }

  /** A part is some of the images, and what becomes of them, or some of the filter's rows or columns. */
  #convolve(convolve: Convolve, part: Part | undefined): void {
    const batch = this.#dim(convolve.batch);
    const { begin, end } = part?.axis === "batch" ? part : { begin: 0, end: batch };
    const whole = wholeFilter(convolve.geometry);
    const [rows, columns] = (["rows", "columns"] as const).map((axis) => (part?.axis === axis ? part : whole[axis])) as [FilterPart["rows"], FilterPart["columns"]];
    this.#touchWorkspace(convolve);
    const { read, written } = convolveOperands(convolve);
    const partOf = (buffer: BufferId): KernelBuffer => {
      const whole = this.#buffers[buffer]!;
      if (buffer === convolve.filter) return whole;
      const each = whole.data.length / Math.max(1, batch);
      return { data: whole.data.subarray(begin * each, end * each), written: whole.written?.subarray(begin * each, end * each) };
    };
    for (const buffer of [...read, written]) {
      const { data } = partOf(buffer);
      const all = buffer !== written || convolve.computes === "result";
      const { outputs } = convolve.geometry;
      for (let at = 0; at < data.length; at++) {
        const [row, column] = [Math.floor(at / outputs), at % outputs];
        if (all || row >= rows.begin && row < rows.end && column >= columns.begin && column < columns.end) this.#touch(data, at, buffer === written);
      }
    }
    interpretConvolution(convolve, end - begin, partOf, this.#program.buffers[written]!.dtype, { rows, columns });
    this.#epilogue(convolve.epilogue, begin, end);
  }

  /** The workspace is only touched: the naive version needs none. */
  #call({ routine, batch, operands, results, sizes, parts, status, workspace, ...rest }: Call, part: Part | undefined): void {
    const { begin, end } = part?.axis === "batch" ? part : { begin: 0, end: this.#dim(batch) };
    const range = parts === undefined ? [] : part?.axis === "rows" ? [part.begin, part.end] : [0, this.#dim(parts)];
    const partOf = ({ buffer, stride, length }: BatchOperand, at: number): KernelBuffer => {
      const [{ data, written }, start] = [this.#buffers[buffer]!, at * this.#dim(stride)];
      const stop = start + this.#dim(length);
      if (stop > data.length) throw new InternalError(`a routine gets elements ${start} to ${stop} of ${data.length} of buffer ${buffer}`);
      return { data: data.subarray(start, stop), written: written?.subarray(start, stop) };
    };
    if (workspace !== undefined) this.#touchWorkspace({ workspace, ...rest });
    for (let at = begin; at < end; at++) {
      const given = operands.map((operand) => partOf(operand, at));
      given.forEach(({ data, written }, i) => {
        if (written?.includes(0)) throw new InternalError(`a routine reads buffer ${operands[i]!.buffer}, which is not written everywhere`);
        for (let element = 0; element < data.length; element++) this.#touch(data, element, false);
      });
      const made = results.map((result) => partOf(result, at));
      const perform = (copies: readonly TypedArray[]): number => routine.perform(given.map(({ data }) => data), copies, [...sizes.map((size) => this.#dim(size)), ...range]);
      // Results may lie where operands do.
      const copies = made.map(({ data }) => data.slice());
      // What stays what it was, whatever it was, is not written.
      const others = parts === undefined ? copies : copies.map((copy) => (copy as Float32Array).slice().fill(1));
      if (parts !== undefined) {
        for (const copy of copies) (copy as Float32Array).fill(0);
        perform(others);
      }
      const code = perform(copies);
      made.forEach(({ data, written }, i) => {
        for (let element = 0; element < data.length; element++) {
          if (parts !== undefined && !Object.is(copies[i]![element], others[i]![element])) continue;
          data[element] = copies[i]![element]!;
          if (written !== undefined) written[element] = 1;
          this.#touch(data, element, true);
        }
      });
      if (status !== undefined) {
        const codes = this.#buffers[status]!;
        codes.data[at] = code;
        if (codes.written !== undefined) codes.written[at] = 1;
        this.#touch(codes.data, at, true);
      } else if (code !== 0) throw new InternalError(`a routine that cannot fail gave the code ${code}`);
    }
  }

  /** In blocks of rows, as targets do. */
  #epilogue(epilogue: Launch | undefined, firstRow: number, endRow: number): void {
    if (epilogue === undefined) return;
    for (let begin = firstRow; begin < endRow; begin += rowBlock) this.#launch(epilogue, { begin, end: Math.min(endRow, begin + rowBlock) });
  }

  /** The bytes that a target may write: this thread's share. One of each line will do to find whoever else is there. */
  #touchWorkspace({ workspace, workspaceStride }: Pick<Contract, "workspace" | "workspaceStride">): void {
    if (this.#threads === 1) return;
    const { data } = this.#buffers[workspace]!;
    const bytes = workspaceStride === undefined ? data.length : this.#dim(workspaceStride);
    const start = workspaceStride === undefined ? 0 : bytes * this.#races.thread;
    for (let at = start; at < start + bytes; at += line) this.#touch(data, at, true);
  }

  #matrix({ buffer, offset, batchStride, rowStride, columnStride }: MatrixOperand): (batch: number, row: number, column: number) => number {
    const { data, written } = this.#buffers[buffer]!;
    const [start, perBatch, perRow, perColumn] = [offset, batchStride, rowStride, columnStride].map((dim) => this.#dim(dim)) as [number, number, number, number];
    return (batch, row, column) => {
      const at = start + batch * perBatch + row * perRow + column * perColumn;
      if (at < 0 || at >= data.length) throw new InternalError(`a product reads element ${at} of ${data.length} of buffer ${buffer}`);
      if (written !== undefined && written[at] === 0) throw new InternalError(`a product reads element ${at} of buffer ${buffer}, which is not written`);
      this.#touch(data, at, false);
      return Number(data[at]);
    };
  }
}

function copyWhole(source: KernelBuffer, target: KernelBuffer, to: BufferId): void {
  if (source.written?.includes(0)) throw new InternalError(`copy to buffer ${to} of what is not written everywhere`);
  if (source.data.length !== target.data.length) throw new InternalError(`copy of ${source.data.length} elements to the ${target.data.length} of buffer ${to}`);
  (target.data as Float32Array).set(source.data as Float32Array);
  target.written?.fill(1);
}

const rowBlock = 3;
const line = 64;

/** What one thread does of a split statement. */
interface Part {
  readonly axis: Split["axis"];
  readonly begin: number;
  readonly end: number;
}

function fresh(data: TypedArray): KernelBuffer {
  return { data, written: new Uint8Array(data.length) };
}
