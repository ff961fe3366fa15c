// Coins and classes. None of them sorts.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import { isFloat, type Shape } from "../../ir/types.ts";
import { describeNode } from "../expression.ts";
import * as e from "../ops/elementwise.ts";
import { moveAxis } from "../ops/movement.ts";
import { expectDType, type Operand, stretch, toOperand } from "../ops/operand.ts";
import { convert, iota, reshape } from "../ops/primitive.ts";
import { argmax, sum } from "../ops/reduction.ts";
import { toAxis, toDim, toShape } from "../shape.ts";
import { standardGumbel } from "./continuous.ts";
import { drawnIn, jumpingParameter, parameterOf } from "./parameter.ts";
import { unitInterval } from "./uniform.ts";

/** Weights of classes, by which no draw can be differentiated; f32 where halves are given. */
export function classWeights(op: string, value: Operand): Node {
  const node = expectDType(op, toOperand(op, value), isFloat, "f32 or f64");
  return jumpingParameter(op, convert(node, drawnIn(node.type.dtype)));
}

/** True with probability p. */
export function bernoulli(key: Operand, shape: readonly unknown[], p: Operand = 0.5): Node {
  const dims = toShape(shape);
  return e.lt(unitInterval("bernoulli", key, dims, "f32"), jumpingParameter("bernoulli", parameterOf("bernoulli", p, "f32", dims)));
}

export interface CategoricalOptions {
  /** The axis of the classes; the last unless said otherwise. */
  readonly axis?: number | undefined;
}

/** Classes drawn with probabilities softmax(logits), by the largest of the logits plus Gumbel noise. Each row of logits gets
 *  `shape` draws: the result is i32[...shape, ...rows]. */
export function categorical(key: Operand, logits: Operand, shape: readonly unknown[] = [], options: CategoricalOptions = {}): Node {
  const scores = noisyLogits("categorical", key, logits, toShape(shape), options);
  return argmax(scores, -1);
}

/** Logits plus noise, one row for each draw, classes last. */
function noisyLogits(op: string, key: Operand, logits: Operand, draws: Shape, { axis = -1 }: CategoricalOptions): Node {
  const node = classWeights(op, logits);
  const rank = node.type.shape.length;
  if (rank === 0) throw userError("E203", { op, message: `${describeNode(node)} has no axis of classes` });
  const rows = moveAxis(node, toAxis(op, axis, rank), rank - 1);
  const shape = [...draws, ...rows.type.shape];
  return e.add(stretch(rows, shape), standardGumbel(op, key, shape, drawnIn(node.type.dtype)));
}

/** `count` different classes for each row of logits, as if drawn one after another without putting back: the classes of the
 *  largest noisy logits, in order (Efraimidis and Spirakis). Work grows with the square of the number of classes. */
export function categoricalWithoutReplacement(key: Operand, logits: Operand, count: unknown, options: CategoricalOptions = {}): Node {
  const op = "categoricalWithoutReplacement";
  const scores = noisyLogits(op, key, logits, [], options);
  const { shape } = scores.type;
  const classes = shape.at(-1)!;
  const wanted = toDim(count);
  if (typeof wanted === "number" && typeof classes === "number" && wanted > classes) {
    throw userError("E205", { op, message: `${wanted} different classes of ${classes} are asked for` });
  }
  const ranks = ranksOf(scores);
  // The class whose rank is i, for i = 0 ... count - 1: where the rank matches, the class's number.
  const wide = [...shape.slice(0, -1), wanted, classes];
  const match = e.eq(stretch(insertAxis(ranks, shape.length - 1), wide), iota("i32", wide, wide.length - 2));
  return sum(e.select(match, iota("i32", wide, wide.length - 1), 0), -1);
}

/** How many are larger, along the last axis; of equal ones the first counts as larger. */
function ranksOf(scores: Node): Node {
  const { shape } = scores.type;
  const wide = [...shape, shape.at(-1)!];
  const [own, other] = [stretch(insertAxis(scores, shape.length), wide), stretch(insertAxis(scores, shape.length - 1), wide)];
  const before = e.lt(iota("i32", wide, wide.length - 1), iota("i32", wide, wide.length - 2));
  return sum(convert(e.or(e.gt(other, own), e.and(e.eq(other, own), before)), "i32"), -1);
}

function insertAxis(node: Node, axis: number): Node {
  return reshape(node, node.type.shape.toSpliced(axis, 0, 1));
}

/** How often each class comes up in `trials` draws: i32[...rows, classes]; `p` holds probabilities along the last axis. */
export function multinomial(key: Operand, trials: unknown, p: Operand): Node {
  const node = classWeights("multinomial", p);
  const draws = categorical(key, e.log(node), [toDim(trials)]);
  const wide = [...draws.type.shape, node.type.shape.at(-1)!];
  const hits = e.eq(stretch(insertAxis(draws, draws.type.shape.length), wide), iota("i32", wide, wide.length - 1));
  return sum(convert(hits, "i32"), 0);
}
