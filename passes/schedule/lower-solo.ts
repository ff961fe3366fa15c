// Kernels of values that are no plain loop nest: running combinations, scatters, and plain fills.

import { InternalError } from "../../ir/errors.ts";
import type { Kernel, ValueId } from "../../ir/kernel/kernel.ts";
import { identityOf } from "../../ir/kernel/scalar.ts";
import type { Node } from "../../ir/node.ts";
import type { BufferId, Launch, Statement } from "../../ir/program/program.ts";
import { minDims, productOfDims } from "../../ir/size.ts";
import { opOf } from "../../ir/table.ts";
import { KernelScope } from "./kernel-scope.ts";

export interface SoloContext {
  bufferOf(node: Node): BufferId | undefined;
  optimize(kernel: Kernel): Kernel;
}

export function lowerCumulative(node: Node, target: BufferId, context: SoloContext): Launch {
  const { lower } = opOf(node.op);
  if (lower.kind !== "cumulative") throw new InternalError(`${node.op} is no running combination`);
  const scope = new KernelScope(node.op, (other) => (other === node ? undefined : context.bufferOf(other)));
  const { kernel } = scope;
  const { dtype, shape } = node.type;
  const out = scope.parameter(target, dtype, "write");
  const axis = lower.axis(node);
  const others = shape.map((_, i) => i).filter((i) => i !== axis);
  scope.nest(others.map((i) => shape[i]!), "parallel", [], [], (outer) => {
    scope.nest([shape[axis]!], "serial", [kernel.constant(identityOf(lower.combine, dtype), dtype)], [undefined], (inner, current) => {
      const position = lower.reverse(node) ? kernel.sub(kernel.sub(scope.dim(shape[axis]!), kernel.i32(1)), inner[0]!) : inner[0]!;
      const index: ValueId[] = [];
      others.forEach((i, at) => { index[i] = outer[at]!; });
      index[axis] = position;
      const next = kernel.op(lower.combine, current[0]!, scope.element(node.inputs[0]!, index));
      kernel.store(out, scope.offset(index, shape), next);
      return [next];
    });
    return [];
  });
  return scope.launch(context.optimize);
}

/** A copy of the operand, then the updates one after another, in order. */
export function lowerScatter(node: Node, target: BufferId, context: SoloContext): readonly Statement[] {
  const { lower } = opOf(node.op);
  if (lower.kind !== "scatter") throw new InternalError(`${node.op} is no scatter`);
  const [operand, updates] = [node.inputs[0]!, node.inputs[1]!];
  const scope = new KernelScope(node.op, (other) => (other === node ? undefined : context.bufferOf(other)));
  const { kernel } = scope;
  const out = scope.parameter(target, node.type.dtype, "readwrite");
  const combine = lower.combine(node);
  const indexRank = node.inputs[2]!.type.shape.length;
  const { shape } = updates.type;
  // No place can be written where the operand turns out to be empty. Rows may meet; the elements of one row are distinct.
  const rounds = minDims(1, productOfDims(operand.type.shape));
  scope.nest([rounds, ...shape.slice(0, indexRank)], "serial", [], [], ([, ...row]) => {
    scope.nest(shape.slice(indexRank), "parallel", [], [], (rest) => {
      const index = [...row, ...rest];
      const { index: at, valid } = lower.target(scope.elementBuilder(node), index, node);
      const offset = scope.offset(at, operand.type.shape);
      const update = scope.element(updates, index);
      const old = combine === undefined && valid === undefined ? undefined : kernel.load(out, offset);
      const value = combine === undefined ? update : kernel.op(combine, old!, update);
      kernel.store(out, offset, valid === undefined ? value : kernel.select(valid, value, old!));
      return [];
    });
    return [];
  });
  const copied = context.bufferOf(operand);
  const first: Statement = copied === undefined ? lowerFill(operand, target, context) : { kind: "copy", from: copied, to: target };
  return [first, scope.launch(context.optimize)];
}

/** Computes an inline value into a buffer. */
export function lowerFill(node: Node, target: BufferId, context: SoloContext): Launch {
  const scope = new KernelScope(node.op, context.bufferOf);
  const out = scope.parameter(target, node.type.dtype, "write");
  scope.nest(node.type.shape, "parallel", [], [], (index) => {
    scope.kernel.store(out, scope.offset(index, node.type.shape), scope.element(node, index));
    return [];
  });
  return scope.launch(context.optimize);
}
