// A scan node taken apart and put together: passes work on loops in this form, where values stand beside the parameters of
// the body that they become, and nobody counts positions.

import { boolAttribute, dimsAttribute, enumAttribute, intAttribute, regionAttribute } from "./attributes.ts";
import type { LocatedBuilder } from "./build.ts";
import { mapNodes, withInputs } from "./graph.ts";
import type { Node } from "./node.ts";
import { scan } from "./ops/scan.ts";
import type { Dim } from "./size.ts";

/** A value from outside and the parameter of the body that stands for it (for a sequence: for one slice). */
export interface Binding {
  readonly value: Node;
  readonly parameter: Node;
}

export interface Carried extends Binding {
  readonly next: Node;
}

export interface Loop {
  /** Undefined: until it stops. */
  readonly length: Dim | undefined;
  readonly steps: Node | undefined;
  readonly reverse: boolean;
  /** What the body keeps for its gradient. */
  readonly residuals: "store" | "recompute";
  readonly carried: readonly Carried[];
  readonly sequences: readonly Binding[];
  readonly captures: readonly Binding[];
  readonly stop: Node | undefined;
  readonly stacked: readonly Node[];
}

/** Where the results of a scan node stand. */
export interface LoopResults {
  readonly taken: number | undefined;
  readonly firstStacked: number;
}

export function resultsOf(loop: Pick<Loop, "carried" | "steps" | "stop">): LoopResults {
  const dynamic = loop.steps !== undefined || loop.stop !== undefined;
  const carried = loop.carried.length;
  return { taken: dynamic ? carried : undefined, firstStacked: carried + (dynamic ? 1 : 0) };
}

export function loopOf(node: Node): Loop {
  const body = regionAttribute(node, "body");
  const [carried, sequences] = [intAttribute(node, "carried"), intAttribute(node, "sequences")];
  const [stops, counted] = [boolAttribute(node, "stops"), boolAttribute(node, "counted")];
  const values = counted ? node.inputs.slice(1) : node.inputs;
  const bindings = body.parameters.map((parameter, i): Binding => ({ value: values[i]!, parameter }));
  return {
    length: dimsAttribute(node, "length")[0],
    steps: counted ? node.inputs[0]! : undefined,
    reverse: boolAttribute(node, "reverse"),
    residuals: enumAttribute(node, "residuals"),
    carried: bindings.slice(0, carried).map((binding, i) => ({ ...binding, next: body.results[i]! })),
    sequences: bindings.slice(carried, carried + sequences),
    captures: bindings.slice(carried + sequences),
    stop: stops ? body.results[carried]! : undefined,
    stacked: body.results.slice(carried + (stops ? 1 : 0)),
  };
}

/** The scan node; parameters of the body are made anew. */
export function makeLoop(b: LocatedBuilder, loop: Loop): Node {
  const { length, steps, reverse, residuals, carried, sequences, captures, stop, stacked } = loop;
  const bindings: readonly Binding[] = [...carried, ...sequences, ...captures];
  const names = [...carried.map((_, i) => `carry${i}`), ...sequences.map((_, i) => `x${i}`), ...captures.map((_, i) => `capture${i}`)];
  const parameters = bindings.map(({ parameter }, i) => b.parameter(i, names[i]!, parameter.type));
  const results = mapNodes([...carried.map(({ next }) => next), ...(stop === undefined ? [] : [stop]), ...stacked], withInputs,
    bindings.map(({ parameter }, i) => [parameter, parameters[i]!]));
  return b.make(scan.name, [...(steps === undefined ? [] : [steps]), ...bindings.map(({ value }) => value)], {
    body: { name: "body", parameters, results }, carried: carried.length, sequences: sequences.length,
    length: length === undefined ? [] : [length], reverse, stops: stop !== undefined, counted: steps !== undefined, residuals,
  });
}
