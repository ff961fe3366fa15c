// Compiled models: calls with checked inputs, state that can be read and set, one call at a time.

// Models are disposable; users' projects get the type of Symbol.dispose with these declarations.
/// <reference lib="esnext.disposable" preserve="true" />

import type { TensorData, TypedArray } from "../ir/data.ts";
import { DamoError, userError } from "../ir/errors.ts";
import type { NamedType } from "../ir/program/program.ts";
import type { Dim } from "../ir/size.ts";
import { evaluateDim, nameOfDim, showDim } from "../ir/size.ts";
import type { TensorType } from "../ir/types.ts";
import { showType } from "../ir/types.ts";
import { captureLocation } from "./location.ts";
import type { Backend, BoundFunction, Sizes } from "./runtime/backend.ts";
import type { StateFormat } from "./state-files.ts";
import type { TracedModel } from "./trace.ts";
import type { DType, Feed, List, Shape, Value } from "./types/index.ts";
import { toTensorData, toValue } from "./value.ts";

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
    const { name, inputs, sizes } = this.traced.functions[index]!;
    this.#enter(name);
    try {
      const { data, passed } = readFeeds(name, inputs, sizes, values);
      return this.#backend.run(index, data, bindSizes(name, inputs, data, passed));
    } catch (error) {
      throw atCaller(error);
    } finally {
      this.#leave();
    }
  }

  bind(index: number, given: unknown): BoundBuffers {
    const { name, inputs, outputs, sizes } = this.traced.functions[index]!;
    this.#enter(name);
    try {
      if (this.#backend.bind === undefined) throw userError("E410", { op: name, message: "this target has no buffers to bind" });
      return this.#exposeBuffers(name, inputs, outputs, this.#backend.bind(index, readSizes(name, inputs, sizes, given)));
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
      const { name, type } = this.traced.state[index]!;
      const place = { op: `state.${name}`, what: "the value", dtypeCode: "E506", shapeCode: "E506" } as const;
      const data = toTensorData(value, type.dtype, place);
      const fits = data.shape.length === type.shape.length && type.shape.every((dim, axis) => dim === data.shape[axis]);
      if (!fits) throw userError("E506", { op: place.op, message: `shape [${data.shape.join(",")}] is given for ${showType(type)}` });
      this.#backend.setState(index, data);
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

/** A user's error with the line of the call, unless it names the line where the value at fault was built. */
function atCaller(error: unknown): unknown {
  return error instanceof DamoError ? error.at(captureLocation()) : error;
}

/** The inputs' values, and those of the sizes that are passed. */
function readFeeds(op: string, inputs: readonly NamedType[], sizes: readonly string[], values: unknown): { data: TensorData[]; passed: Sizes } {
  const given = (values ?? {}) as { readonly [name: string]: unknown };
  const names = [...inputs.map(({ name }) => name), ...sizes];
  if (typeof given !== "object" || Array.isArray(given)) {
    throw userError("E501", { op, message: "takes a record of inputs", hint: `pass { ${names.join(", ")} }` });
  }
  const data = inputs.map(({ name, type }) => readFeed(op, name, type, given[name]));
  const stray = Object.keys(given).find((name) => !names.includes(name));
  if (stray !== undefined) throw userError("E501", { op, message: `there is no input ${stray}`, hint: `the inputs are ${names.join(", ")}` });
  return { data, passed: new Map(sizes.map((size) => [size, readSize(op, `"${size}"`, given[size])])) };
}

function readFeed(op: string, name: string, type: TensorType, value: unknown): TensorData {
  if (value === undefined) throw userError("E501", { op, message: `input ${name} (${showType(type)}) is missing` });
  const data = toTensorData(value, type.dtype, { op, what: `input ${name}`, dtypeCode: "E502", shapeCode: "E503" });
  if (data.shape.length !== type.shape.length) {
    throw userError("E503", { op, message: `input ${name} has shape [${data.shape.join(",")}], its type is ${showType(type)}` });
  }
  return data;
}

/** The values of the named sizes: those passed, and those that stand bare in inputs. */
function bindSizes(op: string, inputs: readonly NamedType[], data: readonly TensorData[], passed: Sizes): Sizes {
  const sizes = new Map(passed);
  const firstBy = new Map<string, string>();
  inputs.forEach(({ name, type }, i) => type.shape.forEach((dim, axis) => {
    const size = nameOfDim(dim);
    if (size === undefined) return;
    const value = readSize(op, `"${size}" of input ${name}`, data[i]!.shape[axis]!);
    const known = sizes.get(size);
    if (known === undefined) {
      sizes.set(size, value);
      firstBy.set(size, name);
    } else if (known !== value) {
      throw userError("E504", { op, message: `the size "${size}" is ${known} in input ${firstBy.get(size)} and ${value} in input ${name}` });
    }
  }));
  for (const [i, { name, type }] of inputs.entries()) {
    for (const [axis, dim] of type.shape.entries()) checkSize(op, name, type, dim, data[i]!.shape, axis, sizes);
  }
  return sizes;
}

function checkSize(op: string, name: string, type: TensorType, dim: Dim, shape: readonly number[], axis: number, sizes: Sizes): void {
  const expected = typeof dim === "number" ? dim : evaluateDim(dim, sizes);
  if (expected === shape[axis]) return;
  const why = typeof dim === "number" ? "" : ` (${showDim(dim)} is ${expected})`;
  throw userError("E503", { op, message: `input ${name} has shape [${shape.join(",")}], its type is ${showType(type)}${why}` });
}

/** E501 unless the value is a non-negative integer, E605 if it is too large to address. */
function readSize(op: string, what: string, value: unknown): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0) {
    throw userError("E501", { op, message: `the size ${what} is ${String(value)}`, hint: "pass each size as a non-negative integer" });
  }
  if (value > 0x7fffffff) throw userError("E605", { op, message: `the size ${what} is ${value}, the largest is 2147483647` });
  return value;
}

function readSizes(op: string, inputs: readonly NamedType[], passed: readonly string[], given: unknown): Sizes {
  const values = (given ?? {}) as { readonly [name: string]: unknown };
  const sizes = new Map<string, number>();
  for (const { name, type } of inputs) {
    for (const dim of type.shape) {
      const size = nameOfDim(dim);
      if (size !== undefined) sizes.set(size, readSize(op, `"${size}" of input ${name}`, values[size]));
    }
  }
  for (const size of passed) sizes.set(size, readSize(op, `"${size}"`, values[size]));
  const unknown = Object.keys(values).find((size) => !sizes.has(size));
  if (unknown !== undefined) throw userError("E501", { op, message: `there is no size "${unknown}"` });
  return sizes;
}

const models = new WeakMap<object, CompiledModel>();

/** The compiled model behind what a user holds. */
export function modelOf(exposed: unknown): CompiledModel | undefined {
  return typeof exposed === "object" || typeof exposed === "function" ? models.get(exposed as object) : undefined;
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
  models.set(exposed, model);
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
