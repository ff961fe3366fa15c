// Initial values of a layer's weights as draws: their spread follows from the numbers of inputs and outputs.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import type { Operand } from "../ops/operand.ts";
import { normal } from "./continuous.ts";
import type { DrawOptions } from "./parameter.ts";
import { uniform } from "./uniform.ts";

interface Fans {
  readonly fanIn: number;
  readonly fanOut: number;
}

/** Inputs and outputs of a layer by the shape of its weights: the last two axes, times the window before them. */
function fansOf(op: string, shape: readonly unknown[]): Fans {
  if (shape.length < 2) throw userError("E102", { op, message: `the shape [${shape.join(",")}] has fewer than two axes` });
  const sizes = shape.map((dim) => {
    if (typeof dim === "number") return dim;
    throw userError("E102", { op, message: `the shape [${shape.join(",")}] is not all integers`, hint: "the deviation depends on the sizes" });
  });
  const window = sizes.slice(0, -2).reduce((product, dim) => product * dim, 1);
  return { fanIn: sizes.at(-2)! * window, fanOut: sizes.at(-1)! * window };
}

type Initializer = (key: Operand, shape: readonly unknown[], options?: DrawOptions) => Node;

function uniformWithin(op: string, limitOf: (fans: Fans) => number): Initializer {
  return (key, shape, options) => {
    const limit = limitOf(fansOf(op, shape));
    return uniform(key, shape, { low: -limit, high: limit, dtype: options?.dtype });
  };
}

function normalWith(op: string, deviationOf: (fans: Fans) => number): Initializer {
  return (key, shape, options) => normal(key, shape, { std: deviationOf(fansOf(op, shape)), dtype: options?.dtype });
}

/** Uniform within sqrt(6 / (fanIn + fanOut)) (Glorot and Bengio, 2010). */
export const glorotUniform = uniformWithin("glorotUniform", ({ fanIn, fanOut }) => Math.sqrt(6 / (fanIn + fanOut)));

/** Normal with variance 2 / (fanIn + fanOut). */
export const glorotNormal = normalWith("glorotNormal", ({ fanIn, fanOut }) => Math.sqrt(2 / (fanIn + fanOut)));

/** Uniform within sqrt(6 / fanIn) (He et al., 2015). */
export const heUniform = uniformWithin("heUniform", ({ fanIn }) => Math.sqrt(6 / fanIn));

/** Normal with variance 2 / fanIn. */
export const heNormal = normalWith("heNormal", ({ fanIn }) => Math.sqrt(2 / fanIn));
