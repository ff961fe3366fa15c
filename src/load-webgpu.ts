// `damo/load-webgpu`: runs a bundle that `damo build --target wgsl` wrote, by the executor that compiled models have. Shipped as one file without the compiler;
// docs/webgpu.md describes bundles. Inputs are checked before anything reaches the device.

import type { GpuPlan } from "../codegen/wgsl/module/plan.ts";
import { elementCount, type TensorData, type TypedArray } from "../ir/data.ts";
import { type DType, fail, type Feed, read, readFeeds, record, type Sizes, type TensorSignature, type Value, valueOf, write } from "./load-feeds.ts";
import { openDevice } from "./runtime/webgpu/device.ts";
import { fromDevice, toDevice } from "./runtime/webgpu/device-data.ts";
import { Executor } from "./runtime/webgpu/executor.ts";
import type { PreparedFunction } from "./runtime/webgpu/prepared.ts";

export type { DType, Feed, TensorSignature, Value };

export interface Signature {
  readonly functions: readonly { readonly name: string; readonly sizes: readonly string[]; readonly inputs: readonly TensorSignature[]; readonly outputs: readonly TensorSignature[] }[];
  readonly state: readonly TensorSignature[];
}

/** A result that stays on the device: feed it to a function of a model on the same device, or read it. */
export interface DeviceValue {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly buffer: GPUBuffer;
  /** The error of the call that made it, if that failed. */
  read(): Promise<Value>;
  destroy(): void;
}

interface Feeds { readonly [name: string]: Feed | Pick<DeviceValue, "dtype" | "shape" | "buffer"> }

export interface LoadedFunction {
  /** One value per input, and per size that no input has. */
  (inputs?: Feeds): Promise<{ readonly [name: string]: Value }>;
  /** Queues the call: resolved before it is done. */
  gpu(inputs?: Feeds): Promise<{ readonly [name: string]: DeviceValue }>;
}

export interface LoadedModel {
  readonly signature: Signature;
  readonly functions: { readonly [name: string]: LoadedFunction };
  readonly state: { readonly [name: string]: { get(): Promise<Value>; set(value: Feed): void } };
  /** Vendor and name of what it runs on. */
  readonly adapter: string;
  /** Destroys every buffer, those of results on the device, too. */
  dispose(): void;
}

export interface LoadOptions {
  /** A device of your own, which the model leaves alive. */
  readonly device?: GPUDevice;
}

type Source = Uint8Array | ArrayBuffer | URL | string | Response;

const views = { f16: Float32Array, f32: Float32Array, i32: Int32Array, u32: Uint32Array, bool: Uint8Array } as unknown as { readonly [D in DType]: new (source: number | ArrayBuffer) => TypedArray };

interface NodeProcess {
  getBuiltinModule?(name: string): { readFileSync(path: URL | string): Uint8Array<ArrayBuffer> };
}

/** A .safetensors file: the length of a JSON header, the header, the data. The plan is a text of its metadata, state and constants are its tensors. */
async function readBundle(source: Source): Promise<readonly [plan: GpuPlan, state: readonly TensorData[]]> {
  let given: unknown = source;
  if (typeof source === "string" || source instanceof URL) {
    const url = `${source}`;
    // Node's fetch does not read files.
    const read = /^(http|data:|blob:)/.test(url) ? undefined : (globalThis as { process?: NodeProcess }).process?.getBuiltinModule;
    given = read ? read("node:fs").readFileSync(source) : await fetch(url);
  }
  const bytes = new Uint8Array((given instanceof Response ? await given.arrayBuffer() : given) as ArrayBuffer);
  const start = 8 + new Uint32Array(bytes.slice(0, 8).buffer)[0]!;
  const { __metadata__: { damo, format }, ...tensors } = JSON.parse(new TextDecoder().decode(bytes.slice(8, start))) as { __metadata__: { damo: string; format: string } };
  if (+format > 1) fail(`E702 format ${format} too new`);
  const plan = JSON.parse(damo) as GpuPlan;
  const tensor = (name: string, dtype: DType): TensorData => {
    const { shape, data_offsets: [from, to] } = (tensors as unknown as { [name: string]: { shape: number[]; data_offsets: [number, number] } })[name]!;
    const { buffer } = bytes.slice(start + from, start + to);
    return { dtype, shape, data: dtype === "f16" ? fromDevice(dtype, buffer, (to - from) / 2) : new views[dtype](buffer) } as TensorData;
  };
  return [
    { ...plan, constants: plan.constants.map(({ dtype }, i) => tensor(`constant.${i}`, dtype)) },
    plan.state.map(({ name, dtype }) => tensor(`state.${name}`, dtype)),
  ];
}

