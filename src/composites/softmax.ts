// softmax and its logarithm over one axis or several, shifted by the largest element so that nothing overflows.

import type { Node } from "../../ir/node.ts";
import { floatOf } from "../promote.ts";
import * as e from "../ops/elementwise.ts";
import { type Operand, toNode } from "../ops/operand.ts";
import { convert, make } from "../ops/primitive.ts";
import { type AxisArgument, max, sum } from "../ops/reduction.ts";

const keep = { keepDims: true };

function shifted(op: string, x: Operand, axes: AxisArgument): Node {
  const node = toNode(op, x);
  const float = convert(node, floatOf(node.type.dtype));
  // The result does not depend on the shift, so that no gradient need pass through it.
  return e.sub(float, make("stop_gradient", [max(float, axes, keep)]));
}

/** exp(x) / sum(exp(x)). */
export function softmax(x: Operand, axes: AxisArgument = -1): Node {
  const powers = e.exp(shifted("softmax", x, axes));
  return e.div(powers, sum(powers, axes, keep));
}

/** x - log(sum(exp(x))). */
export function logSoftmax(x: Operand, axes: AxisArgument = -1): Node {
  const logits = shifted("logSoftmax", x, axes);
  return e.sub(logits, e.log(sum(e.exp(logits), axes, keep)));
}
