// Keys and the random words made of them. A key is a tensor u32[2]; what is drawn is a pure function of the key and of each
// element's position, so a draw is the same whatever is drawn beside it, and equal keys give equal draws.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import { productOfDims } from "../../ir/size.ts";
import { isInt, type Shape } from "../../ir/types.ts";
import { describeTyped } from "../expression.ts";
import { add, mul } from "../ops/elementwise.ts";
import { stack } from "../ops/movement.ts";
import { isWeak, type Operand, stretch, toNode } from "../ops/operand.ts";
import { constant, convert, full, iota, make, reshape, sliceAxes } from "../ops/primitive.ts";
import { toDim } from "../shape.ts";

/** What a counter is for: draws, derived keys and split keys of one key have nothing in common. */
export const purpose = { draw: 0, fold: 1, split: 2 } as const;

/** The words of a seed's key. E209 unless it is an integer of up to 53 bits. */
export function keyOfSeed(op: string, seed: unknown): [number, number] {
  if (typeof seed === "number" && Number.isSafeInteger(seed) && seed >= 0) return [Math.floor(seed / 2 ** 32), seed >>> 0];
  throw userError("E209", { op, message: `the seed ${String(seed)} is not a non-negative integer` });
}

/** The key of a seed that is known: an integer of up to 53 bits. */
export function knownKey(seed: unknown): Node {
  return constant({ dtype: "u32", shape: [2], data: Uint32Array.from(keyOfSeed("key", seed)) });
}

/** The key of a seed: an integer of up to 53 bits, or an integer scalar. */
export function key(seed: number | Operand): Node {
  if (isWeak(seed)) return knownKey(seed);
  const node = integerScalar("key", "the seed", seed);
  return stack([word(0), node], 0);
}

function integerScalar(op: string, what: string, value: Operand): Node {
  const node = toNode(op, value);
  if (!isInt(node.type.dtype) || node.type.shape.length > 0) {
    throw userError("E202", { op, message: `${what} ${describeTyped(node)} is not an integer scalar` });
  }
  return convert(node, "u32");
}

/** The two words of a key. E202 for what is no key. */
export function keyWords(op: string, value: unknown): readonly [Node, Node] {
  const node = toNode(op, value);
  const { dtype, shape } = node.type;
  if (dtype !== "u32" || shape.length !== 1 || shape[0] !== 2) {
    throw userError("E202", { op, message: `${describeTyped(node)} is not a key (u32[2])`, hint: "make one with random.key(seed)" });
  }
  const word = (i: number): Node => reshape(sliceAxes(node, [i], [i + 1], [1]), []);
  return [word(0), word(1)];
}

function threefry(key: readonly [Node, Node], high: Node, low: Node): readonly [Node, Node] {
  const { shape } = low.type;
  const operands = [...[...key, high].map((word) => stretch(word, shape)), low];
  return [make("threefry", operands, { word: 0 }), make("threefry", operands, { word: 1 })];
}

/** Tells several draws of one key apart: a number below 2^30, or a u32 scalar that is one. */
export type Round = number | Node;

export function later(round: Round, by: number): Round {
  return typeof round === "number" ? round + by : add(round, by);
}

/** Two words of random bits for each element. */
export function randomWords(op: string, key: unknown, shape: Shape, round: Round = 0): readonly [Node, Node] {
  const positions = reshape(iota("u32", [productOfDims(shape)], 0), shape);
  const high = typeof round === "number" ? word(4 * round + purpose.draw) : add(mul(round, 4), purpose.draw);
  return threefry(keyWords(op, key), high, positions);
}

const word = (value: number): Node => full(value, "u32", []);

/** A key for each of `count`, a tensor u32[count,2]. */
export function split(key: Operand, count: unknown = 2): Node {
  const size = toDim(count);
  return stack(threefry(keyWords("split", key), word(purpose.split), iota("u32", [size], 0)), -1);
}

/** The key that belongs to an integer: of a step, a layer, a worker. */
export function foldIn(key: Operand, data: number | Operand): Node {
  if (typeof data === "number" && !(Number.isInteger(data) && data >= 0 && data < 2 ** 32)) {
    throw userError("E209", { op: "foldIn", message: `${data} is not an integer below 2^32` });
  }
  const low = typeof data === "number" ? word(data) : integerScalar("foldIn", "the number", data);
  return stack(threefry(keyWords("foldIn", key), word(purpose.fold), low), 0);
}
