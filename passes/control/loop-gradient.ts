// Gradients of loops. Reverse mode runs a second loop, backwards: its carried values are the cotangents of the carried
// values and, for captures, their sums over the steps. What it needs of the first loop, a copy of that loop stacks: values that
// cost something to compute, or, where the loop says so, the carried values alone, from which the rest is computed again.
// Forward mode carries tangents beside the values.

import type { LocatedBuilder } from "../../ir/build.ts";
import { userError } from "../../ir/errors.ts";
import { mapNodes, reachableNodes, withInputs } from "../../ir/graph.ts";
import { type Binding, type Carried, type Loop, loopOf, makeLoop, resultsOf } from "../../ir/loop.ts";
import type { Graph, Node } from "../../ir/node.ts";
import type { Differential } from "../../ir/op.ts";
import { freshParameters, type RegionCalculus } from "./region-calculus.ts";
import { chooseResiduals } from "./residuals.ts";
import { unprinted } from "./unprinted.ts";

/** Parameters of the body that a change can reach: those of active operands, and of what they reach from step to step. */
function activeParameters(loop: Loop, body: Graph, isActive: (parameter: number) => boolean, calculus: RegionCalculus): boolean[] {
  const active = body.parameters.map((_, i) => isActive(i));
  for (let grown = true; grown;) {
    grown = false;
    const reached = calculus.reaches(body, active);
    for (let i = 0; i < loop.carried.length; i++) {
      if (!reached[i] || active[i]) continue;
      active[i] = grown = true;
    }
  }
  return active;
}

/** Cotangents of the node's inputs from those of its results. E304 for a loop without a bound. */
export function transposeLoop(
  b: LocatedBuilder, node: Node, cotangents: readonly Differential[], isActive: (input: number) => boolean, calculus: RegionCalculus,
): readonly Differential[] {
  const loop = loopOf(node);
  if (loop.length === undefined) {
    throw userError("E304", {
      op: "scan", message: "a loop whose number of steps has no bound has no gradient in reverse mode", hint: "give it maxSteps, or differentiate in forward mode", location: node.location,
    });
  }
  const body = node.attributes["body"] as Graph;
  const shift = loop.steps === undefined ? 0 : 1;
  const active = activeParameters(loop, body, (i) => isActive(i + shift), calculus);
  const parameters = freshParameters(b, body.parameters);
  const { firstStacked, taken } = resultsOf(loop);
  const carriedCotangents = loop.carried.map(({ parameter }, i) => (active[i] ? b.parameter(0, "p", parameter.type) : undefined));
  const stackedCotangents = loop.stacked.map((slice, i) => (cotangents[firstStacked + i] === undefined ? undefined : b.parameter(0, "p", slice.type)));
  const stops = loop.stop === undefined ? [] : [undefined];
  const { results, derivatives } = calculus.pullBack(b, body, parameters, active, [...carriedCotangents, ...stops, ...stackedCotangents]);

  const seeds = [...carriedCotangents, ...stackedCotangents].filter((seed) => seed !== undefined);
  const carriedParameters = parameters.slice(0, loop.carried.length);
  const residuals = chooseResiduals(derivatives, seeds, new Set(carriedParameters), loop.residuals);
  const forward = forwardWith(loop, parameters, results, residuals);
  // A loop that carries nothing and whose gradient needs nothing of it is not run again.
  const first = forward.carried.length + residuals.length === 0 && taken === undefined ? undefined : makeLoop(b, forward);
  const stands = residuals.map(({ type }) => b.parameter(0, "p", type));
  const known = residuals.map((residual, i): [Node, Node] => [residual, stands[i]!]);
  const found = derivatives.filter((derivative) => derivative !== undefined);
  const mapped = new Map(mapNodes(found, unprinted, known).map((derivative, i) => [found[i]!, derivative]));
  const derivativeOf = (parameter: number): Differential => derivatives[parameter] && mapped.get(derivatives[parameter]);
  const read = new Set(reachableNodes([...mapped.values()]));

  const carried: Carried[] = [];
  const stacked: Node[] = [];
  /** For each input: its result of the backward loop, counted among the carried or the stacked ones. */
  const places: ({ readonly list: readonly Node[] | readonly Carried[]; readonly at: number } | undefined)[] = body.parameters.map((parameter, i) => {
    const derivative = derivativeOf(i);
    const seed = carriedCotangents[i];
    if (seed !== undefined) {
      const value = cotangents[i] ?? b.fullLike(parameter, 0);
      return { list: carried, at: carried.push({ value, parameter: seed, next: derivative ?? b.fullLike(parameter, 0) }) - 1 };
    }
    if (derivative === undefined) return undefined;
    if (i < loop.carried.length + loop.sequences.length) return { list: stacked, at: stacked.push(derivative) - 1 };
    const sum = b.parameter(0, "p", parameter.type);
    return { list: carried, at: carried.push({ value: b.fullLike(parameter, 0), parameter: sum, next: b.add(sum, derivative) }) - 1 };
  });
  if (carried.length + stacked.length === 0) return node.inputs.map(() => undefined);
  const rest = parameters.slice(loop.carried.length);
  const binding = ({ value }: Binding, i: number): Binding => ({ value, parameter: rest[i]! });
  const isRead = ({ parameter }: Binding): boolean => read.has(parameter);
  const second = makeLoop(b, {
    length: loop.length, steps: taken === undefined ? undefined : b.result(first!, taken), reverse: !loop.reverse, residuals: loop.residuals,
    carried, stop: undefined, stacked,
    sequences: [
      ...stackedCotangents.flatMap((parameter, i) => (parameter === undefined ? [] : [{ value: cotangents[firstStacked + i]!, parameter }])),
      ...stands.map((parameter, i): Binding => ({ value: b.result(first!, firstStacked + i), parameter })),
      ...loop.sequences.map(binding).filter(isRead),
    ],
    captures: loop.captures.map((capture, i) => binding(capture, i + loop.sequences.length)).filter(isRead),
  });
  const after = carried.length + (taken === undefined ? 0 : 1);
  const results2 = places.map((place) => place && b.result(second, place.list === carried ? place.at : after + place.at));
  return shift === 0 ? results2 : [undefined, ...results2];
}

