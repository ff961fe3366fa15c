// Damo on WebGPU: inputs lie on the device, calls queue (`.gpu()`), and nothing is read back but for the check.

import { compile, fn, input } from "damo";
import { createEngine, type Definition, type Feed } from "../damo.ts";
import { preparedTraining } from "../engine.ts";
import { provideGpu, queued } from "./dawn.ts";

await provideGpu();

interface OnDevice {
  read(): Promise<{ readonly data: ArrayLike<number> }>;
  destroy(): void;
}
interface Callable {
  (inputs: object): Promise<Readonly<Record<string, { readonly data: ArrayLike<number> }>>>;
  gpu(inputs: object): Promise<Readonly<Record<string, OnDevice>>>;
  dispose(): void;
}

const compileOne = async (f: object): Promise<Callable> => await compile(f as Parameters<typeof compile>[0], { target: "webgpu" }) as unknown as Callable;

/** A copy on the device, as the result of a function that returns what it is fed. */
async function upload({ data, shape, half = false }: Feed): Promise<{ readonly tensor: OnDevice; dispose(): void }> {
  const x = input("x", [...shape], { dtype: half ? "f16" : data instanceof Int32Array ? "i32" : "f32" });
  const copy = await compileOne(fn({ inputs: { x }, outputs: { x } }));
  const { x: tensor } = await copy.gpu({ x: { data, shape } });
  return { tensor: tensor!, dispose: () => copy.dispose() };
}

export const engine = createEngine(async ({ function: f, feeds }: Definition, kind) => {
  const model = await compileOne(f);
  const uploads = await Promise.all(Object.entries(feeds).map(async ([name, feed]) => [name, await upload(feed)] as const));
  const inputs = Object.fromEntries(uploads.map(([name, { tensor }]) => [name, tensor]));
  const read = async (): Promise<ArrayLike<number>> => Object.values(await model(inputs))[0]!.data;
  const run = async (): Promise<void> => {
    for (const result of Object.values(await model.gpu(inputs))) result.destroy();
  };
  const prepared = kind === "training" ? preparedTraining(async () => (await read())[0]!, run) : { run, result: read };
  const dispose = (): void => {
    model.dispose();
    for (const [, one] of uploads) one.dispose();
  };
  return queued({ ...prepared, dispose });
});
