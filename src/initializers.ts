// Initial values of variables: seeded draws. They are expressions like others, so they also run inside compiled code.

import type { Node } from "../ir/node.ts";
import { userError } from "../ir/errors.ts";
import { located } from "./location.ts";
import { toTensor } from "./methods.ts";
import * as continuous from "./random/continuous.ts";
import { key } from "./random/keys.ts";
import * as uniforms from "./random/uniform.ts";
import type { Tensor } from "./tensor.ts";
import type { Dims, Shape } from "./types/index.ts";

type FloatDType = "f32" | "f64";

export interface RandomOptions<D extends FloatDType = "f32"> {
  /** An integer of up to 53 bits; 0 if left out. Equal seeds give equal values. */
  readonly seed?: number;
  readonly dtype?: D;
}

/** Inputs and outputs of a layer by the shape of its weights: the last two axes, times the window before them. */
function fansOf(op: string, shape: Shape): { fanIn: number; fanOut: number } {
  if (shape.length < 2) throw userError("E102", { op, message: `the shape [${shape.join(",")}] has fewer than two axes` });
  const sizes = shape.map((dim) => {
    if (typeof dim === "number") return dim;
    throw userError("E102", { op, message: `the shape [${shape.join(",")}] is not all integers`, hint: "the deviation depends on the sizes" });
  });
  const window = sizes.slice(0, -2).reduce((product, dim) => product * dim, 1);
  return { fanIn: sizes.at(-2)! * window, fanOut: sizes.at(-1)! * window };
}

type Initializer<Options> = <const S extends Shape, D extends FloatDType = "f32">(
  shape: S, options?: RandomOptions<D> & Options) => Tensor<NoInfer<D>, Dims<S>>;

function initializer<Options>(op: string, draw: (key: Node, shape: Shape, options: RandomOptions<FloatDType> & Options) => Node): Initializer<Options> {
  return (shape, options) => located(() => {
    const given = (options ?? {}) as RandomOptions<FloatDType> & Options;
    return toTensor(draw(key(given.seed ?? 0), shape, given));
  }, op);
}

/** Uniform on [low, high), [0, 1) by default. */
export const uniform = initializer<{ readonly low?: number; readonly high?: number }>("uniform", uniforms.uniform);

/** Normally distributed, with mean 0 and standard deviation 1 by default. */
export const normal = initializer<{ readonly mean?: number; readonly std?: number }>("normal", continuous.normal);

/** Uniform within sqrt(6 / (fanIn + fanOut)) (Glorot and Bengio, 2010). */
export const glorotUniform = uniformWithin("glorotUniform", ({ fanIn, fanOut }) => Math.sqrt(6 / (fanIn + fanOut)));

/** Normal with variance 2 / (fanIn + fanOut). */
export const glorotNormal = normalWith("glorotNormal", ({ fanIn, fanOut }) => Math.sqrt(2 / (fanIn + fanOut)));

/** Uniform within sqrt(6 / fanIn) (He et al., 2015). */
export const heUniform = uniformWithin("heUniform", ({ fanIn }) => Math.sqrt(6 / fanIn));

/** Normal with variance 2 / fanIn. */
export const heNormal = normalWith("heNormal", ({ fanIn }) => Math.sqrt(2 / fanIn));

type Fans = ReturnType<typeof fansOf>;

function uniformWithin(op: string, limitOf: (fans: Fans) => number): Initializer<object> {
  return initializer<object>(op, (key, shape, { dtype }) => {
    const limit = limitOf(fansOf(op, shape));
    return uniforms.uniform(key, shape, { low: -limit, high: limit, dtype });
  });
}

function normalWith(op: string, deviationOf: (fans: Fans) => number): Initializer<object> {
  return initializer<object>(op, (key, shape, { dtype }) => continuous.normal(key, shape, { std: deviationOf(fansOf(op, shape)), dtype }));
}
