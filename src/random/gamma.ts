// The gamma distribution and those that are made of it, with gradients by their parameters (implicit reparameterisation: Figurnov,
// Mohamed, Mnih, 2018). Draws of small shape parameters underflow; their logarithms do not, and the others are made of those.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import type { Shape } from "../../ir/types.ts";
import { softmax } from "../composites/softmax.ts";
import { describeNode } from "../expression.ts";
import * as e from "../ops/elementwise.ts";
import { type Operand, stretch, toOperand } from "../ops/operand.ts";
import { convert, full, make } from "../ops/primitive.ts";
import { toShape } from "../shape.ts";
import { type LocationOptions, shiftAndScale, standardNormal } from "./continuous.ts";
import { gammaLogDerivative } from "./gamma-derivative.ts";
import { foldIn, later } from "./keys.ts";
import { type DrawOptions, type FloatDType, floatDType, parameterOf, refuseGradient } from "./parameter.ts";
import { stepUntilDone } from "./trials.ts";
import { fineInterval, openInterval } from "./uniform.ts";

interface GammaDraw {
  /** Without gradients. */
  readonly value: Node;
  readonly log: Node;
  /** d log / d concentration. */
  readonly derivative: Node;
}

/** Marsaglia and Tsang's method (2000): the cube of a normal draw that is nearly always accepted. NaN unless 0 < concentration < inf. */
function drawGamma(op: string, key: unknown, concentration: Node): GammaDraw {
  const { dtype, shape } = concentration.type as { dtype: FloatDType; shape: Shape };
  const a = refuseGradient(op, concentration, "its draws have first derivatives only");
  // A draw for a < 1 is one for a + 1 times u^(1/a).
  const small = e.lt(a, 1);
  const d = e.sub(e.select(small, e.add(a, 1), a), 1 / 3);
  const c = e.rsqrt(e.mul(d, 9));
  const valid = e.and(e.gt(a, 0), e.lt(a, Infinity));
  const [t] = stepUntilDone(op, { state: [full(NaN, dtype, shape)], pending: valid }, (index) => {
    // Round 0 has the u of u^(1/a).
    const round = e.add(e.mul(index, 4), 1);
    const proposed = e.mul(c, standardNormal(op, key, shape, dtype, round));
    const u = openInterval(op, key, shape, dtype, later(round, 2));
    // x^2 / 2 + d - d v + d log v for v = (1 + t)^3 and x = t / c, without its cancellations; NaN, which rejects, below -1.
    const square = e.mul(proposed, proposed);
    const excess = e.add(e.sub(e.log1p(proposed), proposed), e.mul(square, e.sub(0.5, e.mul(proposed, 1 / 3))));
    const accepted = e.lt(e.log(u), e.mul(e.mul(d, 3), excess));
    return { state: [e.select(accepted, proposed, NaN)], pending: e.not(accepted) };
  }) as [Node];
  const boost = e.select(small, e.div(e.log(fineInterval(op, key, shape, dtype)), a), 0);
  const root = e.add(t, 1);
  const value = e.mul(e.mul(d, e.mul(root, e.mul(root, root))), e.exp(boost));
  const log = e.add(e.add(e.log(d), e.mul(e.log1p(t), 3)), boost);
  return { value: make("stop_gradient", [value]), log: make("stop_gradient", [log]), derivative: convert(gammaLogDerivative(op, a, log), dtype) };
}

function logGamma(op: string, key: unknown, concentration: Node): Node {
  const { log, derivative } = drawGamma(op, key, concentration);
  return make("attach_derivative", [log, concentration, derivative]);
}

export interface GammaOptions extends DrawOptions {
  readonly scale?: Operand | undefined;
}

/** Gamma distributed with shape parameter `concentration`; its mean is concentration * scale. */
export function gamma(key: Operand, shape: readonly unknown[], concentration: Operand, options: GammaOptions = {}): Node {
  const dtype = floatDType("gamma", options);
  const a = parameterOf("gamma", concentration, dtype, toShape(shape));
  const { value, derivative } = drawGamma("gamma", key, a);
  return shiftAndScale("gamma", make("attach_derivative", [value, a, e.mul(value, derivative)]), undefined, options.scale);
}

/** Beta distributed: x / (x + y) of gamma draws x and y. */
export function beta(key: Operand, shape: readonly unknown[], a: Operand, b: Operand, options: DrawOptions = {}): Node {
  const dtype = floatDType("beta", options);
  const dims = toShape(shape);
  const [x, y] = [a, b].map((value, i) => logGamma("beta", foldIn(key, i), parameterOf("beta", value, dtype, dims))) as [Node, Node];
  return e.sigmoid(e.sub(x, y));
}

/** Probabilities along the last axis, `shape` draws for each row of concentrations: [...shape, ...rows, classes]. */
export function dirichlet(key: Operand, concentration: Operand, shape: readonly unknown[] = []): Node {
  const rows = toOperand("dirichlet", concentration);
  floatDType("dirichlet", rows.type);
  if (rows.type.shape.length === 0) throw userError("E203", { op: "dirichlet", message: `${describeNode(rows)} has no axis of classes` });
  return softmax(logGamma("dirichlet", key, stretch(rows, [...toShape(shape), ...rows.type.shape])), -1);
}

/** Student's t: a normal draw over the root of the mean of `freedom` squared ones. */
export function studentT(key: Operand, shape: readonly unknown[], freedom: Operand, options: LocationOptions = {}): Node {
  const dtype = floatDType("studentT", options);
  const dims = toShape(shape);
  const half = e.mul(parameterOf("studentT", freedom, dtype, dims), 0.5);
  const normal = standardNormal("studentT", foldIn(key, 0), dims, dtype);
  const stretched = e.exp(e.mul(e.sub(e.log(half), logGamma("studentT", foldIn(key, 1), half)), 0.5));
  return shiftAndScale("studentT", e.mul(normal, stretched), options.location, options.scale);
}
