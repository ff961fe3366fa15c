// `damo/load`: runs a standalone artifact. Shipped as one file that imports nothing; docs/abi.md says what it relies on.
// Inputs are checked against the artifact's own signature before anything is written into its memory.

import { evaluateSize } from "./load-size.ts";

export type DType = "f32" | "f64" | "i32" | "u32" | "i64" | "i8" | "u8" | "bool";
export type TypedArray = Float32Array | Float64Array | Int32Array | Uint32Array | BigInt64Array | Int8Array | Uint8Array;
type Element = number | bigint | boolean;
export type Nested = Element | TypedArray | readonly Nested[];
/** What a call takes for an input: a number, nested arrays, or a flat array with its shape. */
export type Feed = Nested | { readonly data: TypedArray; readonly shape: readonly number[]; readonly dtype?: DType | undefined };

export interface TensorSignature {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly (number | string)[];
  readonly doc?: string;
}
export interface Signature {
  readonly format: number;
  readonly functions: readonly { readonly name: string; readonly sizes: readonly string[]; readonly inputs: readonly TensorSignature[]; readonly outputs: readonly TensorSignature[] }[];
  readonly state: readonly TensorSignature[];
  readonly weights: "embedded" | "external";
  readonly messages: { readonly [number: string]: string };
  readonly prints?: readonly { readonly label: string; readonly dtype: DType; readonly where?: string }[];
}

export interface Value {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: TypedArray;
  /** The only element. */
  item(): Element;
  toArray(): unknown;
}
export interface Bound {
  readonly inputs: { readonly [name: string]: TypedArray };
  readonly outputs: { readonly [name: string]: TypedArray };
  run(): void;
}
export interface LoadedFunction {
  /** One value per input, and per size that no input has. */
  (inputs?: { readonly [name: string]: Feed }): { readonly [name: string]: Value };
  /** Views of the buffers for fixed sizes: write the inputs, run, read the outputs; nothing is allocated. */
  bindBuffers(sizes?: { readonly [name: string]: number }): Bound;
}
export interface LoadedModel {
  readonly signature: Signature;
  readonly functions: { readonly [name: string]: LoadedFunction };
  readonly state: { readonly [name: string]: { get(): Value; set(value: Feed): void } };
}
export interface LoadOptions {
  /** The bytes of the .safetensors file beside an artifact whose weights are external. */
  readonly weights?: Uint8Array | ArrayBuffer;
  /** Called after each call into the artifact, failed or not: `printLog()` of `damo/debug` reads what its functions print. */
  readonly log?: (exports: WebAssembly.Exports, signature: Signature) => void;
}

type Source = Uint8Array | ArrayBuffer | WebAssembly.Module | URL | string | Response;
type Sizes = { [name: string]: number };
type View = new (buffer: ArrayBufferLike, offset: number, length: number) => TypedArray;

const views: { readonly [D in DType]: View } = {
  f32: Float32Array, f64: Float64Array, i32: Int32Array, u32: Uint32Array, i64: BigInt64Array, i8: Int8Array, u8: Uint8Array, bool: Uint8Array,
};

// A short name, since this file is counted in bytes.
const wasm = WebAssembly;

function fail(code: string, message: string): never {
  throw Object.assign(Error(`${code} ${message}`), { name: "DamoError", code });
}

interface NodeProcess {
  getBuiltinModule?(name: string): { readFileSync(path: URL | string): Uint8Array<ArrayBuffer> };
}

async function compileSource(source: Source): Promise<WebAssembly.Module> {
  let bytes: unknown = source;
  if (typeof source === "string" || source instanceof URL) {
    const url = `${source}`;
    // Node's fetch does not read files.
    const read = /^(http|data:|blob:)/.test(url) ? undefined : (globalThis as { process?: NodeProcess }).process?.getBuiltinModule;
    bytes = read ? read("node:fs").readFileSync(source) : await fetch(url);
  }
  return bytes instanceof wasm.Module ? bytes : await wasm.compile((bytes instanceof Response ? await bytes.arrayBuffer() : bytes) as BufferSource);
}

interface Dense {
  readonly data: ArrayLike<unknown>;
  readonly shape: readonly number[];
}

