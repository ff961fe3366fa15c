// Carries out a plan on a device: a call is one command buffer, unless it has a loop without a bound. All of a compiled model that knows of WebGPU
// (bundles have src/load-webgpu/runner.ts); calls must come one after another, each when the last one is queued.

import { controlWords, type GpuPlan } from "../../../codegen/wgsl/module/plan.ts";
import { halvesEnabled, type Shader } from "../../../codegen/wgsl/shader.ts";
import { elementCount, type TensorData, type TypedArray } from "../../../ir/data.ts";
import { userError } from "../../../ir/errors.ts";
import type { DType } from "../../../ir/types.ts";
import { errorOfMessage } from "../message-error.ts";
import { bufferUsage, mapModeRead } from "./buffer-usage.ts";
import { Buffers, paddedBytes } from "./buffers.ts";
import { deviceBytes, fromDevice, toDevice } from "./device-data.ts";
import { hasHalves } from "./device.ts";
import { gateShader } from "./gate-shader.ts";
import { pipelineOf } from "./pipelines.ts";
import { type BoundTensors, type ModelBuffers, PreparedFunction, type Ready, type ReadyDispatch, type ReadyLoop, type SizeValues } from "./prepared.ts";

/** Bytes of the control buffer that say whether a call failed, and how. */
const verdictBytes = 4 * controlWords.flags;
/** Of one function, for different sizes; the buffers of the one that was longest not called are destroyed. */
const mostPrepared = 4;
const mostSpareStaging = 4;
/** Tensors on the device of so many bytes are bound where they are; to copy smaller ones costs less than to make bind groups for them. */
const worthBinding = 16_384;

/** What is read back: the first bytes of a buffer. */
export interface Part { readonly buffer: GPUBuffer; readonly bytes: number }

interface Staging {
  readonly buffer: GPUBuffer;
  /** Rejected if it could not be had; undefined: it was there. */
  readonly made: Promise<void> | undefined;
}

interface Recording { readonly encoder: GPUCommandEncoder; readonly pass: GPUComputePassEncoder }

export class Executor {
  readonly plan: GpuPlan;
  readonly buffers: Buffers;
  readonly #device: GPUDevice;
  readonly #model: ModelBuffers;
  readonly #pipelines: ReadonlyMap<Shader, GPUComputePipeline>;
  readonly #prepared: readonly Map<string, PreparedFunction>[];
  readonly #staging: GPUBuffer[] = [];
  readonly #canFail: boolean;
  /** Of results that stay on the device: rejected if there was no memory for them, which whoever reads them hears of. */
  readonly #made = new WeakMap<GPUBuffer, Promise<unknown>>();
  #arena: GPUBuffer | undefined;
  /** Calls queued so far, and how many there were when a failure was last reported. */
  #queued = 0;
  #reported = 0;

  /** When every pipeline is ready. E412 for a shader that the device does not take, E602 if state and constants find no room, E411 if it needs halves. */
  static async open(device: GPUDevice, plan: GpuPlan, state: readonly TensorData[]): Promise<Executor> {
    if (!hasHalves(device) && plan.shaders.some(({ code }) => code.startsWith(halvesEnabled))) {
      throw userError("E411", { message: "the model computes with f16, and the device does not have the feature shader-f16" });
    }
    const shaders = [...plan.shaders, gateShader];
    const pipelines = new Map(await Promise.all(shaders.map(async (shader) => [shader, await pipelineOf(device, shader)] as const)));
    const buffers = new Buffers(device);
    const { storage, copySrc, copyDst } = bufferUsage;
    const holding = (label: string, { dtype, data }: TensorData): GPUBuffer => {
      const stored = toDevice(dtype, data);
      const buffer = buffers.make(label, stored.byteLength, storage | copySrc | copyDst);
      write(device, buffer, stored);
      return buffer;
    };
    const model = await buffers.within((): ModelBuffers => ({
      state: plan.state.map(({ name }, i) => holding(`variable ${name}`, state[i]!)),
      constants: plan.constants.map((constant, i) => holding(`constant ${i}`, constant)),
      control: buffers.make("control", plan.controlWords * 4, storage | copySrc | copyDst),
    }));
    write(device, model.control, Int32Array.of(1));
    return new Executor(plan, buffers, model, pipelines);
  }

