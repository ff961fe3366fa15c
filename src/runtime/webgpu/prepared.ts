// A function for given sizes, ready to be queued: its slots placed, its buffers and bind groups made, its commands one flat list.

import type { GpuFunction, GpuPlan, PlanSize } from "../../../codegen/wgsl/module/plan.ts";
import type { Shader } from "../../../codegen/wgsl/shader.ts";
import { elementCount } from "../../../ir/data.ts";
import { userError } from "../../../ir/errors.ts";
import { errorNumbers } from "../../../ir/program/signature.ts";
import { placeBySize, type SizedSlot } from "../../../passes/place-slots.ts";
import { evaluateSize } from "../../load-size.ts";
import { errorOfMessage } from "../message-error.ts";
import { bufferUsage } from "./buffer-usage.ts";
import { type Buffers, paddedBytes, tooLarge } from "./buffers.ts";
import { deviceBytes } from "./device-data.ts";
import { layoutOf } from "./pipelines.ts";
import { type Binding, unroll, type Unrolled, type UnrolledDispatch, type UnrolledFunction } from "./unroll.ts";

/** By name. */
export interface SizeValues { readonly [name: string]: number }

/** What all functions of a model share. */
export interface ModelBuffers {
  readonly state: readonly GPUBuffer[];
  readonly constants: readonly GPUBuffer[];
  readonly control: GPUBuffer;
}

/** What a call binds in place of the function's own inputs and outputs; undefined: what is copied from or to those. */
export interface BoundTensors {
  readonly input: readonly (GPUBuffer | undefined)[];
  readonly output: readonly (GPUBuffer | undefined)[];
}

/** One dispatch, ready to be encoded. */
export interface ReadyDispatch {
  readonly pipeline: GPUComputePipeline;
  /** With the function's own inputs and outputs. */
  readonly group: GPUBindGroup;
  /** Present: it binds some of them. */
  readonly tensors?: Pick<UnrolledDispatch, "shader" | "bindings">;
  readonly offsets: readonly number[];
  readonly counts: readonly [number, number, number];
  /** In bytes. */
  readonly indirect: number | undefined;
}

export interface ReadyLoop {
  readonly until: number;
  readonly pieces: readonly (readonly Ready[])[];
  readonly endless: boolean;
}

export type Ready = ReadyDispatch | ReadyLoop;

export interface SizedTensor { readonly shape: readonly number[]; readonly elements: number; readonly bytes: number }

export class PreparedFunction {
  readonly f: GpuFunction;
  readonly inputs: readonly GPUBuffer[];
  readonly outputs: readonly GPUBuffer[];
  readonly inputShapes: readonly SizedTensor[];
  readonly outputShapes: readonly SizedTensor[];
  /** Of the arena. */
  readonly arenaBytes: number;
  /** Whether a call waits for the device before all of it is queued. */
  readonly waits: boolean;
  readonly indirect: GPUBuffer | undefined;
  readonly #plan: GpuPlan;
  readonly #buffers: Buffers;
  readonly #model: ModelBuffers;
  readonly #pipelines: ReadonlyMap<Shader, GPUComputePipeline>;
  readonly #unrolled: UnrolledFunction;
  readonly #offsets: readonly number[];
  readonly #uniform: GPUBuffer | undefined;
  readonly #counts: GPUBuffer | undefined;
  #arena: GPUBuffer | undefined;
  #ready: readonly Ready[] | undefined;
  /** Bind groups of tensors that calls brought, by their buffers' numbers: those of the last call, for one that brings the same. */
  #brought = new Map<string, GPUBindGroup>();
  #bringing = new Map<string, GPUBindGroup>();

