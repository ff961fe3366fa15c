// `damo/load`: runs a standalone artifact. One file that imports nothing; docs/abi.md says what it relies on.
// Inputs are checked against the artifact's own signature before anything is written into its memory.

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
  throw Object.assign(new Error(`${code} ${message}`), { name: "DamoError", code });
}

interface NodeProcess {
  getBuiltinModule?(name: string): { readFileSync(path: URL | string): Uint8Array<ArrayBuffer> };
}

async function compileSource(source: Source): Promise<WebAssembly.Module> {
  let bytes: unknown = source;
  if (typeof source === "string" || source instanceof URL) {
    const url = String(source);
    // Node's fetch does not read files.
    const read = /^(http|data:|blob:)/.test(url) ? undefined : (globalThis as { process?: NodeProcess }).process?.getBuiltinModule;
    bytes = read ? read("node:fs").readFileSync(source) : await fetch(url);
  }
  try {
    return bytes instanceof wasm.Module ? bytes : await wasm.compile((bytes instanceof Response ? await bytes.arrayBuffer() : bytes) as BufferSource);
  } catch (error) {
    return fail("E701", String(error));
  }
}

/** The value of a size: names, integers, + - *, floor_div, min, max. */
function evaluate(dim: number | string, sizes: Sizes): number {
  const tokens = String(dim).match(/\w+|[-+*(),]/g)!;
  let at = 0;
  const atom = (): number => {
    const token = tokens[at++]!;
    if (token === "-") return -atom();
    if (token !== "(" && tokens[at] !== "(") return sizes[token] ?? Number(token);
    if (token !== "(") at++;
    const a = chain();
    if (tokens[at++] === ")") return a;
    const b = chain();
    at++;
    return token[1] === "i" ? Math.min(a, b) : token[1] === "a" ? Math.max(a, b) : Math.floor(a / b);
  };
  // Sums of products.
  const chain = (): number => {
    let sum = 0;
    for (let term = atom(); ; ) {
      const op = tokens[at] ?? ")";
      if (op === "*") {
        at++;
        term *= atom();
        continue;
      }
      sum += term;
      if (op !== "+" && op !== "-") return sum;
      at++;
      term = op === "+" ? atom() : -atom();
    }
  };
  return chain();
}

interface Dense {
  readonly data: ArrayLike<unknown>;
  readonly shape: readonly number[];
}

/** A feed as flat data with its shape; that the data fills the shape is checked when it is written. */
function read(given: Feed | undefined, { name, dtype }: TensorSignature): Dense {
  const check = (array: unknown): void => {
    if (ArrayBuffer.isView(array) && !(array instanceof views[dtype])) fail("E502", `${name} must be ${dtype}`);
  };
  const feed = given ?? fail("E501", `${name} is missing`);
  if (typeof feed === "object" && "shape" in feed) {
    check(feed.data);
    return feed;
  }
  const shape: number[] = [];
  for (let level = feed as Nested; typeof level === "object"; level = (level as readonly Nested[])[0]!) shape.push((level as TypedArray).length);
  if (shape.length === 1 && ArrayBuffer.isView(feed)) {
    check(feed);
    return { data: feed as ArrayLike<unknown>, shape };
  }
  const data: unknown[] = [];
  const flatten = (part: Nested, axis: number): void => {
    check(part);
    if (axis === shape.length && typeof part !== "object") data.push(dtype === "i64" ? BigInt(part) : part);
    else if ((part as TypedArray).length !== shape[axis]) fail("E503", `ragged ${name}`);
    else for (const inner of part as readonly Nested[]) flatten(inner, axis + 1);
  };
  flatten(feed as Nested, 0);
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
  return { dtype, shape, data, toArray, item: () => (data.length === 1 ? ([toArray()].flat(9)[0] as Element) : fail("E507", `not one element: [${shape}]`)) };
}

