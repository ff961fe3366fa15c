// Runs a program naively: the meaning of the program IR. Every kernel runs in its own interpreter, with bounds, races and
// reads of unwritten elements checked; slots of the memory plan share bytes here as they do in a module.

import { allocateArray, arrayViews, type TensorData, type TypedArray } from "../data.ts";
import { InternalError } from "../errors.ts";
import { type InterpretOptions, interpretKernel, type KernelBuffer } from "../kernel/interpret.ts";
import { type Dim, evaluateDim } from "../size.ts";
import { itemSize } from "../types.ts";
import { interpretConvolution } from "./interpret-convolution.ts";
import type { MemoryPlan } from "./plan.ts";
import type { BufferId, Contract, Convolve, Launch, MatrixOperand, Program } from "./program.ts";

export interface ProgramRun {
  readonly inputs: readonly TensorData[];
  /** Storage of the state; changed in place. */
  readonly state: readonly TensorData[];
  readonly sizes: ReadonlyMap<string, number>;
  readonly plan?: MemoryPlan;
  readonly options?: InterpretOptions;
}

export type ProgramOutcome =
  | { readonly kind: "done"; readonly outputs: readonly TypedArray[] }
  | { readonly kind: "failed"; readonly error: number; readonly value: number; readonly bound: number };

export function interpretProgram(program: Program, run: ProgramRun): ProgramOutcome {
  return new Interpreter(program, run).run();
}

class Interpreter {
  readonly #program: Program;
  readonly #run: ProgramRun;
  readonly #buffers: KernelBuffer[];

  constructor(program: Program, run: ProgramRun) {
    this.#program = program;
    this.#run = run;
    const arena = this.#arena();
    this.#buffers = program.buffers.map((buffer, id): KernelBuffer => {
      const { role } = buffer;
      switch (role.kind) {
        case "input": return { data: run.inputs[role.index]!.data };
        case "state": return { data: run.state[role.index]!.data };
        case "constant": return { data: role.data.data };
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
    for (const statement of this.#program.body) {
      switch (statement.kind) {
        case "launch": this.#launch(statement, statement.sizes.map((size) => this.#dim(size))); break;
        case "contract": this.#contract(statement); break;
        case "convolve": this.#convolve(statement); break;
        case "copy": this.#copy(statement.from, statement.to); break;
        case "check": {
          const flag = this.#data(statement.flag);
          if (flag[0] !== 0) return { kind: "failed", error: statement.error, value: Number(flag[1]), bound: Number(flag[2]) };
        }
      }
    }
    const outputs = this.#program.outputs.map((output, index) => {
      const id = this.#program.buffers.findIndex(({ role }) => role.kind === "output" && role.index === index);
      if (id < 0) throw new InternalError(`output ${output.name} has no buffer`);
      if (this.#buffers[id]!.written?.includes(0)) throw new InternalError(`output ${output.name} is not written everywhere`);
      return this.#data(id);
    });
    return { kind: "done", outputs };
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

  #launch(launch: Launch, sizes: readonly number[]): void {
    try {
      interpretKernel(launch.kernel, launch.buffers.map((buffer) => this.#buffers[buffer]!), sizes, this.#run.options);
    } catch (error) {
      throw error instanceof InternalError ? error : new InternalError(`kernel ${launch.kernel.name}: ${String(error)}`);
    }
  }

  #copy(from: BufferId, to: BufferId): void {
    const [source, target] = [this.#buffers[from]!, this.#buffers[to]!];
    if (source.written?.includes(0)) throw new InternalError(`copy of buffer ${from}, which is not written everywhere`);
    (target.data as Float32Array).set(source.data as Float32Array);
    target.written?.fill(1);
  }

  #contract(contract: Contract): void {
    const [batch, m, n, k] = [contract.batch, contract.m, contract.n, contract.k].map((dim) => this.#dim(dim)) as [number, number, number, number];
    const [a, b, c] = [this.#matrix(contract.a), this.#matrix(contract.b), this.#buffers[contract.c]!];
    const round = contract.dtype === "f32" ? Math.fround : (value: number) => value;
    for (let g = 0; g < batch; g++) {
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          let sum = 0;
          for (let l = 0; l < k; l++) sum = round(sum + round(a(g, i, l) * b(g, l, j)));
          const at = (g * m + i) * n + j;
          c.data[at] = sum;
          if (c.written !== undefined) c.written[at] = 1;
        }
      }
    }
    this.#epilogue(contract.epilogue, m);
  }

  #convolve(convolve: Convolve): void {
    const batch = this.#dim(convolve.batch);
    interpretConvolution(convolve, batch, (buffer) => this.#buffers[buffer]!);
    this.#epilogue(convolve.epilogue, batch);
  }

  /** In blocks of rows, as targets do. */
  #epilogue(epilogue: Launch | undefined, rows: number): void {
    if (epilogue === undefined) return;
    const rest = epilogue.sizes.slice(2).map((size) => this.#dim(size));
    for (let row = 0; row < rows; row += rowBlock) this.#launch(epilogue, [row, Math.min(rows, row + rowBlock), ...rest]);
  }

  #matrix({ buffer, offset, batchStride, rowStride, columnStride }: MatrixOperand): (batch: number, row: number, column: number) => number {
    const { data, written } = this.#buffers[buffer]!;
    const [start, perBatch, perRow, perColumn] = [offset, batchStride, rowStride, columnStride].map((dim) => this.#dim(dim)) as [number, number, number, number];
    return (batch, row, column) => {
      const at = start + batch * perBatch + row * perRow + column * perColumn;
      if (at < 0 || at >= data.length) throw new InternalError(`a product reads element ${at} of ${data.length} of buffer ${buffer}`);
      if (written !== undefined && written[at] === 0) throw new InternalError(`a product reads element ${at} of buffer ${buffer}, which is not written`);
      return Number(data[at]);
    };
  }
}

const rowBlock = 3;

function fresh(data: TypedArray): KernelBuffer {
  return { data, written: new Uint8Array(data.length) };
}