  /** E604 for sizes that disagree, E605 for sizes that do not fit, E602 for what is too large for the device. */
  constructor(plan: GpuPlan, f: GpuFunction, sizes: SizeValues, buffers: Buffers, model: ModelBuffers, pipelines: ReadonlyMap<Shader, GPUComputePipeline>) {
    this.f = f;
    this.#plan = plan;
    this.#buffers = buffers;
    this.#model = model;
    this.#pipelines = pipelines;
    const known = new Map<string, number>();
    const valueOf = (size: PlanSize): number => {
      if (typeof size === "number") return size;
      let value = known.get(size);
      if (value === undefined) known.set(size, value = evaluateSize(size, sizes));
      return value;
    };
    this.#checkSizes(valueOf);
    const { limits } = buffers.device;
    this.#unrolled = unroll(plan.shaders, f, valueOf, limits.maxComputeWorkgroupsPerDimension);
    const slots = f.slots.map((slot): SizedSlot => ({ ...slot, bytes: valueOf(slot.bytes) }));
    const { offsets, bytes } = f.placement ?? placeBySize(slots);
    this.#offsets = offsets;
    this.arenaBytes = bytes;
    if (bytes > limits.maxBufferSize) throw tooLarge(`what ${f.name} computes on the way`, bytes, limits.maxBufferSize);

    const { copySrc, copyDst, storage, uniform, indirect } = bufferUsage;
    const shapes = (tensors: GpuFunction["inputs"]): readonly SizedTensor[] => tensors.map(({ dtype, shape }) => {
      const values = shape.map(valueOf);
      const elements = elementCount(values);
      return { shape: values, elements, bytes: deviceBytes(dtype, elements) };
    });
    this.outputShapes = shapes(f.outputs);
    this.inputShapes = shapes(f.inputs);
    this.inputs = this.inputShapes.map(({ bytes: size }, i) => buffers.make(`input ${f.inputs[i]!.name} of ${f.name}`, size, storage | copyDst));
    this.outputs = this.outputShapes.map(({ bytes: size }, i) => buffers.make(`output ${f.outputs[i]!.name} of ${f.name}`, size, storage | copySrc));
    const filled = (label: string, data: Int32Array<ArrayBuffer>, usage: number): GPUBuffer | undefined => {
      if (data.length === 0) return undefined;
      const buffer = buffers.make(label, data.byteLength, usage | copyDst);
      buffers.device.queue.writeBuffer(buffer, 0, data);
      return buffer;
    };
    const { words, counts, items } = this.#unrolled;
    this.#uniform = filled(`words of ${f.name}`, Int32Array.from(words), uniform);
    this.#counts = filled(`counts of ${f.name}`, Int32Array.from(counts), storage);
    this.indirect = this.#counts && buffers.make(`arguments of ${f.name}`, counts.length * 4, storage | indirect);
    this.waits = items.some((item) => "until" in item);
  }