/** Loads an artifact from its bytes, a compiled module, a response, a URL, or, in Node, a path. */
export async function load(source: Source | Promise<Source>, options: LoadOptions = {}): Promise<LoadedModel> {
  const module = await compileSource(await source);
  const [section] = wasm.Module.customSections(module, "damo");
  if (!section) fail("E701", "not made by Damo");
  const text = new TextDecoder();
  const signature = JSON.parse(text.decode(section)) as Signature;
  if (signature.format > 1) fail("E702", `format ${signature.format} is too new`);
  const { exports } = await wasm.instantiate(module);
  const memory = exports["memory"] as WebAssembly.Memory;
  const call = (name: string, ...args: number[]): number => (exports[name] as (...args: number[]) => number)(...args) >>> 0;
  const attempt = (name: string, ...args: number[]): void => {
    const number = call(name, ...args);
    if (number) {
      const details = new Int32Array(memory.buffer, call("error_info"), 2);
      const message = signature.messages[number]!.replace(/\{(\d)\}/g, (_, i) => String(details[i]));
      fail(message.slice(0, 4), message.slice(5));
    }
  };
  const view = ({ dtype }: TensorSignature, address: number, shape: readonly number[]): TypedArray =>
    new views[dtype](memory.buffer, address, shape.reduce((a, b) => a * b, 1));
  const write = (target: TypedArray, { data }: Dense, name: string): void => {
    if (data.length !== target.length) fail("E503", `${name} has ${data.length} elements, not ${target.length}`);
    (target as Float64Array).set(data as ArrayLike<number>);
  };
  const record = <T extends { readonly name: string }, V>(list: readonly T[], make: (entry: T, i: number) => V): { [name: string]: V } =>
    Object.fromEntries(list.map((entry, i) => [entry.name, make(entry, i)]));

  const functionOf = ({ name, sizes, inputs, outputs }: Signature["functions"][number]): LoadedFunction => {
    let prepared: Sizes | undefined;
    const prepare = (values: Sizes): void => {
      if (prepared && sizes.every((size) => prepared![size] === values[size])) return;
      attempt(`${name}_prepare`, ...sizes.map((size) => (values[size]! < 2 ** 31 ? values[size]! : fail("E501", `bad size ${size}: ${values[size]}`))));
      prepared = { ...values };
    };
    const inputView = (input: TensorSignature, i: number): TypedArray =>
      view(input, call(`${name}_input`, i), input.shape.map((dim) => evaluate(dim, prepared!)));
    const outputShape = (output: TensorSignature, i: number): number[] => output.shape.map((_, axis) => call(`${name}_output_dim`, i, axis));
    const outputView = (output: TensorSignature, i: number): TypedArray => view(output, call(`${name}_output`, i), outputShape(output, i));
    const run = (feeds: { readonly [name: string]: Feed } = {}): { readonly [name: string]: Value } => {
      const given = inputs.map((input) => read(feeds[input.name], input));
      const values: Sizes = {};
      inputs.forEach(({ shape }, i) => shape.forEach((dim, axis) => {
        if (sizes.includes(dim as string)) values[dim] ??= given[i]!.shape[axis]!;
      }));
      inputs.forEach((input, i) => {
        const { shape } = given[i]!;
        if (String(input.shape.map((dim) => evaluate(dim, values))) !== String(shape)) fail("E503", `${input.name} has shape [${shape}] for [${input.shape}]`);
      });
      const extra = Object.keys(feeds).find((key) => !inputs.some((input) => input.name === key));
      if (extra) fail("E501", `no input ${extra}`);
      prepare(values);
      inputs.forEach((input, i) => {
        write(inputView(input, i), given[i]!, input.name);
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
    // .safetensors: the length of a JSON header, the header, the data.
    const bytes = new Uint8Array(options.weights as ArrayBuffer);
    const start = 8 + Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
    const entries = JSON.parse(text.decode(bytes.subarray(8, start))) as { [name: string]: { data_offsets: [number, number] } };
    signature.state.forEach((tensor, i) => {
      const target = stateView(tensor, i);
      const [from, to] = entries[tensor.name]?.data_offsets ?? [0, 0];
      if (to - from !== target.byteLength) fail("E705", `weights do not fit ${tensor.name}`);
      new Uint8Array(memory.buffer, target.byteOffset).set(bytes.subarray(start + from, start + to));
    });
    call("weights_loaded");
  }
  return {
    signature,
    functions: record(signature.functions, functionOf),
    state: record(signature.state, (tensor, i) => ({
      get: () => valueOf(tensor.dtype, tensor.shape as readonly number[], stateView(tensor, i).slice()),
      set: (value) => write(stateView(tensor, i), read(value, tensor), tensor.name),
    })),
  };
}
