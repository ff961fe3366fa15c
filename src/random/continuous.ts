// Continuous distributions as functions of uniform draws. Gradients pass to the parameters (location, scale, bounds), since
// a draw is a smooth function of them at a fixed key.

import type { Node } from "../../ir/node.ts";
import * as e from "../ops/elementwise.ts";
import type { Operand } from "../ops/operand.ts";
import { convert } from "../ops/primitive.ts";
import { toShape } from "../shape.ts";
import { later, randomWords, type Round } from "./keys.ts";
import { type DrawOptions, type FloatDType, floatDType, parameterOf } from "./parameter.ts";
import { fineInterval, openInterval, unitInterval } from "./uniform.ts";
import type { Shape } from "../../ir/types.ts";

export interface LocationScale extends DrawOptions {
  readonly mean?: Operand | undefined;
  readonly std?: Operand | undefined;
}

export function shiftAndScale(op: string, standard: Node, shift: Operand | undefined, scale: Operand | undefined): Node {
  const { dtype, shape } = standard.type;
  const scaled = scale === undefined || scale === 1 ? standard : e.mul(standard, parameterOf(op, scale, dtype, shape));
  return shift === undefined || shift === 0 ? scaled : e.add(parameterOf(op, shift, dtype, shape), scaled);
}

/** Box and Muller's transform (1958): a radius from one uniform draw, an angle from another. Takes two rounds. */
export function standardNormal(op: string, key: unknown, shape: Shape, dtype: FloatDType, round: Round = 0): Node {
  const radius = fineInterval(op, key, shape, dtype, round);
  const turn = dtype === "f32" ? e.mul(convert(e.shiftRight(randomWords(op, key, shape, round)[1], 8), "f32"), 2 ** -24) : unitInterval(op, key, shape, dtype, later(round, 1));
  return e.mul(e.sqrt(e.mul(e.log(radius), -2)), e.cos(e.mul(turn, 2 * Math.PI)));
}

/** Normally distributed, with mean 0 and standard deviation 1 unless said otherwise. */
export function normal(key: Operand, shape: readonly unknown[], options: LocationScale = {}): Node {
  const dtype = floatDType("normal", options);
  return shiftAndScale("normal", standardNormal("normal", key, toShape(shape), dtype), options.mean, options.std);
}

export interface TruncatedNormalOptions extends LocationScale {
  /** Bounds in standard deviations from the mean; -2 and 2 unless said otherwise. */
  readonly low?: Operand | undefined;
  readonly high?: Operand | undefined;
}

/** Normal within bounds, by the inverse of its distribution function; coarse where both bounds lie far out on one side
 *  (beyond 4 in f32, 6 in f64). */
export function truncatedNormal(key: Operand, shape: readonly unknown[], options: TruncatedNormalOptions = {}): Node {
  const dtype = floatDType("truncatedNormal", options);
  const dims = toShape(shape);
  const { low = -2, high = 2 } = options;
  const [from, to] = [low, high].map((bound) => parameterOf("truncatedNormal", bound, dtype, dims)) as [Node, Node];
  const [least, most] = [from, to].map((bound) => e.erf(e.mul(bound, Math.SQRT1_2))) as [Node, Node];
  const open = openInterval("truncatedNormal", key, dims, dtype);
  const inside = e.mul(e.erfinv(e.add(least, e.mul(e.sub(most, least), open))), Math.SQRT2);
  return shiftAndScale("truncatedNormal", e.clip(inside, from, to), options.mean, options.std);
}

/** Exponentially distributed with the given mean (1 unless said otherwise). */
export function exponential(key: Operand, shape: readonly unknown[], options: DrawOptions & { readonly mean?: Operand | undefined } = {}): Node {
  const dtype = floatDType("exponential", options);
  const standard = e.neg(e.log1p(e.neg(unitInterval("exponential", key, toShape(shape), dtype))));
  return shiftAndScale("exponential", standard, undefined, options.mean);
}

export interface LocationOptions extends DrawOptions {
  readonly location?: Operand | undefined;
  readonly scale?: Operand | undefined;
}

export function standardGumbel(op: string, key: unknown, shape: Shape, dtype: FloatDType): Node {
  return e.neg(e.log(e.neg(e.log(openInterval(op, key, shape, dtype)))));
}

/** The distribution of the largest of many draws (Gumbel): location - scale * log(-log u). */
export function gumbel(key: Operand, shape: readonly unknown[], options: LocationOptions = {}): Node {
  const dtype = floatDType("gumbel", options);
  return shiftAndScale("gumbel", standardGumbel("gumbel", key, toShape(shape), dtype), options.location, options.scale);
}

/** Exponential on both sides of `location`. */
export function laplace(key: Operand, shape: readonly unknown[], options: LocationOptions = {}): Node {
  const dtype = floatDType("laplace", options);
  const centred = e.sub(e.mul(openInterval("laplace", key, toShape(shape), dtype), 2), 1);
  const standard = e.mul(e.neg(e.sign(centred)), e.log1p(e.neg(e.abs(centred))));
  return shiftAndScale("laplace", standard, options.location, options.scale);
}