  private constructor(plan: GpuPlan, buffers: Buffers, model: ModelBuffers, pipelines: ReadonlyMap<Shader, GPUComputePipeline>) {
    this.plan = plan;
    this.buffers = buffers;
    this.#device = buffers.device;
    this.#model = model;
    this.#pipelines = pipelines;
    this.#prepared = plan.functions.map(() => new Map());
    this.#canFail = plan.functions.some(({ canFail }) => canFail);
  }

  /** The number of the call that was queued last. */
  get queued(): number {
    return this.#queued;
  }

  /** If the function was called with these sizes not long ago. */
  known(index: number, sizes: SizeValues): PreparedFunction | undefined {
    const [prepared, key] = [this.#prepared[index]!, this.#key(index, sizes)];
    const found = prepared.get(key);
    if (found === undefined || found.arenaBytes > (this.#arena?.size ?? 0)) return undefined;
    prepared.delete(key);
    prepared.set(key, found);
    return found;
  }

  /** E602, E604 or E605 for sizes that cannot be. */
  async prepare(index: number, sizes: SizeValues): Promise<PreparedFunction> {
    const found = this.known(index, sizes);
    if (found !== undefined) return found;
    const [prepared, key] = [this.#prepared[index]!, this.#key(index, sizes)];
    const make = (): PreparedFunction => {
      const made = prepared.get(key) ?? new PreparedFunction(this.plan, this.plan.functions[index]!, sizes, this.buffers, this.#model, this.#pipelines);
      made.commandsIn(this.#arenaFor(made));
      return made;
    };
    try {
      prepared.set(key, await this.buffers.within(make));
    } catch (error) {
      if (this.#arena !== undefined && !this.buffers.has(this.#arena)) this.#arena = undefined;
      throw error;
    }
    if (prepared.size > mostPrepared) {
      const [oldest, dropped] = prepared.entries().next().value!;
      prepared.delete(oldest);
      dropped.dispose();
    }
    return prepared.get(key)!;
  }

  /** Queues a call whose outputs are read back. At once, unless the function waits. */
  async call(f: PreparedFunction, inputs: readonly (TypedArray | GPUBuffer)[]): Promise<readonly TypedArray[]> {
    const parts = f.outputs.map((buffer, i): Part => ({ buffer, bytes: f.outputShapes[i]!.bytes }));
    let reading: (() => Promise<readonly ArrayBuffer[]>) | undefined;
    const submitted = this.#submit(f, inputs, [], (encoder) => {
      reading = this.#copyOut(encoder, parts);
    });
    await submitted;
    return (await reading!()).map((bytes, i) => fromDevice(f.f.outputs[i]!.dtype, bytes, f.outputShapes[i]!.elements));
  }

  /** Queues a call whose outputs stay on the device, each in a buffer of its own with the verdict, if a call can fail, at `paddedBytes` of its bytes. */
  async queue(f: PreparedFunction, inputs: readonly (TypedArray | GPUBuffer)[]): Promise<readonly GPUBuffer[]> {
    const { storage, copySrc, copyDst } = bufferUsage;
    let results!: readonly GPUBuffer[];
    const made = this.buffers.within(() => {
      results = f.outputShapes.map(({ bytes }, i) => this.buffers.make(`result ${f.f.outputs[i]!.name} of ${f.f.name}`, paddedBytes(bytes) + verdictBytes, storage | copySrc | copyDst));
    });
    if (results === undefined) await made;
    made.catch(() => {});
    for (const result of results) this.#made.set(result, made);
    const bound = results.map((result, i) => (f.waits || f.outputShapes[i]!.bytes < worthBinding ? undefined : result));
    const submitted = this.#submit(f, inputs, bound, (encoder) => results.forEach((result, i) => {
      const { bytes } = f.outputShapes[i]!;
      if (bound[i] === undefined) encoder.copyBufferToBuffer(f.outputs[i]!, 0, result, 0, bytes);
      if (this.#canFail) encoder.copyBufferToBuffer(this.#model.control, 0, result, paddedBytes(bytes), verdictBytes);
    }));
    await submitted;
    return results;
  }

  /** What the buffers hold when all that is queued now is done. The error of a call that failed, if it is not reported yet. */
  async read(parts: readonly Part[]): Promise<readonly ArrayBuffer[]> {
    const encoder = this.#device.createCommandEncoder();
    const reading = this.#copyOut(encoder, parts);
    this.#device.queue.submit([encoder.finish()]);
    const [data] = await Promise.all([reading(), ...parts.map(({ buffer }) => this.#made.get(buffer))]);
    return data;
  }

  /** Of a buffer that `queue` gave, so many elements. The error of its call, which was the `queued`th. */
  async readResult(buffer: GPUBuffer, dtype: DType, elements: number, queued: number): Promise<TypedArray> {
    const bytes = deviceBytes(dtype, elements);
    const [all] = await this.read([{ buffer, bytes: paddedBytes(bytes) + verdictBytes }]);
    if (this.#canFail) this.report(all!.slice(paddedBytes(bytes)), queued);
    return fromDevice(dtype, all!.slice(0, bytes), elements);
  }

  async getState(index: number): Promise<TypedArray> {
    const { dtype, shape } = this.plan.state[index]!;
    const elements = elementCount(shape as readonly number[]);
    const [data] = await this.read([{ buffer: this.#model.state[index]!, bytes: deviceBytes(dtype, elements) }]);
    return fromDevice(dtype, data!, elements);
  }

  setState(index: number, { dtype, data }: TensorData): void {
    write(this.#device, this.#model.state[index]!, toDevice(dtype, data));
  }

  /** Throws the error of a call that failed, given what its control words were; then later calls are carried out again. `queued`: how many calls were, then. */
  report(verdict: ArrayBuffer, queued: number): void {
    const words = new Int32Array(verdict);
    if (words[controlWords.running] !== 0) return;
    if (queued > this.#reported) {
      write(this.#device, this.#model.control, Int32Array.of(1));
      this.#reported = this.#queued;
    }
    throw errorOfMessage(this.plan.messages[words[controlWords.error]!], [words[controlWords.value]!, words[controlWords.bound]!]);
  }

  dispose(): void {
    this.buffers.dispose();
  }

  #key(index: number, sizes: SizeValues): string {
    return this.plan.functions[index]!.sizes.map((name) => sizes[name]).join();
  }

  /** Functions use one arena, since they run one after another. */
  #arenaFor({ arenaBytes }: PreparedFunction): GPUBuffer | undefined {
    if (arenaBytes > (this.#arena?.size ?? 0)) {
      const larger = this.buffers.make("arena", arenaBytes, bufferUsage.storage);
      if (this.#arena !== undefined) this.buffers.destroy(this.#arena);
      this.#arena = larger;
    }
    return this.#arena;
  }

  /** `output`: what is bound in place of the function's own outputs. */
  async #submit(f: PreparedFunction, inputs: readonly (TypedArray | GPUBuffer)[], output: BoundTensors["output"], finish: (encoder: GPUCommandEncoder) => void): Promise<void> {
    this.#queued++;
    const commands = f.commandsIn(this.#arenaFor(f));
    const encoder = this.#device.createCommandEncoder({ label: f.f.name });
    const input = inputs.map((given, i) => (ArrayBuffer.isView(given) || inputs.indexOf(given) < i || !isBindable(f, given, f.inputShapes[i]!.bytes) ? undefined : given));
    inputs.forEach((given, i) => {
      const target = f.inputs[i]!;
      if (ArrayBuffer.isView(given)) write(this.#device, target, given);
      else if (input[i] === undefined) encoder.copyBufferToBuffer(given, 0, target, 0, f.inputShapes[i]!.bytes);
    });
    const bound: BoundTensors = { input, output };
    let recording: Recording = { encoder, pass: encoder.beginComputePass() };
    if (f.waits) recording = await this.#encodeInPieces(commands, f, recording);
    else for (const command of commands) encode(command as ReadyDispatch, f, recording.pass, bound);
    recording.pass.end();
    finish(recording.encoder);
    this.#device.queue.submit([recording.encoder.finish()]);
  }

  async #encodeInPieces(commands: readonly Ready[], f: PreparedFunction, recording: Recording): Promise<Recording> {
    for (const command of commands) {
      if ("until" in command) recording = await this.#encodeLoop(command, f, recording);
      else encode(command, f, recording.pass);
    }
    return recording;
  }

  async #encodeLoop({ until, pieces, endless }: ReadyLoop, f: PreparedFunction, recording: Recording): Promise<Recording> {
    do {
      for (const piece of pieces) {
        const { encoder, pass } = await this.#encodeInPieces(piece, f, recording);
        pass.end();
        const word = this.#copyWord(encoder, until);
        this.#device.queue.submit([encoder.finish()]);
        const next = this.#device.createCommandEncoder({ label: f.f.name });
        recording = { encoder: next, pass: next.beginComputePass() };
        if (await word() === 0) return recording;
      }
    } while (endless);
    return recording;
  }

  #copyWord(encoder: GPUCommandEncoder, word: number): () => Promise<number> {
    const staging = this.#takeStaging(4);
    encoder.copyBufferToBuffer(this.#model.control, word * 4, staging.buffer, 0, 4);
    return async () => new Int32Array(await this.#map(staging, 4))[0]!;
  }

  /** Lets the encoder copy the parts to where the host can read them; what is returned reads them, once that is submitted. */
  #copyOut(encoder: GPUCommandEncoder, parts: readonly Part[]): () => Promise<readonly ArrayBuffer[]> {
    const queued = this.#queued;
    const starts: number[] = [];
    let total = 0;
    for (const { bytes } of parts) {
      starts.push(total);
      total += bytes;
    }
    const staging = this.#takeStaging(total + verdictBytes);
    parts.forEach(({ buffer, bytes }, i) => {
      if (bytes > 0) encoder.copyBufferToBuffer(buffer, 0, staging.buffer, starts[i]!, bytes);
    });
    if (this.#canFail) encoder.copyBufferToBuffer(this.#model.control, 0, staging.buffer, total, verdictBytes);
    return async () => {
      const all = await this.#map(staging, total + verdictBytes);
      if (this.#canFail) this.report(all.slice(total), queued);
      return parts.map(({ bytes }, i) => all.slice(starts[i]!, starts[i]! + bytes));
    };
  }

  #takeStaging(bytes: number): Staging {
    const at = this.#staging.findIndex(({ size }) => size >= bytes && size <= 4 * paddedBytes(bytes));
    if (at >= 0) return { buffer: this.#staging.splice(at, 1)[0]!, made: undefined };
    let buffer: GPUBuffer;
    const made = this.buffers.within(() => {
      buffer = this.buffers.make("staging", bytes, bufferUsage.mapRead | bufferUsage.copyDst);
    });
    // Heard of where the buffer is mapped.
    made.catch(() => {});
    return { buffer: buffer!, made };
  }

  async #map({ buffer, made }: Staging, bytes: number): Promise<ArrayBuffer> {
    await made;
    await buffer.mapAsync(mapModeRead, 0, bytes);
    const data = buffer.getMappedRange(0, bytes).slice(0);
    buffer.unmap();
    this.#staging.push(buffer);
    if (this.#staging.length > mostSpareStaging) this.buffers.destroy(this.#staging.shift()!);
    return data;
  }
}

function write(device: GPUDevice, buffer: GPUBuffer, { buffer: bytes, byteOffset, byteLength }: TypedArray): void {
  device.queue.writeBuffer(buffer, 0, bytes as ArrayBuffer, byteOffset, byteLength);
}

/** Whether an input's buffer, which no other input has, is as good as the function's own. What waits may find it destroyed when it goes on. */
function isBindable({ waits }: PreparedFunction, { size, usage }: GPUBuffer, bytes: number): boolean {
  return !waits && bytes >= worthBinding && size >= paddedBytes(bytes) && (usage & bufferUsage.storage) !== 0;
}

function encode(dispatch: ReadyDispatch, f: PreparedFunction, pass: GPUComputePassEncoder, bound?: BoundTensors): void {
  const { pipeline, offsets, counts, indirect } = dispatch;
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bound === undefined ? dispatch.group : f.groupWith(dispatch, bound), offsets);
  if (indirect === undefined) pass.dispatchWorkgroups(...counts);
  else pass.dispatchWorkgroupsIndirect(f.indirect!, indirect);
}
