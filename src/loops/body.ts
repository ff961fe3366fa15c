// The body of a loop as it is traced: the user's function is called once, with stand-ins for the carried values and slices, and
// what it computes becomes a region. What it reads beside them is captured. The region can then run in several loops.

import { userError } from "../../ir/errors.ts";
import { extractRegion } from "../../ir/region.ts";
import type { Graph, Node } from "../../ir/node.ts";
import { scan } from "../../ir/ops/scan.ts";
import type { Dim } from "../../ir/size.ts";
import type { TensorType } from "../../ir/types.ts";
import { describeTyped } from "../expression.ts";
import { isWeak, toNode, weakNode } from "../ops/operand.ts";
import { make, parameter } from "../ops/primitive.ts";

export interface TracedBody {
  readonly op: string;
  readonly region: Graph;
  readonly carried: number;
  readonly sequences: number;
  readonly stops: boolean;
  readonly captures: readonly Node[];
}

/** Stand-ins for values of these types. */
export function standIns(name: string, types: readonly TensorType[]): Node[] {
  return types.map(({ dtype, shape }, i) => parameter(i, `${name} ${i}`, dtype, shape));
}

/** Whether to stop, a bool scalar. E211 otherwise. */
export function conditionOf(op: string, value: unknown): Node {
  const node = isWeak(value) ? weakNode(op, value, "bool", []) : toNode(op, value);
  if (node.type.dtype === "bool" && node.type.shape.length === 0) return node;
  throw userError("E211", { op, message: `the condition is ${describeTyped(node)}, it must be a bool scalar` });
}

export interface BodyResults {
  readonly next: readonly Node[];
  readonly stacked: readonly Node[];
  readonly stop?: Node | undefined;
}

/** Closes the body over its stand-ins. */
export function closeBody(op: string, carried: readonly Node[], slices: readonly Node[], { next, stacked, stop }: BodyResults): TracedBody {
  const results = [...next, ...(stop === undefined ? [] : [stop]), ...stacked];
  const { region, captures } = extractRegion(results, [...carried, ...slices], "body");
  return { op, region, carried: carried.length, sequences: slices.length, stops: stop !== undefined, captures };
}

export interface LoopRun {
  readonly init: readonly Node[];
  readonly sequences: readonly Node[];
  /** Undefined: until the body stops. */
  readonly length: Dim | undefined;
  readonly steps?: Node | undefined;
  readonly reverse?: boolean;
  readonly residuals?: "store" | "recompute";
}

export interface LoopOutcome {
  readonly last: readonly Node[];
  /** The number of steps taken, where that is not fixed. */
  readonly taken: Node | undefined;
  readonly stacked: readonly Node[];
}

export function runBody(body: TracedBody, { init, sequences, length, steps, reverse = false, residuals = "store" }: LoopRun): LoopOutcome {
  const { region, carried, stops, captures } = body;
  const dynamic = stops || steps !== undefined;
  const node = make(scan.name, [...(steps === undefined ? [] : [steps]), ...init, ...sequences, ...captures], {
    body: region, carried, sequences: sequences.length, length: length === undefined ? [] : [length], reverse, stops, counted: steps !== undefined, residuals,
  });
  const all = node.results.map((_, index) => make("result", [node], { index }));
  return { last: all.slice(0, carried), taken: dynamic ? all[carried] : undefined, stacked: all.slice(carried + (dynamic ? 1 : 0)) };
}
