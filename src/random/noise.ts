// Layers that disturb their input while a model learns. Leave them out when predicting.

import type { Node } from "../../ir/node.ts";
import { isFloat } from "../../ir/types.ts";
import { checkRate, dropout as dropMasked } from "../composites/normalization.ts";
import * as e from "../ops/elementwise.ts";
import { expectDType, type Operand, toOperand } from "../ops/operand.ts";
import { convert } from "../ops/primitive.ts";
import { standardNormal } from "./continuous.ts";
import { bernoulli } from "./discrete.ts";
import { drawnIn, parameterOf } from "./parameter.ts";

function floatOperand(op: string, x: Operand): Node {
  return expectDType(op, toOperand(op, x), isFloat, "f32 or f64");
}

function noiseLike(op: string, key: Operand, { type: { dtype, shape } }: Node): Node {
  return convert(standardNormal(op, key, shape, drawnIn(dtype)), dtype);
}

/** Elements are kept with probability 1 - rate and divided by it, the others are 0 (Srivastava et al., 2014). */
export function dropout(key: Operand, x: Operand, rate: number): Node {
  const node = floatOperand("dropout", x);
  return dropMasked(node, bernoulli(key, node.type.shape, 1 - checkRate("dropout", rate)), rate);
}

/** x plus normal noise of mean 0 and deviation `std`. */
export function gaussianNoise(key: Operand, x: Operand, std: Operand): Node {
  const node = floatOperand("gaussianNoise", x);
  return e.add(node, e.mul(noiseLike("gaussianNoise", key, node), parameterOf("gaussianNoise", std, node.type.dtype, node.type.shape)));
}

/** x times normal noise of mean 1 and variance rate / (1 - rate), which is that of dropout (Srivastava et al., 2014). */
export function gaussianDropout(key: Operand, x: Operand, rate: number): Node {
  const node = floatOperand("gaussianDropout", x);
  const kept = checkRate("gaussianDropout", rate);
  return e.mul(node, e.add(e.mul(noiseLike("gaussianDropout", key, node), Math.sqrt(kept / (1 - kept))), 1));
}
