// Carries out a bundle's plan on a device. Calls must come one after another, each when the last one is queued. Counted in bytes.

import { fail, type Sizes, type TypedArray } from "../load-feeds.ts";
import { evaluateSize } from "../load-size.ts";
import type { BundlePlan, PlanSize } from "./bundle-plan.ts";
import { type Item, walk } from "./walk.ts";

/** A function for given sizes. */
interface Prepared {
  readonly key: string;
  readonly valueOf: (size: PlanSize) => number;
  /** The function's table of buffers. */
  readonly table: GPUBuffer[];
  /** By the numbers of what they bind. */
  groups: { [buffers: string]: GPUBindGroup };
  /** What a call queues, once it is known. */
  items: readonly Item[] | undefined;
}

/** E412 for a shader that the device does not take, E602 where memory is short. `stored`: variables and constants at first, as the device holds them. */
export async function openRunner(device: GPUDevice, { functions, shaders, messages, controlBytes, stride }: BundlePlan, stored: readonly TypedArray[]) {
  const { queue, limits } = device;
  const alive = new Set<GPUBuffer>();
  /** Of whole vectors. The usages are numbers of GPUBufferUsage: by default to be copied from and to, uniform, storage and indirect. */
  const make = (bytes: number, usage = 460): GPUBuffer => {
    const size = Math.ceil(bytes / 16) * 16 || 16;
    // What is mapped is not bound.
    if (size > (usage < 128 ? limits.maxBufferSize : limits.maxStorageBufferBindingSize)) fail(`E602 no buffer of ${size} bytes`);
    const buffer = device.createBuffer({ size, usage });
    alive.add(buffer);
    return buffer;
  };
  const destroy = (buffer: GPUBuffer): void => {
    alive.delete(buffer);
    buffer.destroy();
  };
  const write = (buffer: GPUBuffer, { buffer: bytes, byteOffset, byteLength }: TypedArray): void => {
    // Devices take whole words, and some not none.
    const words = new Uint8Array(Math.ceil(byteLength / 4) * 4 || 4);
    words.set(new Uint8Array(bytes, byteOffset, byteLength));
    queue.writeBuffer(buffer, 0, words);
  };
  const holding = (data: TypedArray): GPUBuffer => {
    const buffer = make(data.byteLength);
    write(buffer, data);
    return buffer;
  };
  /** Runs `body` at once. The code with what the device has against it; where it fails, the buffers that it made are destroyed. */
  const guarded = async <T>(code: string, body: () => T): Promise<Awaited<T>> => {
    const before = alive.size;
    device.pushErrorScope("validation");
    device.pushErrorScope("out-of-memory");
    const result = (async () => body())();
    // Not those of calls that come before this is heard of.
    const own = [...alive].slice(before);
    try {
      const [a, b] = await Promise.all([device.popErrorScope(), device.popErrorScope(), result.catch(() => {})]);
      if (a ?? b) fail(`${code} ${(a ?? b)!.message}`);
      return await result;
    } catch (error) {
      own.forEach(destroy);
      throw error;
    }
  };

  const pipelines = await guarded("E412", () => Promise.all(shaders.map(async ([code, buffers]) => {
    const entries = [...Array(buffers + 1).keys()].map((binding): GPUBindGroupLayoutEntry => ({
      binding, visibility: 4, buffer: { type: binding < buffers ? "storage" : "uniform", hasDynamicOffset: binding === buffers },
    }));
    const layout = device.createBindGroupLayout({ entries });
    const descriptor = { layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }), compute: { module: device.createShaderModule({ code }) } };
    return [await device.createComputePipelineAsync(descriptor), layout] as const;
  })));
  const running = Int32Array.of(1);
  const shared = await guarded("E602", () => [...stored, new Uint8Array(controlBytes)].map(holding));
  const controlAt = stored.length;
  const control = shared[controlAt]!;
  write(control, running);
  // Between the uniform and the arguments lie the counts.
  const [uniformAt, argumentsAt, firstOwn] = [controlAt + 1, controlAt + 3, controlAt + 4];
  const prepared: (Prepared | undefined)[] = [];
  let encoder = device.createCommandEncoder();
  /** Calls queued so far, and how many there were when a failure was last reported. */
  let queued = 0;
  let reported = 0;

  const submit = (): void => {
    queue.submit([encoder.finish()]);
    encoder = device.createCommandEncoder();
  };
  const failWith = (number: number, details: ArrayLike<number>): never => fail(messages[number]!.replace(/\{([01])\}/g, (_, i) => `${details[i]}`));

  /** Copies the buffers, one after another, to a new one. */
  const gather = (buffers: readonly GPUBuffer[], usage?: number): GPUBuffer => {
    const target = make(buffers.reduce((sum, { size }) => sum + size, 0), usage);
    let at = 0;
    for (const buffer of buffers) {
      encoder.copyBufferToBuffer(buffer, 0, target, at, buffer.size);
      at += buffer.size;
    }
    return target;
  };

  /** Submits, and reads what the buffers then hold, of which the last words are the control buffer's. The error of the call with the number, if it failed. */
  const read = async (buffers: readonly GPUBuffer[], number = queued): Promise<ArrayBuffer> => {
    const staging = await guarded("E602", () => {
      // To be mapped.
      const target = gather(buffers, 9);
      submit();
      return target;
    });
    await staging.mapAsync(1);
    const bytes = staging.getMappedRange().slice(0);
    destroy(staging);
    const [isRunning, error, ...details] = new Int32Array(bytes, bytes.byteLength - control.size);
    if (!isRunning) {
      if (number > reported) {
        write(control, running);
        reported = queued;
      }
      failWith(error!, details);
    }
    return bytes;
  };

  /** E602, or the error of sizes that cannot be. */
  const prepare = async (index: number, values: Sizes): Promise<Prepared> => {
    const { sizes, inputs, outputs, rooms, checks } = functions[index]!;
    const key = `${sizes.map((size) => values[size])}`;
    const last = prepared[index];
    if (last?.key === key) return last;
    const valueOf = (size: PlanSize): number => evaluateSize(size, values);
    for (const [left, right, error] of checks) {
      const a = valueOf(left);
      const b = right === null ? Math.min(Math.max(a, 0), 2 ** 31 - 1) : valueOf(right);
      if (a !== b) failWith(error, [a, b]);
    }
    // One at a time: calls are mostly for the sizes of the last one.
    prepared[index] = undefined;
    last?.table.slice(uniformAt).forEach(destroy);
    const tensors = [...inputs, ...outputs].map(({ shape }) => shape.reduce<number>((bytes, dim) => bytes * valueOf(dim), 4));
    const table = await guarded("E602", () => [...shared, ...[0, 0, 0, ...tensors, ...rooms.map(valueOf)].map((bytes) => make(bytes))]);
    return prepared[index] = { key, valueOf, table, groups: {}, items: undefined };
  };

  const encode = ({ table, groups }: Prepared, items: readonly Item[]): void => {
    const pass = encoder.beginComputePass();
    items.forEach(([shader, buffers, , counts, gated], i) => {
      const [pipeline, layout] = pipelines[shader]!;
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, groups[`${buffers}`] ??= device.createBindGroup({
        layout, entries: [...buffers, uniformAt].map((id, binding) => ({ binding, resource: id === uniformAt ? { buffer: table[id]!, size: stride } : { buffer: table[id]! } })),
      }), [i * stride]);
      if (gated === undefined) pass.dispatchWorkgroups(...(counts as [number, number, number]));
      else pass.dispatchWorkgroupsIndirect(table[argumentsAt]!, gated);
    });
    pass.end();
  };

  /** Encodes a call: its outputs will be in the buffers. */
  const run = async (index: number, values: Sizes, inputs: readonly (TypedArray | GPUBuffer)[]): Promise<{ readonly buffers: readonly GPUBuffer[]; readonly valueOf: (size: PlanSize) => number }> => {
    const f = await prepare(index, values);
    const { table, valueOf } = f;
    queued++;
    inputs.forEach((input, i) => {
      const target = table[firstOwn + i]!;
      if (ArrayBuffer.isView(input)) write(target, input);
      else encoder.copyBufferToBuffer(input, 0, target, 0, target.size);
    });
    const encodeFirst = (items: readonly Item[], counts: readonly number[]): void => {
      const words = new Int32Array(items.length * stride / 4);
      items.forEach(([, , own], i) => words.set(own, i * stride / 4));
      const gated = Uint32Array.from(counts);
      [words, gated, gated].forEach((data, i) => {
        const at = uniformAt + i;
        if (table[at]!.size < data.byteLength) {
          destroy(table[at]!);
          table[at] = make(data.byteLength);
          f.groups = {};
        }
        write(table[at]!, data);
      });
      encode(f, items);
    };
    if (f.items) encode(f, f.items);
    else {
      f.items = await walk(functions[index]!.commands, { shaders, valueOf, controlAt, mostWorkgroups: limits.maxComputeWorkgroupsPerDimension }, encodeFirst, async (until) =>
        new Int32Array(await read([control]))[until]);
    }
    return { buffers: table.slice(firstOwn + inputs.length), valueOf };
  };
  return { control, shared, alive, destroy, write, guarded, gather, submit, read, run, queued: () => queued };
}
