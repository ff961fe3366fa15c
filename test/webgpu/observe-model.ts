// What can be seen of a training run, so that it can be compared wherever it ran.

import { compile } from "damo";
import type { TensorData } from "../../ir/data.ts";
import { batchFor, type FloatDType, type TrainedModel } from "./models.ts";

export interface Call {
  /** What its results are called. */
  readonly what: string;
  readonly function: "train" | "gradients";
  readonly feeds: { readonly x: unknown; readonly y: unknown };
}

interface Trained {
  readonly train: (feeds: unknown) => Results | Promise<Results>;
  readonly gradients: (feeds: unknown) => Results | Promise<Results>;
  readonly state: { readonly [name: string]: { get(): TensorData | Promise<TensorData> } };
  dispose(): void;
}

export interface Results { readonly [name: string]: TensorData }

/** The first and the last are the same batch. */
const batches = [8, 5, 1, 8];

/** Some steps with batches of different sizes, then gradients. */
export function callsOf(model: TrainedModel, dtype: "f32" | "f64"): readonly Call[] {
  return [
    ...batches.map((size, step): Call => ({ what: `in step ${step}`, function: "train", feeds: batchFor(model, size, size, dtype) })),
    { what: "by its gradient", function: "gradients", feeds: batchFor(model, 6, 77, dtype) },
  ];
}

/** All that is seen, by name. */
export function nameAll(calls: readonly Call[], results: readonly Results[], state: Results): Map<string, TensorData> {
  const seen = new Map<string, TensorData>();
  calls.forEach(({ what }, i) => Object.entries(results[i]!).forEach(([name, value]) => seen.set(`${name} ${what}`, value)));
  for (const [name, value] of Object.entries(state)) seen.set(`the variable ${name}`, value);
  return seen;
}

export async function observe(model: TrainedModel, dtype: "f32" | "f64", target: "wasm" | "webgpu"): Promise<Map<string, TensorData>> {
  const compiled = await compile(model.define(dtype as FloatDType) as never, { target } as never) as unknown as Trained;
  const calls = callsOf(model, dtype);
  const results: Results[] = [];
  for (const { function: name, feeds } of calls) results.push(await compiled[name](feeds));
  const state: { [name: string]: TensorData } = {};
  for (const [name, variable] of Object.entries(compiled.state)) state[name] = await variable.get();
  compiled.dispose();
  return nameAll(calls, results, state);
}
