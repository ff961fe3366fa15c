// Puts values in the place of others, wherever results read them: in expressions, and in what loops, branches, derivatives
// and functions with gradients of their own were cut out of, whose regions are then cut out again. So the gradient of a
// cost in which a value is replaced is the gradient of the new cost. A variable that a region binds (a carried value, what
// a derivative is taken by) stays itself inside. All replacements are made at once: what replaces is not searched.

import { reachableNodes, regionsOf, withRegions } from "./graph.ts";
import type { Graph, Node } from "./node.ts";
import { type Origin, originOf } from "./region.ts";

export type Replacements = Iterable<readonly [target: Node, value: Node]>;

/** The results with every target replaced by a value of its type. */
export function substitute(results: readonly Node[], replacements: Replacements): Node[] {
  return new Substitution(replacements).apply(results);
}

export class Substitution {
  readonly #replacements: Replacements;
  readonly #images: Map<Node, Node>;

  constructor(replacements: Replacements) {
    this.#replacements = replacements;
    this.#images = new Map(replacements);
  }

  apply(results: readonly Node[]): Node[] {
    for (const node of reachableNodes(results, this.#images)) {
      if (!this.#images.has(node)) this.#images.set(node, this.#rebuild(node, this.#imagesOf(node.inputs)));
    }
    return this.#imagesOf(results);
  }

  #imagesOf(nodes: readonly Node[]): Node[] {
    return nodes.map((node) => this.#images.get(node)!);
  }

  #rebuild(node: Node, inputs: readonly Node[]): Node {
    if (node.op === "parameter") return node;
    const origin = originOf(node);
    return origin === undefined ? this.make(node, inputs, regionsOf(node)) : this.#rebuildRegions(node, inputs, origin);
  }

  #rebuildRegions(node: Node, inputs: readonly Node[], origin: Origin): Node {
    const inner = this.#within(origin.computations.flatMap(({ variables }) => variables));
    const computations = origin.computations.map(({ name, variables, results }) => ({ name, variables: inner.apply(variables), results: inner.apply(results) }));
    const isSame = computations.every(({ results }, i) => results.every((result, k) => result === origin.computations[i]!.results[k]));
    if (isSame) return this.make(node, inputs, regionsOf(node));
    const { regions, captures } = origin.extract(computations, (inside) => inner.apply([inside])[0]!);
    // Captures are the last inputs, but of derivatives, where cotangents or tangents follow.
    const isDerivative = node.op === "vjp" || node.op === "jvp";
    const start = isDerivative ? computations[0]!.variables.length : inputs.length - origin.captures.length;
    return this.make(node, inputs.toSpliced(start, origin.captures.length, ...captures), regions);
  }

  /** Inside a region variables are themselves, or what stands in for them. */
  #within(variables: readonly Node[]): Substitution {
    const outer = this.apply(variables);
    const own = variables.map((variable, i): [Node, Node] => [variable, this.standIn(variable, outer[i]!)]);
    return own.every(([, standIn], i) => standIn === outer[i]) ? this : this.replacing([...this.#replacements, ...own]);
  }

  /** The variable of a region whose value outside is `value`. */
  protected standIn(variable: Node, _value: Node): Node {
    return variable;
  }

  /** A node like another. */
  protected make(node: Node, inputs: readonly Node[], regions: readonly Graph[]): Node {
    let at = 0;
    return withRegions(node, inputs, () => regions[at++]!);
  }

  protected replacing(replacements: Replacements): Substitution {
    return new Substitution(replacements);
  }
}
