// Theano's scan: sequences and outputs with taps, non-sequences, a number of steps that may be a value, an end that the body
// decides, and updates of shared variables. It becomes the same loop: taps of sequences are shifted slices, taps of outputs
// carried values, updated variables carried, too.

import { userError } from "../../ir/errors.ts";
import { reachableNodes } from "../../ir/graph.ts";
import type { Node } from "../../ir/node.ts";
import { addDims, type Dim, minDims, subDims } from "../../ir/size.ts";
import { describeTyped, Expression } from "../expression.ts";
import { located } from "../location.ts";
import { toTensor } from "../methods.ts";
import { sliceAxis, squeeze } from "../ops/movement.ts";
import { toNode, toOperand } from "../ops/operand.ts";
import { reverse } from "../ops/primitive.ts";
import { valueFor } from "../replacement.ts";
import { toDim } from "../shape.ts";
import { SharedExpression } from "../shared.ts";
import type { Tensor } from "../tensor.ts";
import type { AnyTensor } from "../types/index.ts";
import { closeBody, conditionOf, type LoopOutcome, runBody, standIns } from "./body.ts";
import { lengthOf, runScan, sliceSteps } from "./run-scan.ts";
import type { OutputInfo, ScanSequence, ScanStep, TheanoScan } from "./theano-types.ts";
import { integerOf } from "./while.ts";

/** What is given, whatever the body's types. */
type Spec = Omit<TheanoScan<ScanSequence | readonly ScanSequence[] | undefined, OutputInfo | readonly OutputInfo[] | undefined, AnyTensor | readonly AnyTensor[] | undefined, ScanStep>, "fn">
  & { readonly fn: (...args: Tensor[]) => unknown };

interface Input { readonly node: Node; readonly taps: readonly number[] }

/** One argument of the body that is carried: output `of` at distance `back`. */
interface Past { readonly init: Node; readonly of: number; readonly back: number; readonly isArgument: boolean }

const op = "scan";
const listOf = <T>(value: T | readonly T[] | undefined): readonly T[] => (value === undefined ? [] : Array.isArray(value) ? value : [value as T]);
const hasTaps = (value: unknown): value is { readonly taps: readonly number[] } => typeof value === "object" && value !== null && "taps" in value;

export function theanoScan(spec: Spec): [outputs: Tensor | readonly Tensor[], updates: [SharedExpression, Tensor][], steps: Tensor | undefined] {
  const { sequences, pasts, others, length, steps, standing } = located(() => begin(spec));
  const given = spec.fn(...[...standing.slices, ...standing.past.filter((_, i) => pasts[i]!.isArgument), ...others].map((node) => toTensor(node) as unknown as Tensor));
  return located(() => {
    const { outputs, updates, until, single } = readResult(given);
    const variables = updates.map(([variable]) => variable.node);
    const next = [
      // A value one step back is the output; one further back was a step less far back before.
      ...pasts.map(({ init, of, back }) => (back > 1
        ? standing.past[pasts.findIndex((past) => past.of === of && past.back === back - 1)]! : valueFor("E211", op, `output ${of}`, init, outputs[of]))),
      ...updates.map(([variable, value]) => valueFor("E211", op, `the update of ${variable.name}`, variable.node, value)),
    ];
    const stop = until === undefined ? undefined : conditionOf(op, until);
    const body = closeBody(op, [...standing.past, ...variables], standing.slices, { next, stacked: outputs, stop });
    if (spec.strict === true) requireClosed(body.captures, others);
    const run = { init: [...pasts.map(({ init }) => init), ...variables], sequences, length };
    const outcome: LoopOutcome = stop === undefined && steps === undefined ? runScan(body, run, spec) : runBody(body, { ...run, steps });
    const stacked = outcome.stacked.map((node) => toTensor(node) as unknown as Tensor);
    const last = outcome.last.slice(pasts.length).map((node, i): [SharedExpression, Tensor] => [updates[i]![0], toTensor(node) as unknown as Tensor]);
    return [single ? stacked[0]! : stacked, last, outcome.taken && toTensor(outcome.taken) as unknown as Tensor];
  });
}

function begin(spec: Spec) {
  const inputs = listOf(spec.sequences).map((sequence): Input =>
    (hasTaps(sequence) ? { node: toNode(op, sequence.input), taps: tapsOf(sequence.taps, () => true, "an integer") } : { node: toNode(op, sequence), taps: [0] }));
  const length = stepsOf(spec, inputs);
  const sequences = inputs.flatMap((input) => input.taps.map((tap) => shifted(input, tap, length, spec.goBackwards === true)));
  const pasts = listOf(spec.outputsInfo).flatMap((info, of) => pastsOf(info, of));
  const others = listOf(spec.nonSequences).map((value) => toNode(op, value));
  const steps = spec.nSteps instanceof Expression ? integerOf(op, spec.nSteps) : undefined;
  const standing = {
    slices: standIns("slice", sequences.map(({ type: { dtype, shape } }) => ({ dtype, shape: shape.slice(1) }))),
    past: standIns("output", pasts.map(({ init }) => init.type)),
  };
  return { sequences, pasts, others, length, steps, standing };
}