/** Loads a bundle from its bytes, a response, a URL, or, in Node, a path. E701 or E702 for what is none, E411 where there is no adapter. */
export async function load(source: Source | Promise<Source>, options: LoadOptions = {}): Promise<LoadedModel> {
  const [plan, state] = await readBundle(await source).catch((error: unknown) => fail(`${error}`.includes("E702") ? (error as Error).message : `E701 not Damo: ${error}`));
  const { device, adapter, release } = await openDevice(options.device);
  const executor = await Executor.open(device, plan, state).catch((error: unknown) => {
    release();
    throw error;
  });
  let gone: string | undefined;
  void device.lost.then(({ message, reason }) => {
    gone ??= `E509 device lost: ${message || reason}; load again`;
  });
  let tail: Promise<unknown> = Promise.resolve();
  /** Calls are carried out in their order, each when the one before is queued, or, if it reads, read. */
  const inOrder = <T>(run: () => T | Promise<T>): Promise<T> => {
    const result = tail.then(() => (gone ? fail(gone) : run())).catch(async (error: Error) => {
      // What was cut off is heard of before the loss itself.
      await new Promise((resolve) => setTimeout(resolve));
      if (gone && error.name !== "DamoError") fail(gone);
      throw error;
    });
    tail = result.catch(() => {});
    return result;
  };
  const host = (tensor: TensorSignature, { shape, data }: ReturnType<typeof read>): TypedArray => {
    const stored = new views[tensor.dtype](elementCount(shape));
    write(stored, { data, shape }, tensor);
    return stored;
  };
  const functionOf = ({ sizes, inputs, outputs }: Signature["functions"][number], index: number): LoadedFunction => {
    const call = async <T>(feeds: Feeds, start: (f: PreparedFunction, inputs: readonly (TypedArray | GPUBuffer)[]) => Promise<readonly T[]>): Promise<{ readonly [name: string]: T }> => {
      const dense: { [name: string]: Feed } = {};
      for (const key in feeds) {
        const feed = feeds[key] as DeviceValue;
        dense[key] = (feed?.buffer && feed.shape ? { data: feed, shape: feed.shape } : feed) as unknown as Feed;
      }
      const [given, values]: [unknown[], Sizes] = readFeeds(sizes, inputs, dense);
      const data = inputs.map((input, i) => {
        const { buffer, dtype } = (given[i] as { data: DeviceValue }).data;
        if (!dtype) return toDevice(input.dtype, host(input, given[i] as ReturnType<typeof read>));
        if (dtype !== input.dtype) fail(`E502 ${input.name} must be ${input.dtype}`);
        return buffer;
      });
      const results = await inOrder(async () => start(await executor.prepare(index, values), data));
      return record(outputs, (_, i) => results[i]!);
    };
    const onDevice = async (f: PreparedFunction, data: readonly (TypedArray | GPUBuffer)[]): Promise<readonly DeviceValue[]> => {
      const buffers = await executor.queue(f, data);
      const number = executor.queued;
      return buffers.map((buffer, i) => {
        const { dtype } = outputs[i]!;
        const { shape, elements } = f.outputShapes[i]!;
        return {
          dtype, shape, buffer,
          read: () => inOrder(async () => valueOf(dtype, shape, await executor.readResult(buffer, dtype, elements, number))),
          destroy: () => executor.buffers.destroy(buffer),
        };
      });
    };
    const onHost = async (f: PreparedFunction, data: readonly (TypedArray | GPUBuffer)[]): Promise<readonly Value[]> =>
      (await executor.call(f, data)).map((result, i) => valueOf(outputs[i]!.dtype, f.outputShapes[i]!.shape, result));
    return Object.assign((feeds: Feeds = {}) => call(feeds, onHost), { gpu: (feeds: Feeds = {}) => call(feeds, onDevice) });
  };
  return {
    signature: plan, adapter,
    functions: record(plan.functions, functionOf),
    state: record(plan.state, (tensor, i) => ({
      get: () => inOrder(async () => valueOf(tensor.dtype, tensor.shape as readonly number[], await executor.getState(i))),
      set: (value) => {
        const shape = tensor.shape as readonly number[];
        const data = host(tensor, { ...read(value, tensor.name), shape });
        void inOrder(() => executor.setState(i, { dtype: tensor.dtype, shape, data } as TensorData));
      },
    })),
    dispose: () => {
      if (gone) return;
      gone = "E505 it is disposed";
      executor.dispose();
      release();
    },
  };
}
