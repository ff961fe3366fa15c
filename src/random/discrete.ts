// Discrete draws: coins, classes, permutations and samples. None of them sorts.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import { type Dim, productOfDims, showDim } from "../../ir/size.ts";
import { isFloat, type Shape } from "../../ir/types.ts";
import { dropout as dropMasked } from "../composites/normalization.ts";
import { describeNode, describeTyped } from "../expression.ts";
import { take } from "../indexing.ts";
import * as e from "../ops/elementwise.ts";
import { moveAxis, stretchTo } from "../ops/movement.ts";
import { type Operand, stretch, toNode, toOperand } from "../ops/operand.ts";
import { convert, iota, make, reshape } from "../ops/primitive.ts";
import { argmax, sum } from "../ops/reduction.ts";
import { sizeValue } from "../ops/size.ts";
import { toAxis, toDim, toShape } from "../shape.ts";
import { standardGumbel } from "./continuous.ts";
import { foldIn, keyWords } from "./keys.ts";
import { integers, parameterOf, unitInterval } from "./uniform.ts";

function floatOperand(op: string, value: Operand): Node {
  const node = toOperand(op, value);
  if (isFloat(node.type.dtype)) return node;
  throw userError("E202", { op, message: `${describeTyped(node)} must be f32 or f64` });
}

/** True with probability p. */
export function bernoulli(key: Operand, shape: readonly unknown[], p: Operand = 0.5): Node {
  const dims = toShape(shape);
  return e.lt(unitInterval("bernoulli", key, dims, "f32"), parameterOf("bernoulli", p, "f32", dims));
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
  const node = floatOperand(op, logits);
  const rank = node.type.shape.length;
  if (rank === 0) throw userError("E203", { op, message: `${describeNode(node)} has no axis of classes` });
  const rows = moveAxis(node, toAxis(op, axis, rank), rank - 1);
  const shape = [...draws, ...rows.type.shape];
  return e.add(stretch(rows, shape), standardGumbel(op, key, shape, node.type.dtype as "f32" | "f64"));
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
  const node = floatOperand("multinomial", p);
  const draws = categorical(key, e.log(node), [toDim(trials)]);
  const wide = [...draws.type.shape, node.type.shape.at(-1)!];
  const hits = e.eq(stretch(insertAxis(draws, draws.type.shape.length), wide), iota("i32", wide, wide.length - 1));
  return sum(convert(hits, "i32"), 0);
}

/** Where each of 0 ... size - 1 goes, as i32. */
function permutedIndices(op: string, key: Operand, size: Dim, count: Dim = size): Node {
  // The op's words are random themselves only if the key is not a plain seed.
  const [first, second] = keyWords(op, foldIn(key, 0));
  const shape = [count];
  const total = convert(sizeValue(size), "u32");
  return convert(make("permute", [iota("u32", shape, 0), ...[total, first, second].map((word) => stretch(word, shape))]), "i32");
}

/** A random order of 0 ... n - 1 for a size, of the slices along `axis` for a tensor. */
export function permutation(key: Operand, of: number | string | Operand, axis = 0): Node {
  if (isSize(of)) return permutedIndices("permutation", key, toDim(of));
  const node = toNode("permutation", of);
  const at = toAxis("permutation", axis, node.type.shape.length);
  return take(node, permutedIndices("permutation", key, node.type.shape[at]!), at);
}

function isSize(value: unknown): value is number | string {
  return typeof value === "number" || typeof value === "string";
}

export interface ChoiceOptions {
  /** Whether one may be drawn twice; true unless said otherwise. */
  readonly replace?: boolean | undefined;
  /** Probabilities, one for each; equal ones unless said. */
  readonly p?: Operand | undefined;
  readonly axis?: number | undefined;
}

/** `shape` draws from 0 ... n - 1, or from a tensor's slices along `axis`. */
export function choice(key: Operand, of: number | string | Operand, shape: readonly unknown[] = [], options: ChoiceOptions = {}): Node {
  const dims = toShape(shape);
  const node = isSize(of) ? undefined : toNode("choice", of);
  const at = node === undefined ? 0 : toAxis("choice", options.axis ?? 0, node.type.shape.length);
  const size = node === undefined ? toDim(of) : node.type.shape[at]!;
  const indices = chosenIndices(key, size, dims, options);
  return node === undefined ? indices : take(node, indices, at);
}

function chosenIndices(key: Operand, size: Dim, dims: Shape, { replace = true, p }: ChoiceOptions): Node {
  const logits = p === undefined ? undefined : e.log(stretchTo("choice", floatOperand("choice", p), [size]));
  if (replace) return logits === undefined ? integers(key, dims, 0, sizeValue(size)) : categorical(key, logits, dims);
  const count = productOfDims(dims);
  if (typeof count === "number" && typeof size === "number" && count > size) {
    throw userError("E205", { op: "choice", message: `${showDim(count)} different ones of ${size} are asked for` });
  }
  const flat = logits === undefined ? permutedIndices("choice", key, size, count) : categoricalWithoutReplacement(key, logits, count);
  return reshape(flat, dims);
}

/** Elements are kept with probability 1 - rate and divided by it, the others are 0 (Srivastava et al., 2014). */
export function dropout(key: Operand, x: Operand, rate: number): Node {
  const node = floatOperand("dropout", x);
  return dropMasked(node, bernoulli(key, node.type.shape, 1 - rate), rate);
}
