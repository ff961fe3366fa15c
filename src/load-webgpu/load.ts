// From a bundle to its functions and variables on a device. Counted in bytes.

import { fail, type FunctionSignature, read, record, type Value, valueOf } from "../load-feeds.ts";
import { count, forms, toDevice } from "./device-data.ts";
import type { DeviceFeeds, DeviceValue, LoadedFunction, LoadedModel, LoadOptions } from "./loaded-model.ts";
import { badSize, disposed, type FailWith, lacking, lost, noDevice, noInput, refusedMemory, refusedShader } from "./messages.ts";
import { readBundle, type Source } from "./read-bundle.ts";
import { type Item, openProgram, type Queue } from "./walk.ts";

interface Settled<T> { readonly value: T; readonly reason?: Error }

// In Node, Dawn. Once an instance is collected, promises of its devices stay pending for ever.
let gpu = (globalThis as { navigator?: Partial<Navigator> }).navigator?.gpu;

/** Loads a bundle from its bytes, a response, a URL, or, in Node, a path. E701 or E702 for what is none, E411 where there is no adapter that has what it needs, E412 where its device does not take a shader. */
export async function load(source: Source | Promise<Source>, options: LoadOptions = {}): Promise<LoadedModel> {
  const [[signature, functions, shaders, layouts, , messages, stride, adapterOptions, features, limits], stored] = await readBundle(await source);
  const failWith: FailWith = (number, ...details) => fail(messages[number]!.replace(/{(.)}/g, (_, i) => details[i] as string));
  let device = options.device!;
  try {
    if (!device) {
      // Not as a literal, nor as what a minifier makes one of: bundlers for browsers would look for the package.
      gpu ??= (await import(["webgpu"].join()) as { create(options: string[]): GPU }).create([]);
      const adapter = (await gpu.requestAdapter(adapterOptions))!;
      device = await adapter.requestDevice({ requiredFeatures: features as GPUFeatureName[], requiredLimits: record(limits, ({ name }) => adapter.limits[name]) });
    }
  } catch (error) {
    failWith(noDevice, error);
  }
  for (const feature of features) if (!device.features.has(feature)) failWith(lacking, feature);
  const halves = features[0] && await import("../../ir/half.ts");
  const alive = new Set<GPUBuffer>();
  /** Those that what is carried out made. */
  let made: GPUBuffer[];
  let encoder: GPUCommandEncoder;
  /** Why nothing is carried out any more. */
  let gone: Parameters<FailWith> | undefined;
  /** How many failures were reported. */
  let epoch = 0;
  let tail: Promise<unknown> = Promise.resolve();
  void device.lost.then(({ message }) => gone ??= [lost, message]);
  /** Calls are carried out in their order, each when the one before is queued, or, if it reads, read. */
  const inOrder = <T>(body: () => T | Promise<T>): Promise<T> => {
    const result = tail.then(() => (gone ? failWith(...gone) : body())).catch(async (error: Error) => {
      // What was cut off is heard of before the loss itself.
      await new Promise((resolve) => setTimeout(resolve));
      throw gone ? failWith(...gone) : error;
    });
    tail = result.catch(() => {});
    return result;
  };
  /** Of whole vectors. The usages are numbers of GPUBufferUsage: by default to be copied from and to, uniform, storage and indirect. */
  const make = (bytes: number, usage = 460): GPUBuffer => {
    const buffer = device.createBuffer({ size: Math.ceil(bytes / 16) * 16 || 16, usage });
    alive.add(buffer);
    made.push(buffer);
    return buffer;
  };
  const destroy = (buffer: GPUBuffer): void => {
    alive.delete(buffer);
    buffer.destroy();
  };
  const write = (data: ArrayBuffer | ArrayBufferView<ArrayBuffer>, buffer = make(data.byteLength)): GPUBuffer => {
    // Some devices do not take none.
    if (data.byteLength) device.queue.writeBuffer(buffer, 0, data);
    return buffer;
  };
  const move = (from: GPUBuffer, to: GPUBuffer, at = 0, size = from.size): void => encoder.copyBufferToBuffer(from, 0, to, at, size);
  /** Carries it out at once, and queues what it encodes. The error with what the device has against it; then the buffers that it made are destroyed. */
  const guarded = async <T>(body: () => T | Promise<T>, message = refusedMemory): Promise<T> => {
    const own: GPUBuffer[] = made = [];
    device.pushErrorScope("validation");
    device.pushErrorScope("out-of-memory");
    const [result, memory, validation] = await Promise.allSettled([new Promise<T>((resolve) => {
      encoder = device.createCommandEncoder();
      resolve(body());
      device.queue.submit([encoder.finish()]);
    }), device.popErrorScope(), device.popErrorScope()]) as unknown as readonly [Settled<T>, Settled<GPUError | null>, Settled<GPUError | null>];
    const error = memory.value ?? validation.value ?? result.reason;
    if (error) {
      own.forEach(destroy);
      failWith(message, error.message);
    }
    return result.value;
  };
  // Not with one layout for several: in wgpu they would take each other's least sizes of bindings for theirs.
  const pipelines = await guarded(() => Promise.all(shaders.map(([code, layout]) => device.createComputePipelineAsync({
    layout: device.createPipelineLayout({ bindGroupLayouts: [device.createBindGroupLayout({ entries: layouts[layout]! })] }), compute: { module: device.createShaderModule({ code }) },
  }))), refusedShader);
  const shared = await guarded(() => stored.map((data) => write(data)));
  const control = shared.at(-1)!;

  /** A copy, and after it how calls go: whether none failed, the error's number, and details. */
  const copy = (buffer: GPUBuffer, usage?: number): GPUBuffer => {
    const target = make(buffer.size + 16, usage);
    move(buffer, target);
    move(control, target, buffer.size, 16);
    return target;
  };
  /** What a copy holds, which is destroyed. `end`: where it says how its call went, from its end. The error of that, if it failed. */
  const take = async (dtype: Value["dtype"], shape: readonly number[], staging: GPUBuffer, end = 16, own = epoch): Promise<Value> => {
    await staging.mapAsync(1);
    const bytes = staging.getMappedRange().slice(0);
    destroy(staging);
    const [running, error, ...details] = new Int32Array(bytes, bytes.byteLength - end);
    if (!running) {
      // Later calls go on once it is reported.
      if (own === epoch) {
        epoch++;
        write(stored.at(-1)!, control);
      }
      failWith(error!, ...details);
    }
    const [Host, Device = Host] = forms[dtype];
    const data = new Device(bytes, 0, count(shape));
    return valueOf(dtype, shape, dtype === "f16" ? halves!.unpackHalves(data as unknown as Uint16Array) : new Host(data));
  };
  const readBuffer = (dtype: Value["dtype"], shape: readonly number[], buffer: GPUBuffer, end?: number, own?: number, done?: Promise<unknown>): Promise<Value> => inOrder(async () => {
    await done;
    return take(dtype, shape, await guarded(() => copy(buffer, 9)), end, own);
  });

  const functionOf = ({ sizes, inputs, outputs }: FunctionSignature, index: number): LoadedFunction => {
    const [names, sources, program, shapes, bytes, commands] = functions[index]!;
    /** The sizes for which the table and what is queued were made. */
    let key: string | null;
    let table: GPUBuffer[] = [];
    let items: readonly Item[] | null;
    let groups: { [buffers: string]: GPUBindGroup };
    const call = async <T>(feeds: DeviceFeeds = {}, usage?: number): Promise<{ readonly [name: string]: T }> => {
      const given = inputs.map(({ name }) => read(feeds[name] as never, name));
      for (const name in feeds) if (!names.includes(name)) failWith(noInput, name);
      const values = [device.limits[limits[0]!.name], ...sizes.map((size, i) => {
        const [input, axis] = sources[i]!;
        const value = given[input!]?.shape[axis!] ?? feeds[size] as number;
        return value === (Number(value) | 0) ? value : failWith(badSize, size, value);
      })];
      const wanted = `${values}`;
      const [valueAt, walk] = openProgram(program, values, failWith);
      const known = shapes.map((shape) => shape.map(valueAt));
      const data = inputs.map((input, i) => toDevice(input, given[i]!, failWith, halves, known[i]));
      const results = await inOrder(async () => {
        if (key !== wanted) {
          key = items = null;
          table.slice(0, bytes.length).forEach(destroy);
        }
        const own = epoch;
        let pieces = 0;
        const queue: Queue<readonly (Value | DeviceValue)[]> = async (list, more) => {
          let copies: readonly GPUBuffer[] | undefined;
          const done = guarded(() => {
            if (!pieces++) {
              if (!key) table = [...bytes.map((place) => make(values[place]!)), ...shared];
              data.forEach((input, i) => {
                const target = table[2 + i]!;
                if ((input as GPUBuffer).size) move(input as GPUBuffer, target, 0, target.size);
                else write(input as Float32Array<ArrayBuffer>, target);
              });
            }
            if (list !== items) {
              groups = {};
              [stride / 4, 8].forEach((length, k) => {
                const words = new Int32Array(list.length * length);
                list.forEach((item, i) => words.set(item[k as 0], i * length));
                destroy(table[k]!);
                table[k] = write(words);
              });
            }
            const pass = encoder.beginComputePass();
            list.forEach(([, counts, shader, buffers], i) => {
              const pipeline = pipelines[shader]!;
              pass.setPipeline(pipeline);
              pass.setBindGroup(0, groups[buffers as unknown as string] ??= device.createBindGroup({
                layout: pipeline.getBindGroupLayout(0),
                entries: buffers.map((id, binding) => ({ binding, resource: { buffer: table[id]!, size: [stride][id]! } })),
              }), [i * stride]);
              if (counts[3]! > 0) pass.dispatchWorkgroups(...counts as unknown as [number]);
              else pass.dispatchWorkgroupsIndirect(table[1]!, i * 32 + 16);
            });
            pass.end();
            copies = more ? [copy(control, 9)] : outputs.map((_, i) => copy(table[2 + inputs.length + i]!, usage));
          });
          done.catch(() => {});
          if (!items || usage || !copies) await done;
          if (more) return (await take("i32", [control.size / 4], copies![0]!)).data as Int32Array;
          key = wanted;
          if (pieces < 2) items = list;
          return Promise.all(outputs.map(({ dtype }, i): DeviceValue | Promise<Value> => {
            const shape = known[inputs.length + i]!;
            const buffer = copies![i]!;
            return usage ? take(dtype, shape, buffer) : {
              dtype, shape, buffer,
              read: () => readBuffer(dtype, shape, buffer, 32, own, done),
              destroy: () => destroy(buffer),
            };
          }));
        };
        return items ? queue(items) as Promise<readonly (Value | DeviceValue)[]> : walk(commands, queue);
      });
      return record(outputs, (_, i) => results[i] as T);
    };
    return Object.assign((feeds?: DeviceFeeds) => call<Value>(feeds, 9), { gpu: (feeds?: DeviceFeeds) => call<DeviceValue>(feeds) });
  };

  const { vendor, architecture, description } = device.adapterInfo;
  return {
    signature, adapter: [vendor, architecture, description].filter(String).join(" "),
    functions: record(signature.functions, functionOf),
    state: record(signature.state, (tensor, i) => ({
      get: () => readBuffer(tensor.dtype, tensor.shape as readonly number[], shared[i]!),
      set: (value) => {
        const data = toDevice(tensor, read(value, tensor.name), failWith, halves) as Float32Array<ArrayBuffer>;
        void inOrder(() => write(data, shared[i]));
      },
    })),
    dispose: () => {
      if (gone) return;
      gone = [disposed];
      alive.forEach(destroy);
      if (!options.device) device.destroy();
    },
  };
}
