// What special functions are made of: operands brought to f64, in which all of them compute (f32 results are rounded once at the
// end), polynomials, and values with derivatives that are given.

import type { Node } from "../../ir/node.ts";
import * as e from "../ops/elementwise.ts";
import { meetOperands, type Operand } from "../ops/operand.ts";
import { convert, fullLike, make } from "../ops/primitive.ts";
import { floatOf } from "../promote.ts";

/** A function of f64 nodes of one shape as an operator: operands broadcast, integers are f32. */
export function inF64<Operands extends readonly Operand[]>(op: string, f: (...xs: readonly Node[]) => Node): (...operands: Operands) => Node {
  return (...operands) => {
    const nodes = meetOperands(op, operands, floatOf);
    return convert(f(...nodes.map((node) => convert(node, "f64"))), nodes[0]!.type.dtype);
  };
}

/** coefficients[0] + coefficients[1] x + ..., by Horner's rule. */
export function polynomial(coefficients: readonly (number | Node)[], x: Node): Node {
  const last = coefficients[coefficients.length - 1]!;
  const start = typeof last === "number" ? fullLike(x, last) : last;
  return coefficients.slice(0, -1).reduceRight<Node>((sum, coefficient) => e.add(e.mul(sum, x), coefficient), start);
}

/** max(x, low), whose derivative at low is 1: what is chosen from there on needs all of it, where `maximum` gives half. */
export function atLeast(x: Node, low: number): Node {
  return e.select(e.lt(x, low), low, x);
}

export type Partial = readonly [x: Node, derivative: Node];

/** The value with these derivatives instead of those of what computes it. */
export function withPartials(value: Node, ...partials: readonly [Partial, ...Partial[]]): Node {
  const [[x, derivative], ...others] = partials;
  const first = make("attach_derivative", [make("stop_gradient", [value]), x, derivative]);
  // Adding -0 changes no value.
  return others.reduce<Node>((sum, [y, slope]) => e.add(sum, make("attach_derivative", [fullLike(y, -0), y, slope])), first);
}

/** How often a function whose derivative needs another such function can be differentiated. */
const orders = 3;

/** A function of f64 by its value and its derivative, in which functions are of one order less. */
export type Smooth = (x: Node, order?: number) => Node;

export function smooth(name: string, value: (x: Node) => Node, derivative: (x: Node, order: number) => Node): Smooth {
  return (x, order = orders) => {
    if (order > 0) return withPartials(value(x), [x, derivative(x, order - 1)]);
    return value(make("refuse_gradient", [x], { by: name, reason: `it has derivatives of up to order ${orders}` }));
  };
}
