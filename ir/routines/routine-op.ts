// An op that calls a routine, from what is its own: the batch, failures and the evaluator are the same for all.

import { userError } from "../errors.ts";
import type { Attributes, Node } from "../node.ts";
import type { AttributeKind, Gradient, GraphBuilder, OpDefinition } from "../op.ts";
import { batchShape, type Routine } from "../routine.ts";
import { shapeEquals, showShape, type TensorType } from "../types.ts";
import { evaluateRoutine } from "./evaluate-routine.ts";

export interface RoutineOp<Name extends string> {
  readonly name: Name;
  /** Beside `on_error`, which an op has whose routine gives codes. None may name an axis from the front: a batch may come before. */
  readonly attributes: { readonly [name: string]: AttributeKind };
  /** Shape and dtype rule of one element. */
  infer(operands: readonly TensorType[], attributes: Attributes): readonly TensorType[];
  /** Of the kind `several` where there are several results. */
  readonly gradient: Gradient;
  readonly routine: Routine;
  /** Its results in terms of other ops, for targets without routines; undefined: they refuse it. */
  build?(b: GraphBuilder, node: Node): readonly Node[];
  /** What its failures are found by before the call: one condition for each. `perform` gives the codes all the same; the routine itself is not called. */
  conditions?(b: GraphBuilder, node: Node): readonly Node[];
}

export function routineOp<const Name extends string>({ name, attributes, infer, gradient, routine, build, conditions }: RoutineOp<Name>): OpDefinition<Name> {
  const inferAll = (operands: readonly TensorType[], given: Attributes): readonly TensorType[] => {
    const batch = requireBatch(name, routine, operands);
    const elements = operands.map(({ dtype, shape }, i) => ({ dtype, shape: shape.slice(shape.length - routine.operandRanks[i]!) }));
    return infer(elements, given).map(({ dtype, shape }) => ({ dtype, shape: [...batch, ...shape] }));
  };
  const single = routine.resultRanks.length === 1;
  return {
    name, arity: routine.operandRanks.length, gradient,
    attributes: routine.failures.length === 0 || conditions !== undefined ? attributes : { ...attributes, on_error: ["error", "nan"] },
    infer(operands, given) {
      const types = inferAll(operands, given);
      return single ? types[0]! : types;
    },
    evaluate(operands, context) {
      const results = evaluateRoutine(name, routine, operands, inferAll(operands, context.attributes), context.attributes);
      return single ? results[0]! : results;
    },
    lower: { kind: "routine", routine, ...(build === undefined ? {} : { build }), ...(conditions === undefined ? {} : { conditions }) },
  };
}

/** The batch of the operands. E203 for an operand with too few axes, or with another batch. */
function requireBatch(op: string, routine: Routine, operands: readonly TensorType[]): TensorType["shape"] {
  const batch = batchShape(routine, operands);
  operands.forEach(({ shape }, i) => {
    const rank = routine.operandRanks[i]!;
    if (shape.length < rank) throw userError("E203", { op, message: `operand ${i} has the shape ${showShape(shape)} and needs at least ${rank} ${rank === 1 ? "axis" : "axes"}` });
    const own = shape.slice(0, shape.length - rank);
    if (own.length > 0 && !shapeEquals(own, batch)) throw userError("E203", { op, message: `the batch ${showShape(own)} of operand ${i} is not ${showShape(batch)}` });
  });
  return batch;
}
