// Gradients of scatter, by mode; right also where several updates meet in one place:
// set: the last update of a place gets the cotangent; add: all do; mul: each gets the product of the others, also
// where some are 0; max and min: those that equal the result share equally, the operand's element among them.

import { enumAttribute } from "../attributes.ts";
import type { Node } from "../node.ts";
import type { Differential, Gradient, GraphBuilder } from "../op.ts";
import { productOfDims } from "../size.ts";

export type ScatterMode = "set" | "add" | "mul" | "max" | "min";

/** The node's places, to read from and to write to. */
interface Places {
  read(from: Node): Node;
  write(mode: ScatterMode, to: Node, updates: Node): Node;
}

function placesOf(b: GraphBuilder, node: Node): Places {
  const [, , ...indices] = node.inputs;
  const { axes, bounds } = node.attributes;
  return {
    read: (from) => b.make("gather", [from, ...indices], { axes: axes!, bounds: bounds === "drop" ? "fill" : bounds! }),
    write: (mode, to, updates) => b.make("scatter", [to, updates, ...indices], { axes: axes!, mode, bounds: bounds! }),
  };
}

interface Rule {
  vjp(b: GraphBuilder, node: Node, cotangent: Node): readonly Differential[];
  jvp(b: GraphBuilder, node: Node, operand: Node, updates: Node): Node;
}

const set: Rule = {
  vjp(b, node, cotangent) {
    const [, updates] = node.inputs;
    const places = placesOf(b, node);
    return [
      places.write("set", cotangent, b.fullLike(updates!, 0)),
      b.select(lastWriters(b, node, places), places.read(cotangent), b.fullLike(updates!, 0)),
    ];
  },
  jvp: (b, node, operand, updates) => placesOf(b, node).write("set", operand, updates),
};

/** Whether an update is the one that stays: the places are set to the updates' row numbers, and read back. */
function lastWriters(b: GraphBuilder, node: Node, places: Places): Node {
  const [operand, updates, index] = node.inputs;
  const { shape } = index!.type;
  const numbers = b.make("iota", [], { dtype: "i32", shape: [productOfDims(shape)], axis: 0 });
  const rows = b.broadcast(b.reshape(numbers, shape), updates!.type.shape, shape.map((_, axis) => axis));
  const winners = places.write("set", b.full(-1, "i32", operand!.type.shape), rows);
  return b.binary("eq", places.read(winners), rows);
}

const add: Rule = {
  vjp: (b, node, cotangent) => [cotangent, placesOf(b, node).read(cotangent)],
  jvp: (b, node, operand, updates) => placesOf(b, node).write("add", operand, updates),
};

/** d result / d operand, and for each update d result / d update. */
function productFactors(b: GraphBuilder, node: Node): readonly [Node, Node] {
  const [operand, updates] = node.inputs;
  const places = placesOf(b, node);
  const one = b.fullLike(updates!, 1);
  const zero = b.fullLike(updates!, 0);
  const isZero = b.binary("eq", updates!, zero);
  const nonzero = b.select(isZero, one, updates!);
  const zeros = places.read(places.write("add", b.fullLike(operand!, 0), b.select(isZero, one, zero)));
  const others = b.div(places.read(places.write("mul", operand!, nonzero)), nonzero);
  const otherZeros = b.sub(zeros, b.select(isZero, one, zero));
  return [
    places.write("mul", b.fullLike(operand!, 1), updates!),
    b.select(b.binary("gt", otherZeros, zero), zero, others),
  ];
}

const mul: Rule = {
  vjp(b, node, cotangent) {
    const [ofOperand, ofUpdates] = productFactors(b, node);
    return [b.mul(cotangent, ofOperand), b.mul(placesOf(b, node).read(cotangent), ofUpdates)];
  },
  jvp(b, node, operand, updates) {
    const [ofOperand, ofUpdates] = productFactors(b, node);
    return placesOf(b, node).write("add", b.mul(operand, ofOperand), b.mul(updates, ofUpdates));
  },
};

/** 1 where the operand or an update equals the result, and how many do at each place. */
function extremumTies(b: GraphBuilder, node: Node): { readonly operand: Node; readonly updates: Node; readonly count: Node } {
  const [operand, updates] = node.inputs;
  const places = placesOf(b, node);
  const own = b.convert(b.binary("eq", operand!, node), node.type.dtype);
  const theirs = b.convert(b.binary("eq", updates!, places.read(node)), node.type.dtype);
  return { operand: own, updates: theirs, count: places.write("add", own, theirs) };
}

const extremum: Rule = {
  vjp(b, node, cotangent) {
    const ties = extremumTies(b, node);
    const share = b.div(cotangent, ties.count);
    return [b.mul(share, ties.operand), b.mul(placesOf(b, node).read(share), ties.updates)];
  },
  jvp(b, node, operand, updates) {
    const ties = extremumTies(b, node);
    const sum = placesOf(b, node).write("add", b.mul(operand, ties.operand), b.mul(updates, ties.updates));
    return b.div(sum, ties.count);
  },
};

const rules: { readonly [M in ScatterMode]: Rule } = { set, add, mul, max: extremum, min: extremum };

const ruleOf = (node: Node): Rule => rules[enumAttribute<ScatterMode>(node, "mode")];

export const scatterGradient: Gradient = {
  kind: "both",
  vjp: (b, node, cotangent) => [...ruleOf(node).vjp(b, node, cotangent), ...node.inputs.slice(2).map(() => undefined)],
  jvp(b, node, [operand, updates]) {
    if (operand === undefined && updates === undefined) return undefined;
    const [x, u] = node.inputs;
    return ruleOf(node).jvp(b, node, operand ?? b.fullLike(x!, 0), updates ?? b.fullLike(u!, 0));
  },
};
