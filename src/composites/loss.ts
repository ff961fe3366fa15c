// Losses. Those by label or by class give one value per example, to be averaged by the user; mse, mae and huber are means.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import { isInt, shapeEquals } from "../../ir/types.ts";
import { describeNode, describeTyped } from "../expression.ts";
import * as e from "../ops/elementwise.ts";
import { stretchTo } from "../ops/movement.ts";
import { joinDims, type Operand, toNode } from "../ops/operand.ts";
import { assume, convert, iota, make } from "../ops/primitive.ts";
import { mean, sum } from "../ops/reduction.ts";
import { softplus } from "./activation.ts";
import { logSoftmax } from "./softmax.ts";

/** x[..., label], one element per label. A label out of range fails the call (E601). */
function pick(op: string, x: Node, labels: Operand): Node {
  const index = toNode(op, labels);
  if (!isInt(index.type.dtype)) throw userError("E202", { op, message: `labels ${describeTyped(index)} must be integers` });
  const lead = x.type.shape.slice(0, -1);
  const shape = lead.map((dim, axis) => joinDims(dim, index.type.shape[axis] ?? 0));
  if (x.type.shape.length === 0 || index.type.shape.length !== lead.length || shape.includes(undefined)) {
    throw userError("E203", { op, message: `labels ${describeNode(index)} for logits ${describeNode(x)}`, hint: "one label per row is needed" });
  }
  const agreed = shapeEquals(index.type.shape, lead) ? index : assume(index, lead);
  const places = lead.map((_, axis) => iota("i32", lead, axis));
  return make("gather", [x, ...places, convert(agreed, "i32")], { axes: x.type.shape.map((_, axis) => axis), bounds: "check" });
}

/** -log softmax(logits)[label], one per label. Labels are integers. */
export function softmaxCrossEntropy(logits: Operand, labels: Operand): Node {
  return e.neg(pick("softmaxCrossEntropy", logSoftmax(toNode("softmaxCrossEntropy", logits)), labels));
}

/** -log(probabilities)[label], one per label. */
export function crossEntropyOfLabels(probabilities: Operand, labels: Operand): Node {
  return e.neg(pick("crossEntropyOfLabels", e.log(toNode("crossEntropyOfLabels", probabilities)), labels));
}

/** -sum(targets * log softmax(logits)) over the last axis. */
export function categoricalCrossEntropy(logits: Operand, targets: Operand): Node {
  const x = toNode("categoricalCrossEntropy", logits);
  const t = toNode("categoricalCrossEntropy", targets);
  if (x.type.shape.length === 0 || x.type.shape.length !== t.type.shape.length) {
    throw userError("E203", { op: "categoricalCrossEntropy", message: `targets ${describeNode(t)} for logits ${describeNode(x)}` });
  }
  return e.neg(sum(e.mul(stretchTo("categoricalCrossEntropy", t, x.type.shape), logSoftmax(x)), -1));
}

/** -(t log p + (1 - t) log(1 - p)) of probabilities p, elementwise. */
export function binaryCrossEntropy(probabilities: Operand, targets: Operand): Node {
  const p = toNode("binaryCrossEntropy", probabilities);
  return e.neg(e.add(e.mul(targets, e.log(p)), e.mul(e.sub(1, targets), e.log1p(e.neg(p)))));
}

/** The same of p = sigmoid(logits), without overflow: softplus(x) - t * x. */
export function binaryCrossEntropyWithLogits(logits: Operand, targets: Operand): Node {
  const x = toNode("binaryCrossEntropyWithLogits", logits);
  return e.sub(softplus(x), e.mul(targets, x));
}

/** Mean of the squared differences. */
export function mse(predictions: Operand, targets: Operand): Node {
  return mean(e.square(e.sub(predictions, targets)));
}

/** Mean of the absolute differences. */
export function mae(predictions: Operand, targets: Operand): Node {
  return mean(e.abs(e.sub(predictions, targets)));
}

/** Mean of d²/2 where |d| <= delta, of delta (|d| - delta/2) elsewhere (Huber, 1964). */
export function huber(predictions: Operand, targets: Operand, delta = 1): Node {
  const distance = e.abs(e.sub(predictions, targets));
  const inside = e.minimum(distance, delta);
  // With m = min(|d|, delta) both branches are m²/2 + delta (|d| - m).
  return mean(e.add(e.mul(0.5, e.square(inside)), e.mul(delta, e.sub(distance, inside))));
}
