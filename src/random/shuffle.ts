// Orders and samples: permutations, choices, batches of an epoch. None of them sorts, or stores an order that is not asked for.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import { type Dim, floorDivDims, productOfDims, showDim } from "../../ir/size.ts";
import { isInt, type Shape } from "../../ir/types.ts";
import { describeTyped } from "../expression.ts";
import { take } from "../indexing.ts";
import * as e from "../ops/elementwise.ts";
import { stretchTo } from "../ops/movement.ts";
import { expectDType, type Operand, stretch, toNode, toOperand } from "../ops/operand.ts";
import { convert, iota, make, reshape } from "../ops/primitive.ts";
import { sizeValue } from "../ops/size.ts";
import { toAxis, toDim, toShape } from "../shape.ts";
import { categorical, categoricalWithoutReplacement, classWeights } from "./discrete.ts";
import { foldIn, keyWords } from "./keys.ts";
import { integers } from "./uniform.ts";

/** What stands at these places of a random order of 0 ... size - 1, as i32. */
function permutedIndices(op: string, key: Operand, size: Dim, places: Node): Node {
  // The op's words are random themselves only if the key is not a plain seed.
  const [first, second] = keyWords(op, foldIn(key, 0));
  const total = convert(sizeValue(size), "u32");
  return convert(make("permute", [convert(places, "u32"), ...[total, first, second].map((word) => stretch(word, places.type.shape))]), "i32");
}

function randomOrder(op: string, key: Operand, size: Dim, count: Dim = size): Node {
  return permutedIndices(op, key, size, iota("u32", [count], 0));
}

/** A random order of 0 ... n - 1 for a size, of the slices along `axis` for a tensor. */
export function permutation(key: Operand, of: number | string | Operand, axis = 0): Node {
  if (isSize(of)) return randomOrder("permutation", key, toDim(of));
  const node = toNode("permutation", of);
  const at = toAxis("permutation", axis, node.type.shape.length);
  return take(node, randomOrder("permutation", key, node.type.shape[at]!), at);
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
  const logits = p === undefined ? undefined : e.log(stretchTo("choice", classWeights("choice", p), [size]));
  if (replace) return logits === undefined ? integers(key, dims, 0, sizeValue(size)) : categorical(key, logits, dims);
  const count = productOfDims(dims);
  if (typeof count === "number" && typeof size === "number" && count > size) {
    throw userError("E205", { op: "choice", message: `${showDim(count)} different ones of ${size} are asked for` });
  }
  const flat = logits === undefined ? randomOrder("choice", key, size, count) : categoricalWithoutReplacement(key, logits, count);
  return reshape(flat, dims);
}

/**
 * A batch of the examples 0 ... n - 1, or of a tensor's slices along its first axis, in the step with the number `step`. In an epoch of
 * floor(n / size) steps no example comes twice; each epoch has an order of its own. Only the batch's places in that order are computed.
 */
export function shuffledBatch(key: Operand, step: Operand, of: number | string | Operand, size: unknown): Node {
  const op = "shuffledBatch";
  const node = isSize(of) ? undefined : toNode(op, of);
  if (node?.type.shape.length === 0) throw userError("E204", { op, message: `${describeTyped(node)} has no axis of examples` });
  const [examples, batch] = [node === undefined ? toDim(of) : node.type.shape[0]!, toDim(size)];
  const batches = floorDivDims(examples, batch);
  if (batches === 0) throw userError("E205", { op, message: `a batch of ${showDim(batch)} is asked for of ${showDim(examples)} examples` });
  const number = expectDType(op, toOperand(op, step), isInt, "an integer");
  const perEpoch = convert(sizeValue(batches), number.type.dtype);
  const first = e.mul(convert(e.rem(number, perEpoch), "i32"), sizeValue(batch));
  const indices = permutedIndices(op, foldIn(key, e.floorDiv(number, perEpoch)), examples, e.add(iota("i32", [batch], 0), first));
  return node === undefined ? indices : take(node, indices, 0);
}
