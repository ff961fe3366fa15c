// A reduction, or a small contraction as one, step by step: its first value, and how an element is combined into it.

import { InternalError } from "../../ir/errors.ts";
import type { ValueId } from "../../ir/kernel/kernel.ts";
import { type CombineOp, identityOf } from "../../ir/kernel/scalar.ts";
import type { Node } from "../../ir/node.ts";
import { opOf } from "../../ir/table.ts";
import { operandMaps } from "./access.ts";
import type { KernelScope } from "./kernel-scope.ts";

type Index = readonly ValueId[];

export interface Reduction {
  readonly node: Node;
  readonly init: ValueId;
  readonly combine: CombineOp;
  /** The value with the element at `outer` and, along the reduced axes, `inner`. */
  step(outer: Index, inner: Index, current: ValueId): ValueId;
}

export function beginReduction(node: Node, scope: KernelScope): Reduction {
  const { lower } = opOf(node.op);
  const { kernel } = scope;
  const { dtype } = node.type;
  const maps = operandMaps(node);
  const operand = (input: number, outer: Index, inner: Index) => {
    const index = [...outer, ...inner];
    return scope.element(node.inputs[input]!, maps[input]!.map((axis) => index[axis]!));
  };
  const begin = (combine: CombineOp, element: (outer: Index, inner: Index) => ValueId): Reduction => ({
    node, combine,
    init: kernel.constant(identityOf(combine, dtype), dtype),
    step: (outer, inner, current) => kernel.op(combine, current, element(outer, inner)),
  });
  if (lower.kind === "contraction") return begin("add", (outer, inner) => kernel.mul(operand(0, outer, inner), operand(1, outer, inner)));
  if (lower.kind === "reduction") return begin(lower.combine, (outer, inner) => operand(0, outer, inner));
  throw new InternalError(`${node.op} is no reduction`);
}
