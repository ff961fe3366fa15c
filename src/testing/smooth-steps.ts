// Steps without jumps: small errors stay small.

import { contraction, fitting } from "./combine-steps.ts";
import type { BoundedNode, Step, StepContext } from "./step.ts";
import { shapeSteps, windowedMax } from "./shape-steps.ts";

/** Values beyond this are brought back by a tanh, so that conditioning stays mild. */
const mild = 8;

function tame({ b }: StepContext, value: BoundedNode): BoundedNode {
  return value.bound <= mild ? value : { node: b.unary("tanh", b.mul(value.node, b.fullLike(value.node, 1 / value.bound))), bound: 1 };
}

function bounded(op: string, bound: number): Step {
  return ({ b }, x) => ({ node: b.unary(op, x.node), bound });
}

function binary(op: string, bound: (x: number, y: number) => number): Step {
  return (context, x) => {
    const y = fitting(context, x.node.type.shape);
    return tame(context, { node: context.b.binary(op, x.node, y.node), bound: bound(x.bound, y.bound) });
  };
}

/** f(1 + x^2) for functions that want positive arguments away from 0. */
function ofPositive(op: string, bound: (x: number) => number): Step {
  return (context, x) => {
    const { b } = context;
    const positive = b.add(b.mul(x.node, x.node), b.fullLike(x.node, 1));
    return tame(context, { node: b.unary(op, positive), bound: bound(1 + x.bound ** 2) });
  };
}

const quotient: Step = (context, x) => {
  const { b } = context;
  const y = fitting(context, x.node.type.shape);
  return { node: b.div(x.node, b.add(b.mul(y.node, y.node), b.fullLike(y.node, 1))), bound: x.bound };
};

const mean: Step = ({ b, choices, count }, x) => {
  const { shape } = x.node.type;
  if (shape.length === 0) return undefined;
  const axis = choices.next(shape.length);
  const total = b.sum(x.node, [axis]);
  return { node: b.div(total, b.fullLike(total, Math.max(1, count([shape[axis]!])))), bound: x.bound };
};

const softmax: Step = ({ b }, x) => {
  const { shape } = x.node.type;
  if (shape.length === 0) return undefined;
  const rows = shape.slice(0, -1).map((_, i) => i);
  const last = [shape.length - 1];
  const e = b.unary("exp", b.sub(x.node, b.broadcast(b.make("reduce_max", [x.node], { axes: last }), shape, rows)));
  return { node: b.div(e, b.broadcast(b.sum(e, last), shape, rows)), bound: 1 };
};

const contract: Step = (context, x) => {
  const result = contraction(context, x);
  return result === undefined ? undefined : tame(context, result);
};

export const smoothSteps: readonly Step[] = [
  binary("add", (x, y) => x + y),
  binary("sub", (x, y) => x + y),
  binary("mul", (x, y) => x * y),
  bounded("tanh", 1), bounded("sin", 1), bounded("cos", 1), bounded("logistic", 1), bounded("erf", 1), bounded("atan", 2),
  (context, x) => tame(context, { node: context.b.unary("exp", x.node), bound: Math.exp(Math.min(x.bound, 50)) }),
  ofPositive("log", Math.log), ofPositive("sqrt", Math.sqrt), ofPositive("rsqrt", () => 1), ofPositive("log1p", Math.log1p),
  quotient, mean, softmax, contract, contract,
  ...shapeSteps.filter((step) => step !== windowedMax),
];
