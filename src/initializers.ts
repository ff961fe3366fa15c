// Initial values of variables: seeded, from Threefry, equal on every machine up to the last bit of log and cos.

import type { DTypeArrays, TensorData } from "../ir/data.ts";
import { allocateTensor } from "../ir/data.ts";
import { userError } from "../ir/errors.ts";
import { located } from "./location.ts";
import { toTensor } from "./methods.ts";
import { constant } from "./ops/primitive.ts";
import { randomBits, randomNormal, uniformBits } from "./random/threefry.ts";
import type { Tensor } from "./tensor.ts";
import type { Dims, Shape } from "./types/index.ts";

type FloatDType = "f32" | "f64";

export interface RandomOptions<D extends FloatDType = "f32"> {
  /** An integer of up to 53 bits; 0 if left out. Equal seeds give equal values. */
  readonly seed?: number;
  readonly dtype?: D;
}

function allocate(op: string, shape: Shape, { seed = 0, dtype }: RandomOptions<FloatDType>): { tensor: TensorData<FloatDType>; seed: number } {
  const fixed = shape.map((dim) => {
    if (typeof dim === "number" && Number.isInteger(dim) && dim >= 0) return dim;
    throw userError("E102", { op, message: `the shape [${shape.join(",")}] is not all integers`, hint: "initial values have known sizes" });
  });
  if (!Number.isSafeInteger(seed) || seed < 0) throw userError("E209", { op, message: `the seed ${String(seed)} is not a non-negative integer` });
  if (dtype !== undefined && dtype !== "f32" && dtype !== "f64") throw userError("E101", { op, message: `${String(dtype)} is not a float dtype` });
  return { tensor: allocateTensor<FloatDType>(dtype ?? "f32", fixed), seed };
}

function fillUniform(data: DTypeArrays[FloatDType], seed: number, low: number, high: number): void {
  const words = randomBits(seed, data.length);
  for (let i = 0; i < data.length; i++) data[i] = low + (high - low) * uniformBits(words[i]!);
}

function fillNormal(data: DTypeArrays[FloatDType], seed: number, mean: number, deviation: number): void {
  const draws = randomNormal(seed, data.length);
  for (let i = 0; i < data.length; i++) data[i] = mean + deviation * draws[i]!;
}

/** Inputs and outputs of a layer by the shape of its weights: the last two axes, times the window before them. */
function fansOf(op: string, shape: readonly number[]): { fanIn: number; fanOut: number } {
  if (shape.length < 2) throw userError("E102", { op, message: `the shape [${shape.join(",")}] has fewer than two axes` });
  const window = shape.slice(0, -2).reduce((product, dim) => product * dim, 1);
  return { fanIn: shape.at(-2)! * window, fanOut: shape.at(-1)! * window };
}

type Initializer<Options> = <const S extends Shape, D extends FloatDType = "f32">(
  shape: S, options?: RandomOptions<D> & Options) => Tensor<NoInfer<D>, Dims<S>>;

function initializer<Options>(op: string, fill: (tensor: TensorData<FloatDType>, seed: number, options: Options) => void): Initializer<Options> {
  return (shape, options) => located(() => {
    const given = (options ?? {}) as RandomOptions<FloatDType> & Options;
    const { tensor, seed } = allocate(op, shape, given);
    fill(tensor, seed, given);
    return toTensor(constant(tensor));
  });
}

/** Uniform on [low, high), [0, 1) by default. */
export const uniform = initializer<{ readonly low?: number; readonly high?: number }>("uniform", ({ data }, seed, { low = 0, high = 1 }) =>
  fillUniform(data, seed, low, high));

/** Normally distributed, with mean 0 and standard deviation 1 by default. */
export const normal = initializer<{ readonly mean?: number; readonly std?: number }>("normal", ({ data }, seed, { mean = 0, std = 1 }) =>
  fillNormal(data, seed, mean, std));

/** Uniform within sqrt(6 / (fanIn + fanOut)) (Glorot and Bengio, 2010). */
export const glorotUniform = initializer<object>("glorotUniform", ({ data, shape }, seed) => {
  const { fanIn, fanOut } = fansOf("glorotUniform", shape);
  const limit = Math.sqrt(6 / (fanIn + fanOut));
  fillUniform(data, seed, -limit, limit);
});

/** Normal with variance 2 / (fanIn + fanOut). */
export const glorotNormal = initializer<object>("glorotNormal", ({ data, shape }, seed) => {
  const { fanIn, fanOut } = fansOf("glorotNormal", shape);
  fillNormal(data, seed, 0, Math.sqrt(2 / (fanIn + fanOut)));
});

/** Uniform within sqrt(6 / fanIn) (He et al., 2015). */
export const heUniform = initializer<object>("heUniform", ({ data, shape }, seed) => {
  const limit = Math.sqrt(6 / fansOf("heUniform", shape).fanIn);
  fillUniform(data, seed, -limit, limit);
});

/** Normal with variance 2 / fanIn. */
export const heNormal = initializer<object>("heNormal", ({ data, shape }, seed) => {
  fillNormal(data, seed, 0, Math.sqrt(2 / fansOf("heNormal", shape).fanIn));
});
