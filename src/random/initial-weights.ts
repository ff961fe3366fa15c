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

/** Uniform within sqrt(6 / n), or normal with variance 2 / n, where n is the number of connections that `count` gives. */
function initializer(op: string, isUniform: boolean, count: (fans: Fans) => number): Initializer {
  return (key, shape, options) => {
    const spread = Math.sqrt((isUniform ? 6 : 2) / count(fansOf(op, shape)));
    return isUniform ? uniform(key, shape, { low: -spread, high: spread, ...options }) : normal(key, shape, { std: spread, ...options });
  };
}

const both = ({ fanIn, fanOut }: Fans): number => fanIn + fanOut;
const inputs = ({ fanIn }: Fans): number => fanIn;

/** Glorot and Bengio, 2010. */
export const glorotUniform = initializer("glorotUniform", true, both);
export const glorotNormal = initializer("glorotNormal", false, both);

/** He et al., 2015. */
export const heUniform = initializer("heUniform", true, inputs);
export const heNormal = initializer("heNormal", false, inputs);
