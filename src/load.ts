// `damo/load`: runs a standalone artifact. Shipped as one file that imports nothing; docs/abi.md says what it relies on.
// Inputs are checked against the artifact's own signature before anything is written into its memory.

import { checkSizes, type DType, fail, type Feed, type FunctionSignature, read, readFeeds, record, type Sizes, type TensorSignature, type TypedArray, type Value, valueOf, write } from "./load-feeds.ts";
import { evaluateSize } from "./load-size.ts";

export type { DType, Feed, TensorSignature, TypedArray, Value };

export interface Signature {
  readonly format: number;
  readonly functions: readonly FunctionSignature[];
  readonly state: readonly TensorSignature[];
  readonly weights: "embedded" | "external";
  readonly messages: { readonly [number: string]: string };
  readonly prints?: readonly { readonly label: string; readonly dtype: DType; readonly where?: string }[];
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
type View = new (buffer: ArrayBufferLike, offset: number, length: number) => TypedArray;

// WebAssembly has no f16.
const views = {
  f32: Float32Array, f64: Float64Array, i32: Int32Array, u32: Uint32Array, i64: BigInt64Array, i8: Int8Array, u8: Uint8Array, bool: Uint8Array,
} as unknown as { readonly [D in DType]: View };

// A short name, since this file is counted in bytes.
const wasm = WebAssembly;

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

/** Loads an artifact from its bytes, a compiled module, a response, a URL, or, in Node, a path. */
export async function load(source: Source | Promise<Source>, options: LoadOptions = {}): Promise<LoadedModel> {
  const text = new TextDecoder();
  const [signature, { exports }] = await (async () => {
    const module = await compileSource(await source);
    // Without the section, what stands in its place is no JSON; without its lists, they cannot be spread.
    const read = JSON.parse(text.decode(wasm.Module.customSections(module, "damo")[0])) as Signature;
    return [read, await wasm.instantiate(module), [...read.functions, ...read.state]] as const;
  })().catch((error: unknown) => fail(`E701 not Damo: ${error}`));
  if (signature.format > 1) fail(`E702 format ${signature.format} too new`);
  const memory = exports["memory"] as WebAssembly.Memory;
  const call = (name: string, ...args: number[]): number => (exports[name] as (...args: number[]) => number)(...args) >>> 0;
  const attempt = (name: string, ...args: number[]): void => {
    const number = call(name, ...args);
    options.log?.(exports, signature);
    if (number) {
      const details = new Int32Array(memory.buffer, call("error_info"), 2);
      fail(signature.messages[number]!.replace(/\{([01])\}/g, (_, i) => details[i] as unknown as string));
    }
  };
  const view = ({ dtype }: TensorSignature, address: number, shape: readonly number[]): TypedArray =>
    new views[dtype](memory.buffer, address, shape.reduce((a, b) => a * b, 1));
  const functionOf = ({ name, sizes, inputs, outputs }: FunctionSignature): LoadedFunction => {
    let prepared: Sizes | undefined;
    const prepare = (values: Sizes): void => {
      if (prepared && sizes.every((size) => prepared![size] === values[size])) return;
      attempt(`${name}_prepare`, ...checkSizes(sizes, values));
      prepared = { ...values };
    };
    const inputView = (input: TensorSignature, i: number): TypedArray =>
      view(input, call(`${name}_input`, i), input.shape.map((dim) => evaluateSize(dim, prepared!)));
    const outputShape = (output: TensorSignature, i: number): number[] => output.shape.map((_, axis) => call(`${name}_output_dim`, i, axis));
    const outputView = (output: TensorSignature, i: number): TypedArray => view(output, call(`${name}_output`, i), outputShape(output, i));
    const run = (feeds: { readonly [name: string]: Feed } = {}): { readonly [name: string]: Value } => {
      const [given, values] = readFeeds(sizes, inputs, feeds);
      prepare(values);
      inputs.forEach((input, i) => write(inputView(input, i), given[i]!, input));
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
      fail(`E705 weights do not fit ${what}`);
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
