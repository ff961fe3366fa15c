// Models on WebGPU: calls are queued in the order in which they are made, and give promises.

import { elementCount, type TensorData, type TypedArray } from "../../ir/data.ts";
import { DamoError, userError } from "../../ir/errors.ts";
import type { SourceLocation } from "../../ir/node.ts";
import { type DeviceFeed, DeviceTensor, isDeviceFeed, isOnHost, type TensorOwner } from "./device-tensor.ts";
import { readFeeds, readState } from "../feeds.ts";
import { captureLocation } from "../location.ts";
import { bufferUsage } from "../runtime/webgpu/buffer-usage.ts";
import type { OpenDevice } from "../runtime/webgpu/device.ts";
import { deviceBytes, toDevice } from "../runtime/webgpu/device-data.ts";
import { Executor } from "../runtime/webgpu/executor.ts";
import type { PreparedFunction, SizeValues } from "../runtime/webgpu/prepared.ts";
import { watchLoss } from "../runtime/webgpu/watch-loss.ts";
import type { TracedModel } from "../trace.ts";
import type { DType } from "../types/index.ts";
import { HostValue, type Place, toTensorData } from "../value.ts";

interface Call {
  readonly index: number;
  readonly inputs: readonly (TensorData | DeviceFeed)[];
  readonly sizes: SizeValues;
  readonly set: ReadonlyMap<number, TensorData>;
}

/** Opens a device for a model; again after one was lost. */
export type Open = () => Promise<OpenDevice>;

/** The model behind calls and state; `exposeWebgpuModel` makes what users hold. */
export class WebgpuModel implements TensorOwner {
  readonly traced: TracedModel;
  readonly #open: Open;
  #opened: OpenDevice;
  #executor: Executor;
  #disposed = false;
  #lost: string | undefined;
  /** When all that was asked for so far is queued. */
  #tail: Promise<void> = Promise.resolve();
  #pending = 0;
  /** What `recover` restores; undefined once the initial values have changed and nothing was saved. */
  #saved: readonly TensorData[] | undefined;
  #isSaved = false;
  #unwatch!: () => void;
  #recovery: Promise<void> | undefined;

  constructor(traced: TracedModel, open: Open, opened: OpenDevice, executor: Executor) {
    this.traced = traced;
    this.#open = open;
    this.#opened = opened;
    this.#executor = executor;
    this.#saved = traced.state.map(({ initial }) => initial);
    this.#watch();
  }

  get device(): GPUDevice {
    return this.#opened.device;
  }

  get adapter(): string {
    return this.#opened.adapter;
  }