/** The loop on other parameters, with `stacked` for what it stacks. */
function forwardWith(loop: Loop, parameters: readonly Node[], results: readonly Node[], stacked: readonly Node[]): Loop {
  const count = loop.carried.length;
  // One that may stop is not merged with the loop that it copies, which prints.
  const visit = loop.stop === undefined ? withInputs : unprinted;
  const values = mapNodes([...results.slice(0, count + (loop.stop === undefined ? 0 : 1)), ...stacked], visit, parameters.map((parameter) => [parameter, parameter]));
  return {
    ...loop,
    carried: loop.carried.map(({ value }, i) => ({ value, parameter: parameters[i]!, next: values[i]! })),
    sequences: loop.sequences.map(({ value }, i) => ({ value, parameter: parameters[count + i]! })),
    captures: loop.captures.map(({ value }, i) => ({ value, parameter: parameters[count + loop.sequences.length + i]! })),
    stop: loop.stop === undefined ? undefined : values[count]!,
    stacked: values.slice(values.length - stacked.length),
  };
}

/** Tangents of the node's results from those of its inputs. */
export function linearizeLoop(b: LocatedBuilder, node: Node, tangents: readonly Differential[], calculus: RegionCalculus): readonly Differential[] {
  const loop = loopOf(node);
  const body = node.attributes["body"] as Graph;
  const shift = loop.steps === undefined ? 0 : 1;
  const active = activeParameters(loop, body, (i) => tangents[i + shift] !== undefined, calculus);
  const parameters = freshParameters(b, body.parameters);
  const moved = body.parameters.map((parameter, i) => (active[i] ? b.parameter(0, "p", parameter.type) : undefined));
  const { results, derivatives } = calculus.pushForward(b, body, parameters, moved);
  const count = loop.carried.length;
  const bind = (from: number, list: readonly Binding[]): Binding[] => list.flatMap(({ value }, i) =>
    (moved[from + i] === undefined ? [] : [{ value: tangents[from + i + shift] ?? b.fullLike(value, 0), parameter: moved[from + i]! }]));
  const firstSlice = count + (loop.stop === undefined ? 0 : 1);
  const slices = loop.stacked.map((_, i) => derivatives[firstSlice + i]);
  const own = forwardWith(loop, parameters, results, slices.filter((slice) => slice !== undefined));
  const tangentsCarried = bind(0, loop.carried).map((binding): Carried => {
    const i = moved.indexOf(binding.parameter);
    return { ...binding, next: derivatives[i] ?? b.fullLike(binding.parameter, 0) };
  });
  const both: Loop = {
    ...own,
    carried: [...own.carried, ...tangentsCarried],
    sequences: [...own.sequences, ...bind(count, loop.sequences)],
    captures: [...own.captures, ...bind(count + loop.sequences.length, loop.captures)],
  };
  if (both.carried.length + both.stacked.length === 0) return node.results.map(() => undefined);
  const second = makeLoop(b, both);
  const { taken, firstStacked } = resultsOf(both);
  let [carriedAt, stackedAt] = [count, firstStacked];
  return [
    ...loop.carried.map((_, i) => (moved[i] === undefined ? undefined : b.result(second, carriedAt++))),
    ...(taken === undefined ? [] : [undefined]),
    ...slices.map((slice) => (slice === undefined ? undefined : b.result(second, stackedAt++))),
  ];
}
