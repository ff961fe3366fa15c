// Normalisation to mean 0 and variance 1 along axes, then scaled and shifted; dropout by a mask.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import { describeNode } from "../expression.ts";
import { floatOf } from "../promote.ts";
import * as e from "../ops/elementwise.ts";
import { stretchTo } from "../ops/movement.ts";
import { expectDType, type Operand, toDType, toNode } from "../ops/operand.ts";
import { convert, reshape } from "../ops/primitive.ts";
import { type AxisArgument, mean, varOf } from "../ops/reduction.ts";
import { toAxes, toAxis } from "../shape.ts";

const keep = { keepDims: true };

function toFloat(op: string, x: Operand): Node {
  const node = toNode(op, x);
  return convert(node, floatOf(node.type.dtype));
}

function affine(op: string, x: Node, scale: Operand, offset: Operand): Node {
  const fit = (value: Operand): Node => stretchTo(op, toDType(op, value, x.type.dtype), x.type.shape);
  const scaled = scale === 1 ? x : e.mul(x, fit(scale));
  return offset === 0 ? scaled : e.add(scaled, fit(offset));
}

export interface LayerNormOptions {
  readonly axis?: AxisArgument;
  readonly epsilon?: number | undefined;
}

/** Ba, Kiros, Hinton: "Layer normalization", 2016. `scale` and `offset` broadcast over x. */
export function layerNorm(x: Operand, scale: Operand = 1, offset: Operand = 0, options: LayerNormOptions = {}): Node {
  const node = toFloat("layerNorm", x);
  const axes = toAxes("layerNorm", options.axis === undefined ? -1 : options.axis, node.type.shape.length);
  const centered = e.sub(node, mean(node, axes, keep));
  const variance = mean(e.square(centered), axes, keep);
  return affine("layerNorm", e.mul(centered, e.rsqrt(e.add(variance, options.epsilon ?? 1e-5))), scale, offset);
}

export interface BatchNormOptions {
  /** The axis of the channels, which is not averaged over; the last by default. */
  readonly axis?: number | undefined;
  readonly epsilon?: number | undefined;
}

export type BatchNormStatistics = { readonly [K in "output" | "mean" | "variance"]: Node };

/** Ioffe, Szegedy: "Batch normalization", 2015, with the batch's own statistics, which are returned, too. */
export function batchNormTrain(x: Operand, scale: Operand, offset: Operand, options: BatchNormOptions = {}): BatchNormStatistics {
  const node = toFloat("batchNormTrain", x);
  const channels = toAxis("batchNormTrain", options.axis ?? -1, node.type.shape.length);
  const axes = node.type.shape.map((_, axis) => axis).filter((axis) => axis !== channels);
  const [average, variance] = [mean(node, axes), varOf(node, axes)];
  return { output: normalize("batchNormTrain", node, channels, average, variance, scale, offset, options.epsilon), mean: average, variance };
}

/** The same with given statistics, one per channel. */
export function batchNormInfer(x: Operand, average: Operand, variance: Operand, scale: Operand, offset: Operand, options: BatchNormOptions = {}): Node {
  const node = toFloat("batchNormInfer", x);
  const channels = toAxis("batchNormInfer", options.axis ?? -1, node.type.shape.length);
  return normalize("batchNormInfer", node, channels, average, variance, scale, offset, options.epsilon);
}

function normalize(op: string, x: Node, channels: number, average: Operand, variance: Operand, scale: Operand, offset: Operand, epsilon = 1e-5): Node {
  const perChannel = (value: Operand): Node => {
    const node = toDType(op, value, x.type.dtype);
    if (node.type.shape.length === 0) return node;
    if (node.type.shape.length !== 1) throw userError("E203", { op, message: `${describeNode(node)} is not one value per channel of ${describeNode(x)}` });
    return reshape(node, x.type.shape.map((_, axis) => (axis === channels ? node.type.shape[0]! : 1)));
  };
  const standard = e.mul(e.sub(x, perChannel(average)), e.rsqrt(e.add(perChannel(variance), epsilon)));
  return affine(op, standard, scale === 1 ? 1 : perChannel(scale), offset === 0 ? 0 : perChannel(offset));
}

/** Srivastava et al., 2014: elements stay where the mask holds, divided by 1 - rate, so that the mean stays, too. The mask
 *  is an input or drawn elsewhere; leave dropout out when predicting. */
export function dropout(x: Operand, mask: Operand, rate: number): Node {
  checkRate("dropout", rate);
  const node = toFloat("dropout", x);
  const kept = expectDType("dropout", toNode("dropout", mask), (dtype) => dtype === "bool", "a bool mask");
  return e.select(stretchTo("dropout", kept, node.type.shape), e.mul(node, 1 / (1 - rate)), 0);
}

/** How much is dropped. E205 unless it is in [0, 1). */
export function checkRate(op: string, rate: number): number {
  if (rate >= 0 && rate < 1) return rate;
  throw userError("E205", { op, message: `the rate ${String(rate)} is not in [0, 1)` });
}
