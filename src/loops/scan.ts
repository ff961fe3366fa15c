// scan: the loop of the language. `scan(f, init, xs)` carries values from step to step and stacks what each step gives.

import { userError } from "../../ir/errors.ts";
import { located } from "../location.ts";
import { toOperand } from "../ops/operand.ts";
import { valueFor } from "../replacement.ts";
import { closeBody, standIns } from "./body.ts";
import { type GradientOptions, lengthOf, runScan, withLength } from "./run-scan.ts";
import { theanoScan } from "./theano-scan.ts";
import type { ScanTheano } from "./theano-types.ts";
import { buildTensors, flatten, flattenLike } from "./tree.ts";
import type { Lead, Like, Slices, Stacks, Traced, Tree } from "./types.ts";

export interface ScanOptions extends GradientOptions {
  /** The number of steps; needed where there is no sequence. */
  readonly length?: number | string;
  /** From the last slice to the first. */
  readonly reverse?: boolean;
}

/**
 * Calls `f` for each step with the carried value and a slice of `xs` (along the first axis); it gives the next carried value
 * and what is stacked. Gives the last carried value and the stacks. All are tensors, or lists and records of them.
 * E211 where `f` does not keep a carried value's type. With one argument it is Theano's scan.
 */
export const scan = ((...args: readonly unknown[]) =>
  (args.length === 1 ? theanoScan(args[0] as Parameters<typeof theanoScan>[0]) : buildScan(...(args as Parameters<typeof buildScan>)))) as unknown as Scan;

interface Scan extends ScanTheano {
  <const C extends Tree, const X extends Tree | null | undefined, const Y>(
    f: (carry: Traced<C>, x: Slices<X>) => readonly [carry: Like<C>, y: Y], init: C, xs: X, options?: ScanOptions,
  ): [carry: Traced<C>, ys: Stacks<Y, Lead<X>>];
}

function buildScan(f: (carry: unknown, x: unknown) => unknown, init: unknown, xs: unknown, options: ScanOptions = {}): unknown {
  const { initTree, xsTree, start, sequences, length, carried, slices } = located(() => {
    const [carryTree, sequenceTree] = [flatten("scan", init), flatten("scan", xs)];
    const begin = carryTree.leaves.map((leaf) => toOperand("scan", leaf));
    const given = sequenceTree.leaves.map((leaf) => toOperand("scan", leaf));
    const count = lengthOf("scan", given, options.length);
    const agreed = given.map((sequence) => withLength("scan", sequence, count));
    return {
      initTree: carryTree, xsTree: sequenceTree, start: begin, sequences: agreed, length: count,
      carried: standIns("carry", begin.map(({ type }) => type)),
      slices: standIns("slice", agreed.map(({ type: { dtype, shape } }) => ({ dtype, shape: shape.slice(1) }))),
    };
  });
  const given = f(buildTensors(initTree, carried), buildTensors(xsTree, slices));
  return located(() => {
    if (!Array.isArray(given) || given.length !== 2) throw userError("E209", { op: "scan", message: "the body gives no pair [carry, y]" });
    const next = flattenLike("scan", "the next carried value", given[0], initTree).map((value, i) => valueFor("E211", "scan", `carried value ${i}`, start[i]!, value));
    const ys = flatten("scan", given[1]);
    const body = closeBody("scan", carried, slices, { next, stacked: ys.leaves.map((leaf) => toOperand("scan", leaf)) });
    const { last, stacked } = runScan(body, { init: start, sequences, length, reverse: options.reverse === true }, options);
    return [buildTensors(initTree, last), buildTensors(ys, stacked)];
  });
}