/** ScanStep 0 stands where all taps are inside: the span is what they reach back and ahead. */
const spanOf = (taps: readonly number[]): readonly [back: number, ahead: number] => [Math.max(0, ...taps.map((tap) => -tap)), Math.max(0, ...taps)];

function stepsOf({ nSteps, maxSteps }: Spec, inputs: readonly Input[]): Dim {
  const lengths = inputs.map(({ node, taps }) => {
    const [back, ahead] = spanOf(taps);
    return subDims(lengthOf(op, [node], undefined), back + ahead);
  });
  if (nSteps instanceof Expression) {
    if (maxSteps === undefined) throw userError("E205", { op, message: "the number of steps is a value and has no bound", hint: "pass maxSteps" });
    return fits(toDim(maxSteps), lengths);
  }
  if (nSteps !== undefined) return fits(toDim(nSteps), lengths);
  const shortest = lengths.reduce<Dim | undefined>((least, next) => (least === undefined ? next : minDims(least, next)), undefined);
  return shortest ?? (maxSteps === undefined ? lengthOf(op, [], undefined) : toDim(maxSteps));
}

function fits(steps: Dim, lengths: readonly Dim[]): Dim {
  const short = lengths.find((length) => typeof length === "number" && typeof steps === "number" && length < steps);
  if (short === undefined) return steps;
  throw userError("E203", { op, message: `a sequence has ${String(short)} steps where ${String(steps)} are needed` });
}

/** The sequence as the tap sees it. */
function shifted({ node, taps }: Input, tap: number, length: Dim, backwards: boolean): Node {
  const [back, ahead] = spanOf(taps);
  if (!backwards) return sliceSteps(node, back + tap, addDims(back + tap, length));
  // From the end: the last step stands where the tap that reaches furthest ahead is still inside.
  const end = subDims(node.type.shape[0]!, ahead - tap);
  return reverse(sliceSteps(node, subDims(end, length), end), [0]);
}

function tapsOf(taps: readonly number[], allowed: (tap: number) => boolean, wanted: string): readonly number[] {
  const wrong = taps.find((tap) => !Number.isInteger(tap) || !allowed(tap));
  if (wrong === undefined && taps.length > 0) return taps;
  throw userError("E205", { op, message: taps.length === 0 ? "a list of taps is empty" : `the tap ${String(wrong)} must be ${wanted}` });
}

/** What must be carried for an output: its values from one step back to the furthest tap. Those that are arguments come first, in order. */
function pastsOf(info: OutputInfo, of: number): readonly Past[] {
  if (info === null || info === undefined) return [];
  if (!hasTaps(info)) return [{ init: toOperand(op, info), of, back: 1, isArgument: true }];
  const initial = toNode(op, (info as { readonly initial: AnyTensor }).initial);
  const asked = tapsOf(info.taps, (tap) => tap < 0, "negative").map((tap) => -tap);
  const furthest = Math.max(...asked);
  const size = initial.type.shape[0];
  if (size === undefined || (typeof size === "number" && size < furthest)) {
    throw userError("E203", { op, message: `${describeTyped(initial)} does not hold the ${furthest} values that the taps of output ${of} reach back` });
  }
  const between = Array.from({ length: furthest }, (_, i) => i + 1).filter((back) => !asked.includes(back));
  return [...asked, ...between].map((back) => ({ init: squeeze(sliceAxis(initial, 0, furthest - back, furthest - back + 1, 1), 0), of, back, isArgument: asked.includes(back) }));
}

function readResult(given: unknown): { outputs: readonly Node[]; updates: readonly (readonly [SharedExpression, unknown])[]; until: unknown; single: boolean } {
  const isRecord = typeof given === "object" && given !== null && !Array.isArray(given) && !(given instanceof Expression);
  const { outputs = [], updates = [], until } = (isRecord ? given : { outputs: given }) as { outputs?: unknown; updates?: readonly (readonly [unknown, unknown])[]; until?: unknown };
  const list = listOf(outputs).map((value) => toOperand(op, value));
  for (const [variable] of updates) {
    if (!(variable instanceof SharedExpression)) throw userError("E401", { op, message: "only shared variables can be updated" });
  }
  return { outputs: list, updates: updates as readonly (readonly [SharedExpression, unknown])[], until, single: !Array.isArray(outputs) };
}

function requireClosed(captures: readonly Node[], others: readonly Node[]): void {
  const allowed = new Set(others);
  const read = reachableNodes(captures, allowed).find((node) => node.op === "parameter" && !allowed.has(node));
  if (read === undefined) return;
  throw userError("E402", { op, message: `the body reads ${describeTyped(read)}, which is not among its arguments`, hint: "pass it in nonSequences, or leave out strict" });
}