/** A feed as flat data with its shape; that the data fills the shape and is of the dtype is checked when it is written. */
function read(given: Feed | undefined, name: string): Dense {
  const feed = (given ?? fail("E501", `${name} is missing`)) as Partial<Dense & TypedArray>;
  if (feed.buffer) return { data: feed as TypedArray, shape: [feed.length!] };
  if (feed.shape) return feed as Dense;
  const shape: number[] = [];
  // Arrays, plain or typed, are what has `map`.
  for (let level = feed as unknown as readonly Nested[] | undefined; level?.map; level = level[0] as readonly Nested[]) shape.push(level.length);
  const data: unknown[] = [];
  const flatten = (part: Nested, axis: number): void => {
    if (axis === shape.length) data.push(part);
    else if ((part as TypedArray | undefined)?.length === shape[axis]) for (const inner of part as readonly Nested[]) flatten(inner, axis + 1);
    else fail("E503", `ragged ${name}`);
  };
  flatten(feed as unknown as Nested, 0);
  return { data, shape };
}

function valueOf(dtype: DType, shape: readonly number[], data: TypedArray): Value {
  let next = 0;
  const element = (): Element => (dtype === "bool" ? !!data[next++] : data[next++]!);
  const nest = (axis: number): unknown => (axis === shape.length ? element() : Array.from({ length: shape[axis]! }, () => nest(axis + 1)));
  const toArray = (): unknown => {
    next = 0;
    return nest(0);
  };
  const item = (): Element => {
    next = 0;
    return data.length === 1 ? element() : fail("E507", `not one item: [${shape}]`);
  };
  return { dtype, shape, data, toArray, item };
}

