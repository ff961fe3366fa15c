// The batching rule of every op. Ops of one family share one, and so do all that call routines; another op without a rule is an error of tsc.

import type { OpName } from "../../ir/every-op.ts";
import { cumulativeOps } from "../../ir/ops/cumulative.ts";
import { derivativeOps } from "../../ir/ops/derivatives.ts";
import { elementwiseOps } from "../../ir/ops/elementwise.ts";
import { leafOps } from "../../ir/ops/leaf.ts";
import { reductionOps } from "../../ir/ops/reduction.ts";
import { regionOps } from "../../ir/ops/region.ts";
import { opOf } from "../../ir/table.ts";
import { branch } from "./branch.ts";
import { dotGeneral } from "./contraction.ts";
import { convFilterGradient, convGeneral } from "./convolution.ts";
import { customGradient } from "./custom-gradient.ts";
import { alongAxes, alongAxis, check, elementwise } from "./elementwise.ts";
import { dynamicSlice, dynamicUpdateSlice, gather, scatter } from "./indexing.ts";
import { loop } from "./loop.ts";
import { broadcast, ofShape, pad, slice, transpose } from "./movement.ts";
import { routine } from "./routine.ts";
import type { BatchingRule } from "./rule.ts";
import { overlapAdd, reduceWindow, windows } from "./windows.ts";

/** The rule for each op of a family. */
function forAll<Name extends string>(family: readonly { readonly name: Name }[], rule: BatchingRule): { readonly [N in Name]: BatchingRule } {
  return Object.fromEntries(family.map(({ name }) => [name, rule])) as { [N in Name]: BatchingRule };
}

const withoutOperands: BatchingRule = { kind: "none", reason: "it has no operands" };

export const batchingRules: { readonly [N in OpName]: BatchingRule } = {
  ...forAll(leafOps, withoutOperands),
  iota: withoutOperands,
  size: withoutOperands,
  ...forAll(regionOps, { kind: "none", reason: "derivatives are taken before" }),
  ...forAll(elementwiseOps, elementwise),
  ...forAll(derivativeOps, elementwise),
  check,
  print: elementwise,
  ...forAll(reductionOps, alongAxes),
  argmax: alongAxis,
  argmin: alongAxis,
  ...forAll(cumulativeOps, alongAxis),
  reverse: alongAxes,
  concat: alongAxis,
  broadcast,
  reshape: ofShape,
  assume: ofShape,
  transpose,
  slice,
  pad,
  dynamic_slice: dynamicSlice,
  dynamic_update_slice: dynamicUpdateSlice,
  gather,
  scatter,
  dot_general: dotGeneral,
  windows,
  overlap_add: overlapAdd,
  reduce_window: reduceWindow,
  conv_general: convGeneral,
  conv_filter_gradient: convFilterGradient,
  scan: loop,
  cond: branch,
  custom_gradient: customGradient,
};

export function batchingRuleOf(op: string): BatchingRule {
  return opOf(op).lower.kind === "routine" ? routine : batchingRules[op as OpName];
}
