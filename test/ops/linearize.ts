// Gradients of single nodes straight from the op table: what differentiation is made of, without the pass.

import type { Node } from "../../ir/node.ts";
import type { Differential, GraphBuilder } from "../../ir/op.ts";
import { opOf } from "../../ir/table.ts";

/** The cotangent of each input; undefined where it is zero. */
export function vjpOf(b: GraphBuilder, node: Node, cotangent: Node): readonly Differential[] {
  const { gradient } = opOf(node.op);
  switch (gradient.kind) {
    case "linear": {
      const { inputs } = gradient;
      return node.inputs.map((_, i) => (inputs === "all" || inputs.includes(i) ? gradient.transpose(b, node, cotangent, i) : undefined));
    }
    case "multilinear":
      return node.inputs.map((_, i) => (gradient.inputs.includes(i) ? gradient.transpose(b, node, cotangent, i) : undefined));
    case "both":
      return gradient.vjp(b, node, cotangent);
    case "partials":
      return node.inputs.map((_, i) => {
        const partial = gradient.partial(b, node, i);
        return partial && b.mul(cotangent, partial);
      });
    case "zero":
      return node.inputs.map(() => undefined);
    case "none":
      throw new Error(`${node.op}: ${gradient.reason}`);
    case "refused":
      throw new Error(`${node.op}: no derivative may be asked for`);
    case "region":
    case "several":
      throw new Error(`${node.op}: the pass differentiates it`);
  }
}

/** The tangent of the result for tangents of the inputs. */
export function jvpOf(b: GraphBuilder, node: Node, tangents: readonly Differential[]): Differential {
  const { gradient } = opOf(node.op);
  const withInput = (i: number, tangent: Node): Node => b.make(node.op, node.inputs.map((x, k) => (k === i ? tangent : x)), node.attributes);
  switch (gradient.kind) {
    case "linear":
      return b.make(node.op, node.inputs.map((x, i) =>
        gradient.inputs === "all" || gradient.inputs.includes(i) ? tangents[i] ?? b.fullLike(x, 0) : x), node.attributes);
    case "multilinear":
      return sumOf(b, gradient.inputs.map((i) => tangents[i] && withInput(i, tangents[i])));
    case "both":
      return gradient.jvp(b, node, tangents);
    case "partials":
      return sumOf(b, node.inputs.map((_, i) => {
        const partial = tangents[i] && gradient.partial(b, node, i);
        return partial && b.mul(tangents[i]!, partial);
      }));
    case "zero":
      return undefined;
    case "none":
      throw new Error(`${node.op}: ${gradient.reason}`);
    case "refused":
      throw new Error(`${node.op}: no derivative may be asked for`);
    case "region":
    case "several":
      throw new Error(`${node.op}: the pass differentiates it`);
  }
}

function sumOf(b: GraphBuilder, terms: readonly Differential[]): Differential {
  return terms.reduce((sum, term) => (sum === undefined ? term : term === undefined ? sum : b.add(sum, term)), undefined);
}
