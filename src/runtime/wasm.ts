// Runs a compiled WebAssembly module: sizes are prepared when they change, inputs copied in, outputs copied out. A bound
// function has its buffers open instead, and a run of it allocates nothing.

import type { TensorData, TypedArray } from "../../ir/data.ts";
import { arrayViews, elementCount } from "../../ir/data.ts";
import { InternalError } from "../../ir/errors.ts";
import type { NamedType, Program, ProgramModule } from "../../ir/program/program.ts";
import { firstMessageNumber, fixedMessages } from "../../ir/program/signature.ts";
import { evaluateDim } from "../../ir/size.ts";
import type { DType } from "../../ir/types.ts";
import type { Backend, BoundFunction, ModuleLog, Sizes } from "./backend.ts";
import { errorOfMessage } from "./message-error.ts";

type Export = (...args: number[]) => number;

/** One tensor in the module's memory. The view is made again when the memory grew or the tensor moved. */
class Place {
  readonly dtype: DType;
  shape: readonly number[] = [];
  #address = 0;
  #length = 0;
  #view: TypedArray | undefined;
  readonly #memory: WebAssembly.Memory;

  constructor(memory: WebAssembly.Memory, dtype: DType) {
    this.#memory = memory;
    this.dtype = dtype;
  }

  moveTo(address: number, shape: readonly number[]): void {
    // Addresses are unsigned, wasm's i32 results are signed.
    this.#address = address >>> 0;
    this.shape = shape;
    this.#length = elementCount(shape);
    this.#view = undefined;
  }

  get data(): TypedArray {
    const { buffer } = this.#memory;
    if (this.#view?.buffer !== buffer) this.#view = new arrayViews[this.dtype](buffer, this.#address, this.#length);
    return this.#view!;
  }

  write(value: TensorData): void {
    // Both sides hold the dtype's own array.
    (this.data as Float64Array).set(value.data as Float64Array);
  }

  copy(): TensorData {
    return { dtype: this.dtype, shape: this.shape, data: this.data.slice() };
  }
}

/** Whether all bits are 0; false, unseen, where elements are smaller than a word. */
function isZero({ buffer, byteOffset, byteLength, BYTES_PER_ELEMENT }: TypedArray): boolean {
  if (BYTES_PER_ELEMENT < 4) return false;
  const words = new Int32Array(buffer, byteOffset, byteLength / 4);
  // Four at once: an optimizer's state is as large as the weights.
  const end = words.length & ~3;
  for (let i = 0; i < end; i += 4) if ((words[i]! | words[i + 1]! | words[i + 2]! | words[i + 3]!) !== 0) return false;
  return words.subarray(end).every((word) => word === 0);
}

/** What debug mode does around a run. */
export interface RunWatch {
  before(sizes: Sizes): void;
  /** Throws an InternalError if the run did what no run may do. */
  after(): void;
}

/** Made for each function of an instance. */
export type WatchRuns = (index: number, exports: WebAssembly.Exports) => RunWatch;

class WasmFunction {
  readonly program: Program;
  readonly inputs: readonly Place[];
  readonly outputs: readonly Place[];
  readonly #run: Export;
  readonly #exports: WebAssembly.Exports;
  readonly #fail: (number: number) => never;
  readonly #watch: RunWatch | undefined;
  #prepared: readonly number[] | undefined;

  constructor(program: Program, exports: WebAssembly.Exports, memory: WebAssembly.Memory, fail: (number: number) => never, watch: RunWatch | undefined) {
    this.program = program;
    this.#watch = watch;
    this.#exports = exports;
    this.#fail = fail;
    this.inputs = program.inputs.map(({ type }) => new Place(memory, type.dtype));
    this.outputs = program.outputs.map(({ type }) => new Place(memory, type.dtype));
    this.#run = exports[`${program.name}_run`] as Export;
  }

