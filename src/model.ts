// Compiled models: calls with checked inputs, state that can be read and set, one call at a time.

// Models are disposable; users' projects get the type of Symbol.dispose with these declarations.
/// <reference lib="esnext.disposable" preserve="true" />

import type { TensorData, TypedArray } from "../ir/data.ts";
import { DamoError, userError } from "../ir/errors.ts";
import type { NamedType, StateVariable } from "../ir/program/program.ts";
import { readFeeds, readSizes, readState } from "./feeds.ts";
import { captureLocation } from "./location.ts";
import type { Backend, BoundFunction } from "./runtime/backend.ts";
import type { StateFormat } from "./state-files.ts";
import type { TracedModel } from "./trace.ts";
import type { DType, Feed, List, Shape, Value } from "./types/index.ts";
import { toValue } from "./value.ts";

/** A variable's value in a compiled model. */
export interface State<out D extends DType = DType, out S extends List = Shape> {
  /** A copy of the value. */
  get(): Value<D, S>;
  /** Replaces the value. E506 unless it has the variable's dtype and shape. */
  set(value: Feed<DType, Shape>): void;
}

/** What every compiled model has beside its functions. */
export interface ModelMembers {
  /** The variables by name. */
  readonly state: { readonly [name: string]: State };
  /** Writes all variables to a file, .safetensors or .npz by its name, in one step: a crash leaves the old file or the new
   *  one. In Node. E707 if it cannot be written. */
  save(path: string): Promise<void>;
  /** Reads all variables from such a file. E705 where one is missing or of another type, E704 or E706 for a damaged file,
   *  E707 for one that cannot be read; then nothing has changed. */
  load(path: string): Promise<void>;
  /** As `save`, without a file. */
  saveBytes(format?: StateFormat): Promise<Uint8Array<ArrayBuffer>>;
  /** As `load`, from the bytes of a file. */
  loadBytes(bytes: Uint8Array): Promise<void>;
  /** Frees the memory; the model cannot be used afterwards. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** Typed-array views of a function's buffers inside the module, for fixed sizes; `run()` allocates nothing. */
export interface BoundBuffers<out I = { readonly [name: string]: TypedArray }, out O = { readonly [name: string]: TypedArray }> {
  /** Views: read them from here at each step, since the module's memory may grow and other sizes may move them. */
  readonly inputs: I;
  readonly outputs: O;
  /** Runs the function on what the inputs hold now; the outputs hold the results until the next run. */
  run(): void;
}

/** The model behind calls and state; what users hold is made by `exposeModel`. */
export class CompiledModel {
  readonly traced: TracedModel;
  readonly #backend: Backend;
  #condition: "ready" | "running" | "disposed" = "ready";

  constructor(traced: TracedModel, backend: Backend) {
    this.traced = traced;
    this.#backend = backend;
  }

  /** Results in the order of the function's outputs. */
  call(index: number, values: unknown): readonly TensorData[] {
    this.#enter(this.traced.functions[index]!.name);
    try {
      const { data, sizes, set } = readFeeds(this.traced, index, values);
      return this.#withState(set, () => this.#backend.run(index, data, sizes));
    } catch (error) {
      throw atCaller(error);
    } finally {
      this.#leave();
    }
  }

