// `damo/load-webgpu`: runs a bundle that `damo build --target wgsl` wrote. Shipped as one file that imports nothing, but for Dawn in Node;
// docs/webgpu.md describes bundles. Inputs are checked before anything reaches the device.

import { type Dense, type DType, fail, type Feed, type FunctionSignature, read, readFeeds, record, type TensorSignature, type TypedArray, type Value, valueOf, write } from "./load-feeds.ts";
import { forms, fromDevice, toDevice } from "./load-webgpu/device-data.ts";
import { openDevice } from "./load-webgpu/open-device.ts";
import { readBundle, type Source } from "./load-webgpu/read-bundle.ts";
import { openRunner } from "./load-webgpu/runner.ts";

export type { DType, Feed, TensorSignature, Value };

export interface Signature {
  readonly functions: readonly FunctionSignature[];
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

const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Loads a bundle from its bytes, a response, a URL, or, in Node, a path. E701 or E702 for what is none, E411 where there is no adapter that has what it needs, E412 where its device does not take a shader. */
export async function load(source: Source | Promise<Source>, options: LoadOptions = {}): Promise<LoadedModel> {
  const [plan, stored] = await readBundle(await source);
  const device = options.device ?? await openDevice(plan.features);
  for (const feature of plan.features) if (!device.features.has(feature)) fail(`E411 the device lacks ${feature}`);
  const runner = await openRunner(device, plan, stored);
  let gone: string | undefined;
  void device.lost.then(({ message }) => {
    gone ??= `E509 device lost: ${message}; load again`;
  });
  let tail: Promise<unknown> = Promise.resolve();
  /** Calls are carried out in their order, each when the one before is queued, or, if it reads, read. */
  const inOrder = <T>(body: () => T | Promise<T>): Promise<T> => {
    const result = tail.then(() => (gone ? fail(gone) : body())).catch(async (error: Error) => {
      // What was cut off is heard of before the loss itself.
      await new Promise((resolve) => setTimeout(resolve));
      if (gone && error.name !== "DamoError") fail(gone);
      throw error;
    });
    tail = result.catch(() => {});
    return result;
  };
  const host = (tensor: TensorSignature, dense: Dense, shape: readonly number[]): TypedArray => {
    const elements = new forms[tensor.dtype][0](count(shape));
    write(elements, dense, tensor);
    return toDevice(tensor.dtype, elements);
  };
  const valueFrom = ({ dtype }: TensorSignature, shape: readonly number[], bytes: ArrayBuffer): Value => valueOf(dtype, shape, fromDevice(dtype, bytes, count(shape)));

  const functionOf = ({ sizes, inputs, outputs }: FunctionSignature, index: number): LoadedFunction => {
    type Result = readonly [output: TensorSignature, shape: readonly number[], buffer: GPUBuffer];
    const call = async <T>(feeds: Feeds = {}, finish: (results: readonly Result[]) => Promise<readonly T[]>): Promise<{ readonly [name: string]: T }> => {
      const [given, values] = readFeeds(sizes, inputs, feeds as { [name: string]: Feed });
      const data = inputs.map((input, i) => {
        const { buffer, dtype } = given[i] as unknown as DeviceValue;
        if (!buffer) return host(input, given[i]!, given[i]!.shape);
        if (dtype !== input.dtype) fail(`E502 ${input.name} must be ${input.dtype}`);
        return buffer;
      });
      const results = await inOrder(async () => {
        const { buffers, valueOf } = await runner.run(index, values, data);
        return finish(outputs.map((output, i) => [output, output.shape.map(valueOf), buffers[i]!]));
      });
      return record(outputs, (_, i) => results[i]!);
    };
    const onHost = async (results: readonly Result[]): Promise<readonly Value[]> => {
      const bytes = await runner.read([...results.map(([, , buffer]) => buffer), runner.control]);
      let at = 0;
      return results.map(([output, shape, { size }]) => valueFrom(output, shape, bytes.slice(at, at += size)));
    };
    const onDevice = async (results: readonly Result[]): Promise<readonly DeviceValue[]> => {
      const number = runner.queued();
      let kept: readonly GPUBuffer[] | undefined;
      // Each with how its call went.
      const made = runner.guarded("E602", () => kept = results.map(([, , buffer]) => runner.gather([buffer, runner.control])));
      runner.submit();
      made.catch(() => {});
      return (kept ?? await made).map((buffer, i) => {
        const [output, shape] = results[i]!;
        return {
          dtype: output.dtype, shape, buffer,
          read: () => inOrder(async () => {
            await made;
            return valueFrom(output, shape, await runner.read([buffer], number));
          }),
          destroy: () => runner.destroy(buffer),
        };
      });
    };
    return Object.assign((feeds?: Feeds) => call(feeds, onHost), { gpu: (feeds?: Feeds) => call(feeds, onDevice) });
  };
  const { vendor, architecture, description } = device.adapterInfo;
  return {
    signature: plan, adapter: [vendor, architecture, description].filter(String).join(" "),
    functions: record(plan.functions, functionOf),
    state: record(plan.state, (tensor, i) => {
      const [shape, buffer] = [tensor.shape as readonly number[], runner.shared[i]!];
      return {
        get: () => inOrder(async () => valueFrom(tensor, shape, await runner.read([buffer, runner.control]))),
        set: (value) => {
          const data = host(tensor, read(value, tensor.name), shape);
          void inOrder(() => runner.write(buffer, data));
        },
      };
    }),
    dispose: () => {
      if (gone) return;
      gone = "E505 it is disposed";
      runner.alive.forEach(runner.destroy);
      if (!options.device) device.destroy();
    },
  };
}
