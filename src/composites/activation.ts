// Activations beyond the elementwise ops. Constants are those of the papers named beside them.

import type { Node } from "../../ir/node.ts";
import { isFloat } from "../../ir/types.ts";
import * as e from "../ops/elementwise.ts";
import { type Operand, toOperand } from "../ops/operand.ts";
import { fullLike } from "../ops/primitive.ts";

function toFloat(op: string, x: Operand): Node {
  const node = toOperand(op, x);
  return isFloat(node.type.dtype) ? node : e.convert(node, "f32");
}

/** x where positive, slope * x elsewhere. */
export function leakyRelu(x: Operand, slope = 0.01): Node {
  const node = toFloat("leakyRelu", x);
  return e.select(e.gt(node, 0), node, e.mul(node, slope));
}

/** x where positive, alpha * (exp(x) - 1) elsewhere. The branch that is not taken must not overflow: its gradient would be NaN. */
export function elu(x: Operand, alpha = 1): Node {
  const node = toFloat("elu", x);
  const negative = e.minimum(node, 0);
  return e.select(e.gt(node, 0), node, e.mul(e.expm1(negative), alpha));
}

/** Klambauer et al., "Self-normalizing neural networks", 2017. */
export function selu(x: Operand): Node {
  return e.mul(elu(toFloat("selu", x), 1.6732632423543772), 1.0507009873554805);
}

export interface GeluOptions {
  /** The tanh form of Hendrycks and Gimpel, 2016, instead of the exact one with erf. */
  readonly approximate?: boolean | undefined;
}

export function gelu(x: Operand, options?: GeluOptions): Node {
  const node = toFloat("gelu", x);
  if (options?.approximate === true) {
    const inner = e.mul(Math.sqrt(2 / Math.PI), e.add(node, e.mul(0.044715, e.mul(node, e.mul(node, node)))));
    return e.mul(e.mul(node, 0.5), e.add(e.tanh(inner), 1));
  }
  // erfc rather than 1 + erf: the tail for negative x keeps its digits.
  return e.mul(e.mul(node, 0.5), e.erfc(e.mul(node, -Math.SQRT1_2)));
}

/** x * sigmoid(x). */
export function silu(x: Operand): Node {
  const node = toFloat("silu", x);
  return e.mul(node, e.sigmoid(node));
}

/** log(1 + exp(x)), without overflow: max(x, 0) + log1p(exp(-|x|)). */
export function softplus(x: Operand): Node {
  const node = toFloat("softplus", x);
  return e.add(e.maximum(node, fullLike(node, 0)), e.log1p(e.exp(e.neg(e.abs(node)))));
}

/** log(sigmoid(x)) = -softplus(-x). */
export function logSigmoid(x: Operand): Node {
  return e.neg(softplus(e.neg(toFloat("logSigmoid", x))));
}

/** x / (1 + |x|). */
export function softsign(x: Operand): Node {
  const node = toFloat("softsign", x);
  return e.div(node, e.add(e.abs(node), 1));
}

/** Between 0 and 1, linear with slope 1/6 from -3 to 3 (as in PyTorch and Keras 3). */
export function hardSigmoid(x: Operand): Node {
  const node = toFloat("hardSigmoid", x);
  return e.clip(e.add(e.div(node, 6), 0.5), 0, 1);
}
