// Ops that call the routines of test/fixtures/routines/lines.ts. Their naive versions are written in another way.

import type { TypedArray } from "../../ir/data.ts";
import { userError } from "../../ir/errors.ts";
import type { Differential, GraphBuilder } from "../../ir/op.ts";
import type { Node } from "../../ir/node.ts";
import { routineOp } from "../../ir/routines/routine-op.ts";
import { mulDims } from "../../ir/size.ts";
import { registerOp } from "../../ir/table.ts";
import { isFloat, itemSize, type TensorType } from "../../ir/types.ts";
import { compileFixture } from "./objects.ts";

const object = await compileFixture("lines.ts");

const floats = (op: string, { dtype }: TensorType): void => {
  if (!isFloat(dtype)) throw userError("E202", { op, message: `does not take ${dtype}` });
};

/** Square roots along the last axis; a number above `limit` is a failure, too. */
export const roots = registerOp(routineOp({
  name: "test_roots",
  attributes: { limit: "int" },
  infer([line]) {
    floats("test_roots", line!);
    return [line!];
  },
  gradient: { kind: "partials", partial: (b, node) => b.div(b.fullLike(node, 0.5), node) },
  routine: {
    object, symbol: ({ operands }) => `roots_${operands[0]!.dtype}`, operandRanks: [1], resultRanks: [1],
    sizes: ({ operands, attributes }) => [operands[0]!.shape[0]!, attributes["limit"] as number],
    workspace: () => 0, failures: ["a number is negative", "a number is too large"], inPlace: [[0, 0]],
    operations: ({ operands }) => mulDims(20, operands[0]!.shape[0]!),
    perform([x], [y], [, limit]) {
      (y as Float64Array).set((x as Float64Array).map(Math.sqrt));
      return x!.some((value: number | bigint) => value < 0) ? 1 : x!.some((value: number | bigint) => value > limit!) ? 2 : 0;
    },
  },
}));

/** Differentials of what is moved along the last axis by `order`. */
function moved(b: GraphBuilder, order: Node, values: Node, isBack: boolean): Node {
  const rank = order.type.shape.length;
  const indices = order.type.shape.map((_, axis) => (axis === rank - 1 ? order : b.make("iota", [], { dtype: "i32", shape: order.type.shape, axis })));
  const axes = order.type.shape.map((_, axis) => axis);
  return isBack ? b.make("scatter", [b.fullLike(values, 0), values, ...indices], { axes, mode: "add", bounds: "check" }) : b.make("gather", [values, ...indices], { axes, bounds: "check" });
}

/** The last axis in order, and where each element was. */
export const order = registerOp(routineOp({
  name: "test_order",
  attributes: {},
  infer([line]) {
    floats("test_order", line!);
    return [line!, { dtype: "i32", shape: line!.shape }];
  },
  gradient: {
    kind: "several",
    vjp: (b, node, [sorted]): readonly Differential[] => [sorted && moved(b, b.result(node, 1), sorted, true)],
    jvp: (b, node, [x]): readonly Differential[] => [x && moved(b, b.result(node, 1), x, false), undefined],
  },
  routine: {
    object, symbol: ({ operands }) => `order_${operands[0]!.dtype}`, operandRanks: [1], resultRanks: [1, 1],
    sizes: ({ operands }) => [operands[0]!.shape[0]!], workspace: ({ operands }) => mulDims(itemSize[operands[0]!.dtype], operands[0]!.shape[0]!),
    failures: [], operations: ({ operands }) => mulDims(operands[0]!.shape[0]!, operands[0]!.shape[0]!),
    perform([x], [sorted, places]) {
      const indices = [...x!.keys()].sort((a, b) => Number(x![a]) - Number(x![b]));
      indices.forEach((from, to) => {
        (sorted as TypedArray)[to] = x![from]!;
        places![to] = from;
      });
      return 0;
    },
  },
}));

/** A line times another, which elements may share, times the count of even numbers up to its length. */
export const scale = registerOp(routineOp({
  name: "test_scale",
  attributes: {},
  infer: ([line]) => [line!],
  gradient: {
    kind: "multilinear", inputs: [0],
    transpose: (b, node, cotangent) => b.make("test_scale", [cotangent, node.inputs[1]!]),
  },
  routine: {
    object, symbol: () => "scale_f64", operandRanks: [1, 1], resultRanks: [1], sizes: ({ operands }) => [operands[0]!.shape[0]!],
    workspace: () => 0, failures: [], operations: ({ operands }) => operands[0]!.shape[0]!,
    perform([x, by], [y], [n]) {
      x!.forEach((value: number | bigint, i: number) => (y![i] = Math.floor((n! + 1) / 2) * (Number(value) * Number(by![i]))));
      return 0;
    },
  },
}));
