// A print as a statement: a kernel that computes the record, which runs when the print's turn has come.

import { intAttribute, stringAttribute } from "../../ir/attributes.ts";
import { createBuilder } from "../../ir/build.ts";
import type { ValueId } from "../../ir/kernel/kernel.ts";
import { identityOf } from "../../ir/kernel/scalar.ts";
import type { Node } from "../../ir/node.ts";
import type { BufferId, Launch, Log } from "../../ir/program/program.ts";
import { minDims, productOfDims } from "../../ir/size.ts";
import { KernelScope } from "../schedule/kernel-scope.ts";
import type { SoloContext } from "../schedule/lower-solo.ts";
import type { ProgramParts } from "../schedule/program-parts.ts";

export function lowerPrint(node: Node, parts: ProgramParts, context: SoloContext): Log {
  const value = node.inputs[0]!;
  const { dtype, shape } = value.type;
  const statistics = parts.add({ dtype: "f64", elements: 4, role: { kind: "scratch" } });
  const first = parts.add({ dtype, elements: minDims(intAttribute(node, "values"), productOfDims(shape)), role: { kind: "scratch" } });
  const where = node.location?.describe();
  const print = parts.context.print({ label: stringAttribute(node, "label"), dtype, ...(where === undefined ? {} : { where }) });
  const body = [lowerStatistics(value, statistics, context), lowerFirst(value, first, parts, context)];
  return { kind: "log", print, every: intAttribute(node, "every"), shape, statistics, first, body };
}

/** Writes f64 [NaNs, the least, the largest and the sum of the rest]. */
function lowerStatistics(value: Node, statistics: BufferId, context: SoloContext): Launch {
  const scope = new KernelScope("print_statistics", context.bufferOf);
  const { kernel } = scope;
  const out = scope.parameter(statistics, "f64", "write");
  const f64 = (number: number): ValueId => kernel.constant(number, "f64");
  const none = [f64(0), f64(Number(identityOf("min", "f64"))), f64(Number(identityOf("max", "f64"))), f64(0)];
  const found = scope.nest(value.type.shape, "parallel", none, ["add", "min", "max", "add"], (at, [nans, least, largest, sum]) => {
    const element = kernel.convert(scope.element(value, at), "f64");
    const isNaN = kernel.op("ne", element, element);
    const or = (other: ValueId): ValueId => kernel.select(isNaN, other, element);
    return [
      kernel.add(nans!, kernel.select(isNaN, f64(1), f64(0))),
      kernel.min(least!, or(none[1]!)), kernel.max(largest!, or(none[2]!)), kernel.add(sum!, or(f64(0))),
    ];
  });
  found.forEach((result, i) => kernel.store(out, kernel.i32(i), result));
  return scope.launch(context.optimize);
}

/** Writes the first elements, row by row. */
function lowerFirst(value: Node, first: BufferId, parts: ProgramParts, context: SoloContext): Launch {
  const scope = new KernelScope("print_first", context.bufferOf);
  const { kernel } = scope;
  const { dtype, shape } = value.type;
  const flat = createBuilder(value.location).reshape(value, [productOfDims(shape)]);
  const out = scope.parameter(first, dtype, "write");
  const extent = parts.buffers[first]!.elements;
  scope.nest([extent], "parallel", [], [], ([at]) => {
    kernel.store(out, at!, scope.element(flat, [at!]));
    return [];
  });
  return scope.launch(context.optimize);
}
