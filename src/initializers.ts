// Initial values of variables: draws from a seed. They are expressions like others, so they also run inside compiled code.

import type { Node } from "../ir/node.ts";
import { located } from "./location.ts";
import { toTensor } from "./methods.ts";
import * as continuous from "./random/continuous.ts";
import * as initial from "./random/initial-weights.ts";
import { knownKey } from "./random/keys.ts";
import * as uniforms from "./random/uniform.ts";
import type { Tensor } from "./tensor.ts";
import type { Dims, Shape } from "./types/index.ts";

type FloatDType = "f32" | "f64";

export interface RandomOptions<D extends FloatDType = "f32"> {
  /** An integer of up to 53 bits; 0 if left out. Equal seeds give equal values. */
  readonly seed?: number;
  readonly dtype?: D;
}

type Initializer<Options> = <const S extends Shape, D extends FloatDType = "f32">(
  shape: S, options?: RandomOptions<D> & Options) => Tensor<NoInfer<D>, Dims<S>>;

function initializer<Options>(op: string, draw: (key: Node, shape: Shape, options: RandomOptions<FloatDType> & Options) => Node): Initializer<Options> {
  return (shape, options) => located(() => {
    const given = (options ?? {}) as RandomOptions<FloatDType> & Options;
    return toTensor(draw(knownKey(given.seed ?? 0), shape, given));
  }, op);
}

/** Uniform on [low, high), [0, 1) by default. */
export const uniform = initializer<{ readonly low?: number; readonly high?: number }>("uniform", uniforms.uniform);
/** Normally distributed, with mean 0 and standard deviation 1 by default. */
export const normal = initializer<{ readonly mean?: number; readonly std?: number }>("normal", continuous.normal);
/** Uniform within sqrt(6 / (fanIn + fanOut)) (Glorot and Bengio, 2010). */
export const glorotUniform = initializer<object>("glorotUniform", initial.glorotUniform);
/** Normal with variance 2 / (fanIn + fanOut). */
export const glorotNormal = initializer<object>("glorotNormal", initial.glorotNormal);
/** Uniform within sqrt(6 / fanIn) (He et al., 2015). */
export const heUniform = initializer<object>("heUniform", initial.heUniform);
/** Normal with variance 2 / fanIn. */
export const heNormal = initializer<object>("heNormal", initial.heNormal);
