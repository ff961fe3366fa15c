// Loops of a known number of steps, with the options that shape their gradients.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import { addDims, type Dim, floorDivDims, minDims, mulDims, showDim, subDims } from "../../ir/size.ts";
import { describeTyped } from "../expression.ts";
import { concat } from "../ops/movement.ts";
import { assume, make, reshape, sliceAxes } from "../ops/primitive.ts";
import { neverEqual, toDim } from "../shape.ts";
import { closeBody, type LoopOutcome, type LoopRun, runBody, standIns, type TracedBody } from "./body.ts";

export interface GradientOptions {
  /** Memory against time in gradients: the values of so many steps are kept at once, the others computed again. `sqrt` takes the root of a known length. */
  readonly checkpoint?: number | "sqrt" | undefined;
  /** Gradients flow through the last so many steps only. */
  readonly truncateGradient?: number | undefined;
}

/** The number of steps: what is said, or the size of the sequences' first axes. */
export function lengthOf(op: string, sequences: readonly Node[], said: number | string | undefined): Dim {
  for (const node of sequences) {
    if (node.type.shape.length === 0) throw userError("E204", { op, message: `${describeTyped(node)} is a sequence and has no axis to walk along` });
  }
  if (said !== undefined) return toDim(said);
  const sizes = sequences.map((node) => node.type.shape[0]!);
  const length = sizes.find((size) => typeof size === "number") ?? sizes[0];
  if (length === undefined) throw userError("E205", { op, message: "without sequences the number of steps must be said", hint: "pass length" });
  return length;
}

/** The sequence, its first size agreed with the number of steps. E203 if they differ. */
export function withLength(op: string, node: Node, length: Dim): Node {
  const [size, ...rest] = node.type.shape;
  if (size === length) return node;
  if (neverEqual(size!, length)) throw userError("E203", { op, message: `${describeTyped(node)} is a sequence in a loop of ${showDim(length)} steps` });
  return assume(node, [length, ...rest]);
}

export type FixedRun = LoopRun & { readonly length: Dim };

/** The loop with the options that shape its gradient. */
export function runScan(body: TracedBody, run: FixedRun, { truncateGradient, checkpoint }: GradientOptions): LoopOutcome {
  const whole = (part: FixedRun): LoopOutcome => (checkpoint === undefined ? runBody(body, part) : runCheckpointed(body, part, checkpoint));
  if (truncateGradient === undefined) return whole(run);
  const kept = minDims(positive(body.op, "truncateGradient", truncateGradient), run.length);
  // The steps before the last ones are constants to gradients.
  const cut = (outcome: LoopOutcome): LoopOutcome => {
    const stop = (nodes: readonly Node[]): Node[] => nodes.map((node) => make("stop_gradient", [node]));
    return { ...outcome, last: stop(outcome.last), stacked: stop(outcome.stacked) };
  };
  return inTwoParts(run, subDims(run.length, kept), (part) => cut(runBody(body, part)), whole);
}

export function positive(op: string, name: string, value: unknown): number {
  if (typeof value === "number" && Number.isInteger(value) && value > 0) return value;
  throw userError("E205", { op, message: `${name} is ${String(value)}, it must be a positive integer` });
}

/** Runs the first `count` steps and then the others. */
function inTwoParts(run: FixedRun, count: Dim, first: (part: FixedRun) => LoopOutcome, second: (part: FixedRun) => LoopOutcome): LoopOutcome {
  if (count === 0) return second(run);
  if (count === run.length) return first(run);
  const rest = subDims(run.length, count);
  // In reverse, the first steps take the last slices.
  const part = (from: Dim, length: Dim, init: readonly Node[]): FixedRun =>
    ({ ...run, length, init, sequences: run.sequences.map((sequence) => sliceSteps(sequence, from, addDims(from, length))) });
  const a = first(part(run.reverse ? rest : 0, count, run.init));
  const b = second(part(run.reverse ? 0 : count, rest, a.last));
  return { last: b.last, taken: undefined, stacked: a.stacked.map((stack, i) => concat(run.reverse ? [b.stacked[i]!, stack] : [stack, b.stacked[i]!], 0)) };
}

export function sliceSteps(sequence: Node, from: Dim, to: Dim): Node {
  const { shape } = sequence.type;
  return sliceAxes(sequence, shape.map((_, axis) => (axis === 0 ? from : 0)), shape.map((dim, axis) => (axis === 0 ? to : dim)), shape.map(() => 1));
}

/** A loop over segments, each a loop of its own: gradients keep the values at the borders of segments and those of one segment. */
function runCheckpointed(body: TracedBody, run: FixedRun, checkpoint: number | "sqrt"): LoopOutcome {
  const segment = checkpoint === "sqrt" ? rootOf(body.op, run.length) : positive(body.op, "checkpoint", checkpoint);
  const segments = floorDivDims(run.length, segment);
  if (segments === 0) return runBody(body, run);
  return inTwoParts(run, mulDims(segments, segment), (part) => {
    const split = part.sequences.map((node) => reshape(node, [segments, segment, ...node.type.shape.slice(1)]));
    const carried = standIns("carry", part.init.map(({ type }) => type));
    const slices = standIns("segment", split.map(({ type: { dtype, shape } }) => ({ dtype, shape: shape.slice(1) })));
    const inner = runBody(body, { ...part, init: carried, sequences: slices, length: segment });
    const outer = closeBody(body.op, carried, slices, { next: inner.last, stacked: inner.stacked });
    const { last, stacked } = runBody(outer, { ...part, sequences: split, length: segments, residuals: "recompute" });
    return { last, taken: undefined, stacked: stacked.map((node) => reshape(node, [part.length, ...node.type.shape.slice(2)])) };
  }, (part) => runBody(body, part));
}

function rootOf(op: string, length: Dim): number {
  if (typeof length === "number") return Math.max(1, Math.round(Math.sqrt(length)));
  throw userError("E205", { op, message: `the root of the length ${showDim(length)} is not known`, hint: "pass the number of steps between checkpoints" });
}
