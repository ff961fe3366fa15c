// Loops. Where all members take the same steps, the loop's values are batched, as far as they differ. Where each member
// has its own number of steps, or stops by itself, the loop runs until all are done, and a member that is done keeps what it has.

import { regionAttribute } from "../../ir/attributes.ts";
import { type Binding, type Carried, type Loop, loopOf, makeLoop, resultsOf } from "../../ir/loop.ts";
import type { Graph, Node } from "../../ir/node.ts";
import { choose, followers } from "./members.ts";
import type { BatchingRule, Nested } from "./rule.ts";
import { type Batch, type Value, batched, moveAxis, shared, spread } from "./value.ts";

export const loop: BatchingRule = {
  kind: "region",
  build(batch, node, operands, nested) {
    const setting = settingOf(node, operands);
    const carried = setting.carried.map(({ isBatched }) => isBatched);
    const isApart = (results: readonly Value[]): boolean =>
      setting.steps?.isBatched === true || (setting.loop.stop !== undefined && results[carried.length]!.isBatched);
    // What is batched after a step is batched before the next.
    for (;;) {
      const body = standInsFor(batch, setting, carried);
      const results = nested.region(setting.body, body.all);
      if (isApart(results)) return loopApart(batch, setting, nested);
      const grown = carried.map((isBatched, i) => isBatched || results[i]!.isBatched);
      if (grown.every((isBatched, i) => isBatched === carried[i])) return loopTogether(batch, setting, body, results);
      carried.splice(0, carried.length, ...grown);
    }
  },
};

/** A loop with the values that it is given. */
interface Setting {
  readonly loop: Loop;
  readonly body: Graph;
  readonly steps: Value | undefined;
  readonly carried: readonly Value[];
  readonly sequences: readonly Value[];
  readonly captures: readonly Value[];
}

function settingOf(node: Node, operands: readonly Value[]): Setting {
  const given = loopOf(node);
  const own = given.steps === undefined ? operands : operands.slice(1);
  const firstCapture = given.carried.length + given.sequences.length;
  return {
    loop: given, body: regionAttribute(node, "body"), steps: given.steps === undefined ? undefined : operands[0],
    carried: own.slice(0, given.carried.length), sequences: own.slice(given.carried.length, firstCapture), captures: own.slice(firstCapture),
  };
}

interface Body {
  readonly carried: readonly Value[];
  readonly sequences: readonly Value[];
  readonly captures: readonly Value[];
  readonly all: readonly Value[];
}

/** Parameters for a body whose carried values are batched as said. */
function standInsFor({ b, size }: Batch, { loop: { carried, sequences, captures }, ...given }: Setting, isCarriedBatched: readonly boolean[]): Body {
  const standIn = ({ parameter: { type } }: Binding, isBatched: boolean): Value =>
    ({ node: b.parameter(0, "p", isBatched ? { dtype: type.dtype, shape: [size, ...type.shape] } : type), isBatched });
  const body = {
    carried: carried.map((binding, i) => standIn(binding, isCarriedBatched[i]!)),
    sequences: sequences.map((binding, i) => standIn(binding, given.sequences[i]!.isBatched)),
    captures: captures.map((binding, i) => standIn(binding, given.captures[i]!.isBatched)),
  };
  return { ...body, all: [...body.carried, ...body.sequences, ...body.captures] };
}

/** Steps come before members where slices are taken, and are stacked. */
function bindOutside({ b }: Batch, { sequences, captures }: Setting, body: Body): Pick<Loop, "sequences" | "captures"> {
  const bind = (values: readonly Value[], stands: readonly Value[]): Binding[] => values.map(({ node }, i) => ({ value: node, parameter: stands[i]!.node }));
  const bySteps = sequences.map((value) => (value.isBatched ? batched(moveAxis(b, value.node, 0, 1)) : value));
  return { sequences: bind(bySteps, body.sequences), captures: bind(captures, body.captures) };
}

function stackedResults({ b }: Batch, made: Node, first: number, isBatched: readonly boolean[]): Value[] {
  return isBatched.map((is, i) => (is ? batched(moveAxis(b, b.result(made, first + i), 1, 0)) : shared(b.result(made, first + i))));
}

