// A substitution that may change types: sizes are replaced, too, and the type of every node is inferred anew. What does not
// fit any more is the error of the operation that it reaches, at its line.

import { createBuilder } from "../../ir/build.ts";
import type { Attribute, Graph, Node } from "../../ir/node.ts";
import { type Dim, namedSize, substituteDims } from "../../ir/size.ts";
import { type Replacements, Substitution } from "../../ir/substitute.ts";
import { opOf } from "../../ir/table.ts";
import { typeEquals } from "../../ir/types.ts";

export class Retyping extends Substitution {
  readonly #sizes: ReadonlyMap<string, Dim>;

  constructor(replacements: Replacements, sizes: ReadonlyMap<string, Dim>) {
    super(replacements);
    this.#sizes = sizes;
  }

  protected override standIn(variable: Node, value: Node): Node {
    const { dtype, shape } = value.type;
    const type = value === variable ? { dtype, shape: shape.map((dim) => this.#size(dim)) } : value.type;
    return typeEquals(type, variable.type) ? variable : createBuilder(variable.location).parameter(0, "variable", type);
  }

  protected override make(node: Node, inputs: readonly Node[], regions: readonly Graph[]): Node {
    const kinds = opOf(node.op).attributes;
    let at = 0;
    const retyped = (name: string, value: Attribute): Attribute =>
      (kinds[name] === "region" ? regions[at++]! : kinds[name] === "dims" ? (value as readonly Dim[]).map((dim) => this.#size(dim)) : value);
    const attributes = Object.fromEntries(Object.keys(kinds).map((name) => [name, retyped(name, node.attributes[name]!)]));
    return createBuilder(node.location).make(node.op, inputs, attributes);
  }

  protected override replacing(replacements: Replacements): Substitution {
    return new Retyping(replacements, this.#sizes);
  }

  #size(dim: Dim): Dim {
    return substituteDims(dim, (name) => this.#sizes.get(name) ?? namedSize(name));
  }
}