  prepare(sizes: Sizes): void {
    const { sizes: names, name, inputs, outputs } = this.program;
    if (this.#isPrepared(sizes)) return;
    const values = names.map((size) => sizes.get(size) ?? Number.NaN);
    if (values.some(Number.isNaN)) throw new InternalError(`a size of ${name} has no value`);
    const number = (this.#exports[`${name}_prepare`] as Export)(...values);
    if (number !== 0) this.#fail(number);
    this.#prepared = values;
    const place = (places: readonly Place[], types: readonly NamedType[], address: Export): void => places.forEach((tensor, i) => {
      tensor.moveTo(address(i), types[i]!.type.shape.map((dim) => evaluateDim(dim, sizes)));
    });
    place(this.inputs, inputs, this.#exports[`${name}_input`] as Export);
    place(this.outputs, outputs, this.#exports[`${name}_output`] as Export);
  }

  // Called on every run: no allocation.
  #isPrepared(sizes: Sizes): boolean {
    if (this.#prepared === undefined) return false;
    for (let i = 0; i < this.#prepared.length; i++) if (sizes.get(this.program.sizes[i]!) !== this.#prepared[i]) return false;
    return true;
  }

  run(): void {
    this.#watch?.before(new Map(this.program.sizes.map((name, i) => [name, this.#prepared![i]!])));
    const number = this.#run();
    this.#watch?.after();
    if (number !== 0) this.#fail(number);
  }
}

export class WasmBackend implements Backend {
  #functions: readonly WasmFunction[];
  #state: readonly Place[];
  log: ModuleLog | undefined;

  constructor(instance: WebAssembly.Instance, module: ProgramModule, watch: WatchRuns | undefined) {
    const { exports } = instance;
    const memory = exports["memory"] as WebAssembly.Memory;
    const fail = (number: number): never => {
      const text = module.messages[number - firstMessageNumber] ?? fixedMessages[number] ?? `error ${number}`;
      throw errorOfMessage(text, new Int32Array(memory.buffer, (exports["error_info"] as Export)() >>> 0, 2));
    };
    this.#functions = module.programs.map((program, index) => new WasmFunction(program, exports, memory, fail, watch?.(index, exports)));
    this.#state = module.state.map(({ type }, index) => {
      const place = new Place(memory, type.dtype);
      place.moveTo((exports["state"] as Export)(index), type.shape as readonly number[]);
      return place;
    });
    // The memory is new, so it is zero: pages of an optimizer's state need not be touched before the first step.
    module.state.forEach(({ initial }, index) => {
      if (!isZero(initial.data)) this.#state[index]!.write(initial);
    });
    (exports["weights_loaded"] as Export)();
    const { prints } = module;
    if (prints !== undefined) this.log = { memory, address: (exports["damo_log"] as Export)() >>> 0, prints };
  }

  run(index: number, inputs: readonly TensorData[], sizes: Sizes): readonly TensorData[] {
    const f = this.#functions[index]!;
    f.prepare(sizes);
    for (let i = 0; i < inputs.length; i++) f.inputs[i]!.write(inputs[i]!);
    f.run();
    return f.outputs.map((output) => output.copy());
  }

  getState(index: number): TensorData {
    return this.#state[index]!.copy();
  }

  setState(index: number, value: TensorData): void {
    this.#state[index]!.write(value);
  }

  bind(index: number, sizes: Sizes): BoundFunction {
    const f = this.#functions[index]!;
    f.prepare(sizes);
    const at = (places: readonly Place[], i: number): Place => {
      // A call with other sizes may have moved the buffers.
      f.prepare(sizes);
      return places[i]!;
    };
    return {
      input: (i) => at(f.inputs, i),
      output: (i) => at(f.outputs, i),
      run: () => {
        f.prepare(sizes);
        f.run();
      },
    };
  }

  dispose(): void {
    // Nothing holds the instance any more: its memory can be collected.
    this.#functions = [];
    this.#state = [];
    this.log = undefined;
  }
}

/** Up to this size an engine reads a module in less time than its background threads need to answer: they may be busy with other code. */
const mostAtOnce = 2 ** 20;

/** Instantiates a module whose weights are external, and gives the state its initial values. */
export async function createWasmBackend(bytes: Uint8Array<ArrayBuffer>, module: ProgramModule, watch?: WatchRuns): Promise<Backend> {
  // Some browsers refuse to compile anything but small modules on the thread of a page.
  const atOnce = typeof document === "undefined" && bytes.length <= mostAtOnce;
  const instance = atOnce ? new WebAssembly.Instance(new WebAssembly.Module(bytes), {}) : (await WebAssembly.instantiate(bytes, {})).instance;
  return new WasmBackend(instance, module, watch);
}