/** Loads an artifact from its bytes, a compiled module, a response, a URL, or, in Node, a path. */
export async function load(source: Source | Promise<Source>, options: LoadOptions = {}): Promise<LoadedModel> {
  const text = new TextDecoder();
  const [signature, { exports }] = await (async () => {
    const module = await compileSource(await source);
    // Without the section, what stands in its place is no JSON; without its lists, they cannot be spread.
    const read = JSON.parse(text.decode(wasm.Module.customSections(module, "damo")[0])) as Signature;
    return [read, await wasm.instantiate(module), [...read.functions, ...read.state]] as const;
  })().catch((error: unknown) => fail("E701", `not Damo: ${error}`));
  if (signature.format > 1) fail("E702", `format ${signature.format} too new`);
  const memory = exports["memory"] as WebAssembly.Memory;
  const call = (name: string, ...args: number[]): number => (exports[name] as (...args: number[]) => number)(...args) >>> 0;
  const attempt = (name: string, ...args: number[]): void => {
    const number = call(name, ...args);
    options.log?.(exports, signature);
    if (number) {
      const details = new Int32Array(memory.buffer, call("error_info"), 2);
      const message = signature.messages[number]!.replace(/\{([01])\}/g, (_, i) => details[i] as unknown as string);
      fail(message.slice(0, 4), message.slice(5));
    }
  };
  const view = ({ dtype }: TensorSignature, address: number, shape: readonly number[]): TypedArray =>
    new views[dtype](memory.buffer, address, shape.reduce((a, b) => a * b, 1));
  const write = (target: TypedArray, { data }: Dense, { name, dtype }: TensorSignature): void => {
    if (data.length !== target.length) fail("E503", `${name} has ${data.length} elements, not ${target.length}`);
    // A typed array holds a dtype, and goes in as it is; f32 is not what an f64 holds.
    const own = data.constructor === target.constructor;
    const stored = (own ? data : target.slice()) as Float64Array;
    try {
      if (!own) stored.set((dtype === "i64" ? Array.from(data as ArrayLike<number>, BigInt) : data) as ArrayLike<number>);
    } catch {
      // What cannot be stored differs from what is.
    }
    // Numbers, bigints and booleans have types before "o": what else there is, is no element.
    const differs = (value: unknown, i: number): boolean =>
      (dtype[0] === "f" ? typeof value !== "number" : typeof value > "o" || Number(value) !== Number(stored[i]) || (dtype === "bool" && stored[i]! > 1));
    if (own ? dtype === "bool" && stored.some(differs) : (data as Partial<TypedArray>).buffer || [].some.call(data, differs)) fail("E502", `${name} must be ${dtype}`);
    (target as Float64Array).set(stored);
  };
  const record = <T extends { readonly name: string }, V>(list: readonly T[], make: (entry: T, i: number) => V): { [name: string]: V } =>
    Object.fromEntries(list.map((entry, i) => [entry.name, make(entry, i)]));

  const functionOf = ({ name, sizes, inputs, outputs }: Signature["functions"][number]): LoadedFunction => {
    let prepared: Sizes | undefined;
    const check = (values: Sizes): number[] =>
      sizes.map((size) => (values[size] === (Number(values[size]) | 0) ? values[size]! : fail("E501", `bad size ${size}: ${values[size]}`)));
    const prepare = (values: Sizes): void => {
      if (prepared && sizes.every((size) => prepared![size] === values[size])) return;
      attempt(`${name}_prepare`, ...check(values));
      prepared = { ...values };
    };
    const inputView = (input: TensorSignature, i: number): TypedArray =>
      view(input, call(`${name}_input`, i), input.shape.map((dim) => evaluateSize(dim, prepared!)));
    const outputShape = (output: TensorSignature, i: number): number[] => output.shape.map((_, axis) => call(`${name}_output_dim`, i, axis));
    const outputView = (output: TensorSignature, i: number): TypedArray => view(output, call(`${name}_output`, i), outputShape(output, i));
    const run = (feeds: { readonly [name: string]: Feed } = {}): { readonly [name: string]: Value } => {
      const given = inputs.map((input) => read(feeds[input.name], input.name));
      const values: Sizes = {};
      inputs.forEach(({ shape }, i) => shape.forEach((dim, axis) => {
        if (sizes.includes(dim as string)) values[dim] ??= given[i]!.shape[axis]!;
      }));
      // Sizes that no input has are passed.
      for (const key in feeds) {
        if (inputs.some((input) => input.name === key)) continue;
        if (!sizes.includes(key) || key in values) fail("E501", `no input ${key}`);
        values[key] = feeds[key] as number;
      }
      check(values);
      inputs.forEach((input, i) => {
        const { shape } = given[i]!;
        if (`${input.shape.map((dim) => evaluateSize(dim, values))}` !== `${shape}`) fail("E503", `${input.name} has shape [${shape}] for [${input.shape}]`);
      });
      prepare(values);
      inputs.forEach((input, i) => {
        write(inputView(input, i), given[i]!, input);
      });
      attempt(`${name}_run`);
      return record(outputs, (output, i) => valueOf(output.dtype, outputShape(output, i), outputView(output, i).slice()));
    };
    const bindBuffers = (values: Sizes = {}): Bound => {
      // A view is made at each access, since buffers move when memory grows or other sizes are prepared.
      const open = (list: readonly TensorSignature[], make: (tensor: TensorSignature, i: number) => TypedArray): { [name: string]: TypedArray } =>
        Object.defineProperties({}, record(list, (tensor, i) => ({
          get: () => {
            prepare(values);
            return make(tensor, i);
          },
        })));
      prepare(values);
      return {
        inputs: open(inputs, inputView),
        outputs: open(outputs, outputView),
        run: () => {
          prepare(values);
          attempt(`${name}_run`);
        },
      };
    };
    return Object.assign(run, { bindBuffers });
  };

  const stateView = (tensor: TensorSignature, i: number): TypedArray => view(tensor, call("state", i), tensor.shape as readonly number[]);
  if (options.weights) {
    let what = "it";
    try {
      // .safetensors: the length of a JSON header, the header, the data.
      const bytes = new Uint8Array(options.weights as ArrayBuffer);
      const start = 8 + new Uint32Array(bytes.slice(0, 8).buffer)[0]!;
      const entries = JSON.parse(text.decode(bytes.slice(8, start))) as { [name: string]: { shape: number[]; data_offsets: [number, number] } };
      signature.state.forEach((tensor, i) => {
        what = tensor.name;
        const { shape, data_offsets: [from, to] } = entries[what]!;
        const target = stateView(tensor, i);
        const data = bytes.subarray(start + from, start + to);
        // Anything but the right shape and length fails here.
        if (`${shape}` !== `${tensor.shape}` || data.length !== target.byteLength) throw what;
        new Uint8Array(memory.buffer, target.byteOffset).set(data);
      });
    } catch {
      fail("E705", `weights do not fit ${what}`);
    }
    call("weights_loaded");
  }
  return {
    signature,
    functions: record(signature.functions, functionOf),
    state: record(signature.state, (tensor, i) => ({
      get: () => valueOf(tensor.dtype, tensor.shape as readonly number[], stateView(tensor, i).slice()),
      set: (value) => write(stateView(tensor, i), read(value, tensor.name), tensor),
    })),
  };
}
