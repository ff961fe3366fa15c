// Parameters of the models that are measured: the same initial numbers for every engine, from a seeded generator.

import { shared, type Shared } from "damo";

export interface Parameter {
  readonly name: string;
  /** Of a filter: height, width, channels in, channels out. */
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Uniform numbers in [-scale, scale) from a linear congruential generator. */
export function uniform(length: number, scale: number, seed: number): Float32Array {
  const values = new Float32Array(length);
  let state = (seed * 2654435761 + 12345) >>> 0;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    values[i] = (state / 2 ** 31 - 1) * scale;
  }
  return values;
}

export const countOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

export function uniformParameter(name: string, shape: readonly number[], scale: number, seed: number): Parameter {
  return { name, shape, values: uniform(countOf(shape), scale, seed) };
}

export function constantParameter(name: string, shape: readonly number[], value: number): Parameter {
  return { name, shape, values: new Float32Array(countOf(shape)).fill(value) };
}

/** The parameters as variables, and each by its name. */
export function toVariables(parameters: readonly Parameter[]): { readonly all: readonly Shared<"f32">[]; get(name: string): Shared<"f32"> } {
  const all = parameters.map(({ name, shape, values }) => shared(name, { data: values, shape }) as Shared<"f32">);
  return { all, get: (name) => all[parameters.findIndex((parameter) => parameter.name === name)]! };
}
