// Steps closed under exact arithmetic on small integers held as f32.

import type { Node } from "../../ir/node.ts";
import { contraction, fitting } from "./combine-steps.ts";
import type { BoundedNode, Step, StepContext } from "./step.ts";
import { shapeSteps } from "./shape-steps.ts";

/** Integers up to 2^24 are exact in f32; sums and products of what stays below this are kept there by `tame`. */
const exactBound = 2 ** 11;

function tame({ b }: StepContext, value: BoundedNode): BoundedNode {
  if (value.bound <= exactBound) return value;
  if (value.bound > 2 ** 24) return { node: b.unary("sign", value.node), bound: 1 };
  const eight = b.fullLike(value.node, 8);
  return { node: b.binary("min", b.binary("max", value.node, b.neg(eight)), eight), bound: 8 };
}

function unary(op: string, bound: (x: number) => number): Step {
  return (context, x) => tame(context, { node: context.b.unary(op, x.node), bound: bound(x.bound) });
}

function binary(op: string, bound: (x: number, y: number) => number): Step {
  return (context, x) => {
    const y = fitting(context, x.node.type.shape);
    return exact(context, bound(x.bound, y.bound), () => context.b.binary(op, x.node, y.node));
  };
}

/** The node if its values stay exact. */
function exact(context: StepContext, bound: number, make: () => Node): BoundedNode | undefined {
  return bound > 2 ** 24 ? undefined : tame(context, { node: make(), bound });
}

function comparison(op: string): Step {
  return (context, x) => {
    const y = fitting(context, x.node.type.shape);
    const z = fitting(context, x.node.type.shape);
    const condition = context.b.binary(op, x.node, y.node);
    return { node: context.b.select(condition, x.node, z.node), bound: Math.max(x.bound, z.bound) };
  };
}

function reduction(op: string, adds: boolean): Step {
  return (context, x) => {
    const { shape } = x.node.type;
    if (shape.length === 0) return undefined;
    const axes = shape.map((_, i) => i).filter(() => context.choices.next(2) === 0);
    if (axes.length === 0) axes.push(context.choices.next(shape.length));
    const elements = context.count(axes.map((axis) => shape[axis]!));
    if (elements === 0 && !adds) return undefined;
    return exact(context, adds ? x.bound * elements : x.bound, () => context.b.make(op, [x.node], { axes }));
  };
}

/** Subtracts a reduction of each row from the row, as softmax and normalisations do. */
const centre: Step = (context, x) => {
  const { b } = context;
  const { shape } = x.node.type;
  if (shape.length === 0) return undefined;
  const most = b.make("reduce_max", [x.node], { axes: [shape.length - 1] });
  return { node: b.sub(x.node, b.broadcast(most, shape, shape.slice(0, -1).map((_, i) => i))), bound: 2 * x.bound };
};

const argmax: Step = ({ b, choices, count }, x) => {
  const { shape } = x.node.type;
  if (shape.length === 0) return undefined;
  const axis = choices.next(shape.length);
  return { node: b.convert(b.make(choices.pick(["argmax", "argmin"]), [x.node], { axis }), "f32"), bound: count([shape[axis]!]) };
};

const cumulative: Step = (context, x) => {
  const { b, choices, count } = context;
  const { shape } = x.node.type;
  if (shape.length === 0) return undefined;
  const axis = choices.next(shape.length);
  const attributes = { axis, reverse: choices.next(2) === 1 };
  if (choices.next(2) === 0) return { node: b.make("cummax", [x.node], attributes), bound: x.bound };
  return exact(context, x.bound * Math.max(1, count([shape[axis]!])), () => b.make("cumsum", [x.node], attributes));
};

/** Through integers and back, with an operation on the way. */
const throughIntegers: Step = ({ b, choices, integers }, x) => {
  const dtype = choices.pick(integers);
  const whole = b.convert(dtype === "u32" ? b.unary("abs", x.node) : x.node, dtype);
  const seven = b.fullLike(whole, dtype === "i64" ? 7n : 7);
  return { node: b.convert(b.binary(choices.pick(["rem", "floor_div", "add"]), whole, seven), "f32"), bound: x.bound + 7 };
};

/** Through bits and back: masks and shifts. */
const throughBits: Step = ({ b, choices, integers }, x) => {
  const dtype = choices.pick(integers);
  const bits = b.convert(b.unary("abs", x.node), dtype);
  const [op, by] = choices.pick([["and", 5], ["shift_right", 1], ["xor", 3]] as const);
  return { node: b.convert(b.binary(op, bits, b.fullLike(bits, dtype === "i64" ? BigInt(by) : by)), "f32"), bound: x.bound + 3 };
};

/** Truth values, combined and reduced along an axis, as a mask of 0 and 1. */
const throughTruth: Step = (context, x) => {
  const { b, choices } = context;
  const { shape } = x.node.type;
  const compare = (op: string) => b.binary(op, x.node, fitting(context, shape).node);
  const both = b.binary(choices.pick(["and", "or", "xor"]), compare("lt"), b.unary("not", compare("ge")));
  const reduced = shape.length > 0 && choices.next(2) === 0 ? b.make(choices.pick(["reduce_any", "reduce_all"]), [both], { axes: [choices.next(shape.length)] }) : both;
  return { node: b.convert(reduced, "f32"), bound: 1 };
};

const scatter: Step = (context, x) => {
  const { b, choices } = context;
  const { shape } = x.node.type;
  const extent = shape[0];
  if (typeof extent !== "number" || extent < 1) return undefined;
  const rows = b.make("iota", [], { dtype: "i32", shape: [4], axis: 0 });
  const index = b.binary("rem", rows, b.full(extent, "i32", [4]));
  const updates = fitting(context, [4, ...shape.slice(1)]);
  const mode = choices.pick(["add", "set", "max"]);
  return exact(context, x.bound + 4 * updates.bound, () => b.make("scatter", [x.node, updates.node, index], { axes: [0], mode, bounds: "check" }));
};

const contract: Step = (context, x) => {
  const result = contraction(context, x);
  return result === undefined || result.bound > 2 ** 24 ? undefined : tame(context, result);
};

export const exactSteps: readonly Step[] = [
  binary("add", (x, y) => x + y),
  binary("sub", (x, y) => x + y),
  binary("mul", (x, y) => x * y),
  binary("max", Math.max),
  binary("min", Math.max),
  unary("neg", (x) => x),
  unary("abs", (x) => x),
  unary("sign", () => 1),
  comparison("gt"),
  comparison("eq"),
  reduction("reduce_sum", true),
  reduction("reduce_max", false),
  reduction("reduce_min", false),
  centre,
  argmax,
  cumulative,
  throughIntegers,
  throughBits,
  throughTruth,
  scatter,
  contract,
  contract,
  ...shapeSteps,
];