  /** Runs with variables set; if that fails they are what they were. */
  #withState(set: ReadonlyMap<number, TensorData>, run: () => readonly TensorData[]): readonly TensorData[] {
    if (set.size === 0) return run();
    const before = new Map([...set.keys()].map((variable) => [variable, this.#backend.getState(variable)]));
    try {
      for (const [variable, value] of set) this.#backend.setState(variable, value);
      return run();
    } catch (error) {
      for (const [variable, value] of before) this.#backend.setState(variable, value);
      throw error;
    }
  }

  bind(index: number, given: unknown): BoundBuffers {
    const { name, inputs, outputs, sizes } = this.traced.functions[index]!;
    this.#enter(name);
    try {
      if (this.#backend.bind === undefined) throw userError("E410", { op: name, message: "this target has no buffers to bind" });
      const bound = this.#backend.bind(index, readSizes(name, inputs, sizes, given));
      inputs.forEach((input, i) => writeDefault(name, input.name, this.traced.optional[index]!.defaults.get(input.name), bound.input(i)));
      return this.#exposeBuffers(name, inputs, outputs, bound);
    } catch (error) {
      throw atCaller(error);
    } finally {
      this.#leave();
    }
  }

  #exposeBuffers(name: string, inputs: readonly NamedType[], outputs: readonly NamedType[], bound: BoundFunction): BoundBuffers {
    const views = (names: readonly NamedType[], view: (i: number) => TensorData): BoundBuffers["inputs"] => {
      const record = {};
      // Getters, because a view has to be made again after the module's memory grew.
      for (const [i, entry] of names.entries()) Object.defineProperty(record, entry.name, { get: () => view(i).data, enumerable: true });
      return record;
    };
    return {
      inputs: views(inputs, (i) => bound.input(i)),
      outputs: views(outputs, (i) => bound.output(i)),
      run: () => {
        this.#enter(name);
        try {
          bound.run();
        } catch (error) {
          throw atCaller(error);
        } finally {
          this.#leave();
        }
      },
    };
  }

  getState(index: number): TensorData {
    this.#enter("state");
    try {
      return this.#backend.getState(index);
    } finally {
      this.#leave();
    }
  }

  setState(index: number, value: unknown): void {
    this.#enter("state");
    try {
      this.#backend.setState(index, readState(this.traced.state[index]!, value));
    } catch (error) {
      throw atCaller(error);
    } finally {
      this.#leave();
    }
  }

  dispose(): void {
    if (this.#condition === "running") throw userError("E505", { op: "dispose", message: "the model is running" });
    if (this.#condition === "disposed") return;
    this.#condition = "disposed";
    this.#backend.dispose();
  }

  #enter(op: string): void {
    if (this.#condition === "disposed") throw atCaller(userError("E505", { op, message: "the model was disposed" }));
    if (this.#condition === "running") throw atCaller(userError("E505", { op, message: "the model is called while it runs", hint: "compile a second instance" }));
    this.#condition = "running";
  }

  #leave(): void {
    if (this.#condition === "running") this.#condition = "ready";
  }
}

/** The default of a bound input is there until something else is written. */
function writeDefault(op: string, name: string, value: TensorData | undefined, { shape, data }: TensorData): void {
  if (value === undefined) return;
  const fits = value.shape.every((size, axis) => size === shape[axis]);
  if (!fits) throw userError("E504", { op, message: `the default of ${name} has shape [${value.shape.join(",")}], the buffer [${shape.join(",")}]`, hint: "bind the sizes of the default" });
  (data as Float32Array).set(value.data as Float32Array);
}

/** A user's error with the line of the call, unless it names the line where the value at fault was built. */
function atCaller(error: unknown): unknown {
  return error instanceof DamoError ? error.at(captureLocation()) : error;
}

/** A model whose variables can be copied; on a device, they come by promises. */
export interface StateSource {
  readonly traced: TracedModel;
  getState(index: number): TensorData | Promise<TensorData>;
}

const models = new WeakMap<object, StateSource>();

export function registerModel(exposed: object, model: StateSource): void {
  models.set(exposed, model);
}

/** The compiled model behind what a user holds. */
export function modelOf(exposed: unknown): StateSource | undefined {
  return typeof exposed === "object" || typeof exposed === "function" ? models.get(exposed as object) : undefined;
}

/** The variables' initial values, or those of a model's variables of the same name. */
export async function valuesFrom(source: StateSource | undefined, state: readonly StateVariable[]): Promise<readonly TensorData[]> {
  const values = state.map(({ name, initial }) => {
    const from = source?.traced.state.findIndex((variable) => variable.name === name) ?? -1;
    return from < 0 ? initial : source!.getState(from);
  });
  return Promise.all(values);
}

/** Names that functions of a model may not have: the model's own members, and what would make it a promise. */
export const reservedNames: ReadonlySet<string> = new Set(["state", "save", "load", "saveBytes", "loadBytes", "dispose", "then"]);

/** What users hold: `single` is one function with the members on it, else a record of functions with the members beside. */
export function exposeModel(model: CompiledModel, singles: readonly boolean[], single: boolean): object {
  const callables = model.traced.functions.map((traced, index) => {
    const names = traced.outputs.map(({ name }) => name);
    const wrap = (results: readonly TensorData[]): unknown =>
      singles[index] === true ? toValue(results[0]!) : Object.fromEntries(names.map((name, i) => [name, toValue(results[i]!)]));
    const callable = (values?: unknown): unknown => wrap(model.call(index, values));
    Object.defineProperty(callable, "name", { value: traced.name });
    Object.defineProperty(callable, "bindBuffers", { value: (sizes?: unknown) => model.bind(index, sizes) });
    return callable;
  });
  const exposed: object = single ? callables[0]! : Object.fromEntries(model.traced.functions.map(({ name }, i) => [name, callables[i]!]));
  const state = Object.fromEntries(model.traced.state.map(({ name }, index) => [name, {
    get: () => toValue(model.getState(index)),
    set: (value: unknown) => model.setState(index, value),
  }]));
  Object.defineProperty(exposed, "state", { value: state, enumerable: true });
  for (const [name, value] of Object.entries(membersOf(model))) Object.defineProperty(exposed, name, { value });
  // Absent in older engines, where `using` is compiled to something that looks for it by name.
  if (Symbol.dispose !== undefined) Object.defineProperty(exposed, Symbol.dispose, { value: () => model.dispose() });
  registerModel(exposed, model);
  return exposed;
}

/** State as files is loaded when it is asked for. */
function membersOf(model: CompiledModel): { readonly [name: string]: unknown } {
  const atCall = <A extends unknown[], R>(run: (files: typeof import("./state-files.ts"), ...args: A) => Promise<R>) => async (...args: A): Promise<R> => {
    const location = captureLocation();
    try {
      return await run(await import("./state-files.ts"), ...args);
    } catch (error) {
      throw error instanceof DamoError ? error.at(location) : error;
    }
  };
  return {
    save: atCall((files, path: string) => files.save(model, path)),
    load: atCall((files, path: string) => files.load(model, path)),
    saveBytes: atCall((files, format?: StateFormat) => files.saveBytes(model, format)),
    loadBytes: atCall((files, bytes: Uint8Array) => files.loadBytes(model, bytes)),
    dispose: () => model.dispose(),
  };
}