  /** Results in the order of the function's outputs, on the host. */
  async call(index: number, values: unknown): Promise<readonly HostValue[]> {
    return this.#asked(this.traced.functions[index]!.name, async () => this.#run(this.#readCall(index, values), async (f, inputs) => {
      const outputs = await this.#executor.call(f, inputs);
      return outputs.map((data, i) => hostValue(f.f.outputs[i]!.dtype, f.outputShapes[i]!.shape, data));
    }));
  }

  /** Results on the device. */
  async queue(index: number, values: unknown): Promise<readonly DeviceTensor[]> {
    return this.#asked(this.traced.functions[index]!.name, async () => this.#run(this.#readCall(index, values), async (f, inputs) => {
      const results = await this.#executor.queue(f, inputs);
      return results.map((buffer, i) => new DeviceTensor(this, f.f.outputs[i]!.dtype, f.outputShapes[i]!.shape, buffer, this.#executor.queued));
    }));
  }

  readResult(tensor: DeviceTensor): Promise<HostValue> {
    return this.#asked("read", async () => {
      const { dtype, shape, buffer, call } = tensor;
      tensor.check("read", "the tensor");
      const data = await this.#inOrder((queued) => {
        const reading = this.#executor.readResult(buffer, dtype, elementCount(shape), call);
        queued();
        return reading;
      });
      return hostValue(dtype, shape, data);
    });
  }

  destroyResult(buffer: GPUBuffer): void {
    if (!this.#disposed) this.#executor.buffers.destroy(buffer);
  }

  getState(index: number): Promise<HostValue> {
    return this.#asked("state", async () => {
      const { dtype, shape } = this.traced.state[index]!.type;
      const data = await this.#inOrder((queued) => {
        const reading = this.#executor.getState(index);
        queued();
        return reading;
      });
      return hostValue(dtype, shape as readonly number[], data);
    });
  }

  setState(index: number, value: unknown): void {
    try {
      this.#check("state");
      const read = readState(this.traced.state[index]!, value);
      const data = this.#pending === 0 ? read : { ...read, data: read.data.slice() } as TensorData;
      this.#forget();
      void this.#inOrder(async () => this.#executor.setState(index, data));
    } catch (error) {
      throw error instanceof DamoError ? error.at(captureLocation()) : error;
    }
  }

  /** The values of all variables, to be what `recover` restores. */
  keepSaved(values: readonly TensorData[]): void {
    this.#saved = values;
    this.#isSaved = true;
  }

  async recover(): Promise<void> {
    if (this.#disposed) throw disposed("recover");
    if (this.#lost === undefined) return;
    if (this.#saved === undefined) {
      throw userError("E509", { op: "recover", message: "the device was lost, and the variables were never saved", hint: "compile again; save() or saveBytes() now and then keeps what recover() needs" });
    }
    return (this.#recovery ??= this.#goOn(this.#saved).finally(() => (this.#recovery = undefined)));
  }

  async #goOn(state: readonly TensorData[]): Promise<void> {
    const opened = await this.#open();
    if (opened.device === this.#opened.device) {
      throw userError("E509", { op: "recover", message: "the device that was lost is the one that compile was given", hint: "compile again with a new device, then load what was saved" });
    }
    try {
      const executor = await Executor.open(opened.device, this.#executor.plan, state);
      if (this.#disposed) throw disposed("recover");
      this.#unwatch();
      this.#opened.release();
      [this.#opened, this.#executor, this.#lost] = [opened, executor, undefined];
    } catch (error) {
      opened.release();
      throw error;
    }
    this.#watch();
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#unwatch();
    this.#executor.dispose();
    this.#opened.release();
  }

  #watch(): void {
    this.#unwatch = watchLoss(this.device, (why) => (this.#lost = why));
  }

  #check(op: string): void {
    if (this.#disposed) throw disposed(op);
    if (this.#lost !== undefined) throw lost(op, this.#lost);
  }

  /** Runs what a user asked for. Its errors name the user's line; a read-back that was cut off is because the device or the model is gone. */
  async #asked<T>(op: string, run: () => Promise<T>): Promise<T> {
    const location = captureLocation();
    try {
      this.#check(op);
      return await run();
    } catch (error) {
      throw (await this.#explain(op, error, location));
    }
  }

  async #explain(op: string, error: unknown, location: SourceLocation): Promise<unknown> {
    if (error instanceof DamoError) return error.at(location);
    if (this.#disposed) return disposed(op).at(location);
    // What was cut off is heard of before the loss itself.
    const why = this.#lost ?? await Promise.race([this.device.lost.then(({ message, reason }) => message || reason), new Promise<undefined>((resolve) => setTimeout(resolve, 0, undefined))]);
    return why === undefined ? error : lost(op, why).at(location);
  }

  #readCall(index: number, values: unknown): Call {
    const { data, sizes, set } = readFeeds<DeviceFeed>(this.traced, index, values, (value, dtype, place) => this.#readFeed(value, dtype, place));
    return { index, inputs: data, sizes: Object.fromEntries(sizes), set };
  }

  #readFeed(value: unknown, dtype: DType, place: Place): TensorData | DeviceFeed {
    if (!isDeviceFeed(value)) return toTensorData(value, dtype, place);
    const { op, what } = place;
    if (value instanceof DeviceTensor) {
      value.check(op, what);
      if (value.device !== this.device) throw userError("E510", { op, message: `${what} is on another device`, hint: "compile both models with the same device" });
    }
    else if ((value.buffer.usage & bufferUsage.copySrc) === 0) {
      throw userError("E510", { op, message: `${what} is in a buffer without the usage COPY_SRC`, hint: "create it with GPUBufferUsage.COPY_SRC" });
    }
    if (value.dtype !== dtype) throw userError(place.dtypeCode, { op, message: `${what} must be ${dtype}, it is ${value.dtype}` });
    const bytes = deviceBytes(dtype, elementCount(value.shape));
    if (bytes > value.buffer.size) throw userError(place.shapeCode, { op, message: `${what} has the shape [${value.shape.join(",")}], which does not fit into a buffer of ${value.buffer.size} bytes` });
    return value;
  }

  /** Queues a call when its turn has come: at once if nothing is waiting, and the sizes are known. */
  #run<T>({ index, inputs, sizes, set }: Call, start: (f: PreparedFunction, inputs: readonly (TypedArray | GPUBuffer)[]) => Promise<T>): Promise<T> {
    const { stateWrites } = this.traced.functions[index]!;
    if (stateWrites.length > 0 || set.size > 0) this.#forget();
    const { name, canFail } = this.#executor.plan.functions[index]!;
    const isForeign = inputs.some((input) => !isOnHost(input) && !(input instanceof DeviceTensor));
    const known = this.#pending === 0 ? this.#executor.known(index, sizes) : undefined;
    // What waits must not see what the caller writes into its arrays meanwhile.
    const data = inputs.map((input) => {
      if (!isOnHost(input)) return input.buffer;
      const words = toDevice(input.dtype, input.data);
      return known === undefined && words === input.data ? words.slice() : words;
    });
    return this.#inOrder(async (queued) => {
      const f = known ?? await this.#executor.prepare(index, sizes);
      const restore = set.size > 0 && canFail ? await this.#stateOf([...set.keys()]) : undefined;
      for (const [variable, value] of set) this.#executor.setState(variable, value);
      // What a user's own buffer is cannot be seen: destroyed, mapped or of another device, it makes the call invalid.
      if (isForeign) this.device.pushErrorScope("validation");
      const result = start(f, data);
      const refused = isForeign ? this.device.popErrorScope() : undefined;
      // A later call must not run into the failure of this one.
      if (!f.waits && !canFail) queued();
      try {
        const [fault, results] = await Promise.all([refused, result]);
        if (fault != null) throw userError("E510", { op: name, message: `a buffer cannot be copied from: ${fault.message}`, hint: "feed buffers of the model's device that are neither mapped nor destroyed" });
        return results;
      } catch (error) {
        for (const [variable, value] of restore ?? []) this.#executor.setState(variable, value);
        throw error;
      }
    });
  }

  async #stateOf(variables: readonly number[]): Promise<readonly (readonly [number, TensorData])[]> {
    return Promise.all(variables.map(async (variable) => {
      const { dtype, shape } = this.traced.state[variable]!.type;
      return [variable, hostValue(dtype, shape as readonly number[], await this.#executor.getState(variable))] as const;
    }));
  }

  /** `run` says when the next may begin; else it may at its end. Without anything before, `run` begins at once. */
  async #inOrder<T>(run: (queued: () => void) => Promise<T>): Promise<T> {
    const [before, isFree] = [this.#tail, this.#pending === 0];
    let free!: () => void;
    this.#tail = new Promise((resolve) => (free = resolve));
    this.#pending++;
    let isQueued = false;
    const queued = (): void => {
      if (isQueued) return;
      isQueued = true;
      this.#pending--;
      free();
    };
    try {
      if (!isFree) await before;
      return await run(queued);
    } finally {
      queued();
    }
  }

  /** The state is about to change: the initial values are no longer what it has. */
  #forget(): void {
    if (!this.#isSaved) this.#saved = undefined;
  }
}

function hostValue(dtype: DType, shape: readonly number[], data: TypedArray): HostValue {
  return new HostValue({ dtype, shape, data } as TensorData);
}

function disposed(op: string): DamoError {
  return userError("E505", { op, message: "the model was disposed" });
}

function lost(op: string, why: string): DamoError {
  return userError("E509", { op, message: `the device was lost (${why})`, hint: "recover() goes on with a new device" });
}
