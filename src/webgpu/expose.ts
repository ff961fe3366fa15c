// What users hold of a model on WebGPU.

import { DamoError } from "../../ir/errors.ts";
import type { TensorData } from "../../ir/data.ts";
import { captureLocation } from "../location.ts";
import { registerModel } from "../model.ts";
import type { WebgpuModel } from "./model.ts";
import * as files from "../state-files.ts";

/** `singles`: which functions give one value. `single`: the model is one function, with the members on it. */
export function exposeWebgpuModel(model: WebgpuModel, singles: readonly boolean[], single: boolean): object {
  const { functions, state } = model.traced;
  const callables = functions.map(({ name, outputs }, index) => {
    const wrap = <T>(results: readonly T[]): unknown =>
      singles[index] === true ? results[0] : Object.fromEntries(outputs.map((output, i) => [output.name, results[i]]));
    const callable = (values?: unknown): Promise<unknown> => model.call(index, values).then(wrap);
    Object.defineProperty(callable, "name", { value: name });
    Object.defineProperty(callable, "gpu", { value: (values?: unknown) => model.queue(index, values).then(wrap) });
    return callable;
  });
  const exposed: object = single ? callables[0]! : Object.fromEntries(functions.map(({ name }, i) => [name, callables[i]!]));
  const variables = Object.fromEntries(state.map(({ name }, index) => [name, {
    get: () => model.getState(index),
    set: (value: unknown) => model.setState(index, value),
  }]));
  Object.defineProperty(exposed, "state", { value: variables, enumerable: true });
  Object.defineProperty(exposed, "adapter", { get: () => model.adapter });
  for (const [name, value] of Object.entries(membersOf(model))) Object.defineProperty(exposed, name, { value });
  if (Symbol.dispose !== undefined) Object.defineProperty(exposed, Symbol.dispose, { value: () => model.dispose() });
  registerModel(exposed, model);
  return exposed;
}

/** What is saved or loaded is what `recover` restores. */
function membersOf(model: WebgpuModel): { readonly [name: string]: unknown } {
  const atCall = <A extends unknown[], R>(run: (holder: Parameters<typeof files.save>[0], ...args: A) => Promise<R>) => async (...args: A): Promise<R> => {
    const location = captureLocation();
    const values: TensorData[] = [];
    const holder = {
      traced: model.traced,
      getState: async (index: number): Promise<TensorData> => (values[index] = await model.getState(index)),
      setState: (index: number, value: TensorData): void => {
        values[index] = value;
        model.setState(index, value);
      },
    };
    try {
      const result = await run(holder, ...args);
      model.keepSaved(values);
      return result;
    } catch (error) {
      throw error instanceof DamoError ? error.at(location) : error;
    }
  };
  return {
    save: atCall(files.save), load: atCall(files.load), saveBytes: atCall(files.saveBytes), loadBytes: atCall(files.loadBytes),
    recover: () => model.recover(), dispose: () => model.dispose(),
  };
}
