// Broken versions of gradient entries: each differs from the true one in one place.
import type { Node } from "../../ir/node.ts";
import type { Differential, Gradient, GraphBuilder, OpDefinition } from "../../ir/op.ts";

export interface Mutant {
  readonly what: string;
  readonly gradient: Gradient;
}

type Damage = (b: GraphBuilder, value: Differential) => Differential;

const damages: { readonly [what: string]: Damage } = {
  negated: (b, value) => value && b.neg(value),
  doubled: (b, value) => value && b.add(value, value),
  "left out": () => undefined,
};

/** Mutants of the entry; `inputs` is the number of operands of the samples. */
export function mutantsOf({ gradient }: OpDefinition, inputs: number): Mutant[] {
  const all = Array.from({ length: inputs }, (_, i) => i);
  return Object.entries(damages).flatMap(([what, damage]) => all.flatMap((damaged): Mutant[] => {
    const at = (i: number, b: GraphBuilder, value: Differential): Differential => (i === damaged ? damage(b, value) : value);
    const place = `${what} at operand ${damaged}`;
    switch (gradient.kind) {
      case "partials":
        return [{ what: place, gradient: { kind: "partials", partial: (b, node, i) => at(i, b, gradient.partial(b, node, i)) } }];
      case "linear":
      case "multilinear": {
        if (gradient.inputs !== "all" && !gradient.inputs.includes(damaged)) return [];
        const transpose = (b: GraphBuilder, node: Node, cotangent: Node, i: number): Differential =>
          at(i, b, gradient.transpose(b, node, cotangent, i));
        return [{ what: place, gradient: { ...gradient, transpose } }];
      }
      case "both": {
        const reverse: Gradient = { ...gradient, vjp: (b: GraphBuilder, node: Node, cotangent: Node) => gradient.vjp(b, node, cotangent).map((value, i) => at(i, b, value)) };
        const forward: Gradient = {
          ...gradient,
          jvp: (b: GraphBuilder, node: Node, tangents: readonly Differential[]) => gradient.jvp(b, node, tangents.map((tangent, i) => at(i, b, tangent))),
        };
        return [{ what: `vjp ${place}`, gradient: reverse }, { what: `jvp ${place}`, gradient: forward }];
      }
      case "several": {
        const reverse: Gradient = { ...gradient, vjp: (b: GraphBuilder, node: Node, cotangents: readonly Differential[]) => gradient.vjp(b, node, cotangents).map((value, i) => at(i, b, value)) };
        const forward: Gradient = { ...gradient, jvp: (b: GraphBuilder, node: Node, tangents: readonly Differential[]) => gradient.jvp(b, node, tangents.map((tangent, i) => at(i, b, tangent))) };
        return [{ what: `vjp ${place}`, gradient: reverse }, { what: `jvp ${place}`, gradient: forward }];
      }
      default:
        return [];
    }
  }));
}