function loopTogether(batch: Batch, setting: Setting, body: Body, results: readonly Value[]): readonly Value[] {
  const { b } = batch;
  const count = setting.carried.length;
  const { stop } = setting.loop;
  const slices = results.slice(count + (stop === undefined ? 0 : 1));
  const whole: Loop = {
    ...setting.loop, steps: setting.steps?.node,
    carried: body.carried.map(({ node, isBatched }, i): Carried => {
      const [value, next] = [setting.carried[i]!, results[i]!];
      return isBatched ? { value: spread(batch, value), parameter: node, next: spread(batch, next) } : { value: value.node, parameter: node, next: next.node };
    }),
    ...bindOutside(batch, setting, body),
    stop: stop && results[count]!.node,
    stacked: slices.map(({ node }) => node),
  };
  const made = makeLoop(b, whole);
  const { taken, firstStacked } = resultsOf(whole);
  return [
    ...body.carried.map(({ isBatched }, i) => ({ node: b.result(made, i), isBatched })),
    ...(taken === undefined ? [] : [shared(b.result(made, taken))]),
    ...stackedResults(batch, made, firstStacked, slices.map(({ isBatched }) => isBatched)),
  ];
}

/** Each carried value, and the number of steps taken, for each member. */
function loopApart(batch: Batch, setting: Setting, nested: Nested): readonly Value[] {
  const { b, size } = batch;
  const count = setting.carried.length;
  const body = standInsFor(batch, setting, setting.carried.map(() => true));
  const counter = setting.steps?.isBatched === true ? countSteps(batch, setting.steps.node, setting.loop.reverse) : undefined;
  const stopped = setting.loop.stop === undefined ? undefined : b.parameter(0, "p", { dtype: "bool", shape: [size] });
  const running = [counter?.isRunning, stopped && b.unary("not", stopped)].filter((flags) => flags !== undefined);
  const takesPart = running.reduce((left, right) => b.binary("and", left, right));
  const results = nested.region(setting.body, body.all.map(followers(batch, takesPart))).map((value) => spread(batch, value));

  const slices = results.slice(count + (stopped === undefined ? 0 : 1));
  const steps = b.parameter(0, "p", { dtype: "i32", shape: [size] });
  const nextStopped = stopped && b.binary("or", stopped, b.binary("and", takesPart, results[count]!));
  const isDone = nextStopped && (counter === undefined ? nextStopped : b.binary("or", nextStopped, counter.isOver));
  const whole: Loop = {
    ...setting.loop,
    steps: counter === undefined ? setting.steps?.node : counter.most,
    carried: [
      ...body.carried.map(({ node }, i) => ({ value: spread(batch, setting.carried[i]!), parameter: node, next: choose(batch, takesPart, results[i]!, node) })),
      { value: b.fullLike(steps, 0), parameter: steps, next: b.add(steps, b.convert(takesPart, "i32")) },
      ...(counter === undefined ? [] : [counter.carried]),
      ...(stopped === undefined ? [] : [{ value: b.fullLike(stopped, false), parameter: stopped, next: nextStopped! }]),
    ],
    ...withCapture(bindOutside(batch, setting, body), counter?.capture),
    stop: isDone && b.make("reduce_all", [isDone], { axes: [0] }),
    stacked: slices.map((slice) => choose(batch, takesPart, slice, b.fullLike(slice, 0))),
  };
  const made = makeLoop(b, whole);
  return [
    ...Array.from({ length: count + 1 }, (_, i) => batched(b.result(made, i))),
    ...stackedResults(batch, made, resultsOf(whole).firstStacked, slices.map(() => true)),
  ];
}

function withCapture({ sequences, captures }: Pick<Loop, "sequences" | "captures">, capture: Binding | undefined): Pick<Loop, "sequences" | "captures"> {
  return { sequences, captures: capture === undefined ? captures : [...captures, capture] };
}

/** Steps of which each member wants its own number. */
interface Counter {
  /** As many as the member that wants most. */
  readonly most: Node;
  /** The number of the step, which runs from the last to the first where slices do. */
  readonly carried: Carried;
  readonly capture: Binding;
  readonly isRunning: Node;
  /** Whether the next step is one too many. */
  readonly isOver: Node;
}

function countSteps({ b, size }: Batch, wanted: Node, reverse: boolean): Counter {
  const most = b.make("reduce_max", [wanted], { axes: [0] });
  const one = b.full(1, "i32", []);
  const step = b.parameter(0, "p", { dtype: "i32", shape: [] });
  const limit = b.parameter(0, "p", { dtype: "i32", shape: [size] });
  const next = reverse ? b.sub(step, one) : b.add(step, one);
  const isBelow = (value: Node): Node => b.binary("lt", b.broadcast(value, limit.type.shape, []), limit);
  return {
    most, carried: { value: reverse ? b.sub(most, one) : b.full(0, "i32", []), parameter: step, next },
    capture: { value: wanted, parameter: limit }, isRunning: isBelow(step), isOver: b.unary("not", isBelow(next)),
  };
}