  /** The commands, with the slots in this arena. */
  commandsIn(arena: GPUBuffer | undefined): readonly Ready[] {
    if (this.#ready === undefined || this.#arena !== arena) {
      this.#arena = arena;
      const groups = new Map<string, GPUBindGroup>();
      const ready = (item: Unrolled): readonly Ready[] => {
        if ("until" in item) return [{ ...item, pieces: item.pieces.map((piece) => piece.flatMap(ready)) }];
        const { shader, bindings, words, counts, indirect } = item;
        if (indirect === undefined && counts.includes(0)) return [];
        const resources = bindings.map((binding) => this.#resource(binding));
        const key = [shader.sizes, ...resources.map(({ key }) => key)].join();
        let group = groups.get(key);
        if (group === undefined) groups.set(key, group = this.#group(shader, resources));
        return [{
          pipeline: this.#pipelines.get(shader)!, group, offsets: shader.sizes > 0 ? [words * 4] : [], counts, indirect: indirect === undefined ? undefined : indirect * 4,
          ...(bindings.some(({ kind }) => kind === "input" || kind === "output") ? { tensors: { shader, bindings } } : {}),
        }];
      };
      this.#ready = this.#unrolled.items.flatMap(ready);
      this.#bringing.clear();
    }
    this.#brought = this.#bringing;
    this.#bringing = new Map();
    return this.#ready;
  }

  /** For a call that brings tensors. */
  groupWith({ group, tensors }: ReadyDispatch, bound: BoundTensors): GPUBindGroup {
    const brings = ({ kind, index }: Binding): GPUBuffer | undefined => (kind === "input" || kind === "output" ? bound[kind][index] : undefined);
    if (tensors === undefined || tensors.bindings.every((binding) => brings(binding) === undefined)) return group;
    const { shader, bindings } = tensors;
    const resources = bindings.map((binding) => this.#resource(binding, brings(binding)));
    const key = [shader.sizes, ...resources.map(({ key }) => key)].join();
    const made = this.#bringing.get(key) ?? this.#brought.get(key) ?? this.#group(shader, resources);
    this.#bringing.set(key, made);
    return made;
  }

  dispose(): void {
    for (const buffer of [...this.inputs, ...this.outputs, this.#uniform, this.#counts, this.indirect]) if (buffer !== undefined) this.#buffers.destroy(buffer);
  }

  #checkSizes(valueOf: (size: PlanSize) => number): void {
    const { sizeChecks, counts } = this.f;
    for (const { left, right, error } of sizeChecks) {
      const [a, b] = [valueOf(left), valueOf(right)];
      if (a !== b) throw errorOfMessage(this.#plan.messages[error], [a, b]);
    }
    for (const count of counts) {
      const value = valueOf(count);
      if (!(value >= 0 && value < 2 ** 31)) throw errorOfMessage(this.#plan.messages[errorNumbers.badSize], []);
    }
  }

  #resource({ kind, index, bytes: needed }: Binding, brought?: GPUBuffer): { readonly key: string; readonly binding: GPUBufferBinding } {
    const [bytes, most] = [paddedBytes(needed), this.#buffers.device.limits.maxStorageBufferBindingSize];
    const whole = (buffer: GPUBuffer): GPUBufferBinding => ({ buffer, size: kind === "counts" || kind === "indirect" || kind === "control" ? buffer.size : bytes });
    const binding = ((): GPUBufferBinding => {
      if (brought !== undefined) return whole(brought);
      switch (kind) {
        case "input": return whole(this.inputs[index]!);
        case "output": return whole(this.outputs[index]!);
        case "state": return whole(this.#model.state[index]!);
        case "constant": return whole(this.#model.constants[index]!);
        case "control": return whole(this.#model.control);
        case "counts": return whole(this.#counts!);
        case "indirect": return whole(this.indirect!);
        case "slot": return { buffer: this.#arena!, offset: this.#offsets[index]!, size: bytes };
      }
    })();
    if (binding.size! > most) throw userError("E602", { op: this.f.name, message: `a tensor takes ${binding.size} bytes, and this device binds at most ${most}`, hint: "call with smaller sizes" });
    return { key: `${brought === undefined ? kind : `buffer ${numberOf(brought)} `}${index}:${bytes}`, binding };
  }

  #group(shader: Shader, resources: readonly { readonly binding: GPUBufferBinding }[]): GPUBindGroup {
    const { device } = this.#buffers;
    const entries: GPUBindGroupEntry[] = resources.map(({ binding }, at) => ({ binding: at, resource: binding }));
    if (shader.sizes > 0) entries.push({ binding: entries.length, resource: { buffer: this.#uniform!, size: paddedBytes(shader.sizes * 4) } });
    return device.createBindGroup({ label: shader.name, layout: layoutOf(device, shader), entries });
  }
}

const numbers = new WeakMap<GPUBuffer, number>();
let numbered = 0;

/** Of its own. */
function numberOf(buffer: GPUBuffer): number {
  let number = numbers.get(buffer);
  if (number === undefined) numbers.set(buffer, (number = numbered++));
  return number;
}
