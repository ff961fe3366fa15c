// Puts values in the place of others, wherever results read them: in expressions, and in what loops, branches, derivatives
// and functions with gradients of their own were cut out of, whose regions are then cut out again. So the gradient of a
// cost in which a value is replaced is the gradient of the new cost. A variable that a region binds (a carried value, what
// a derivative is taken by) stays itself inside. All replacements are made at once: what replaces is not searched.

import { createBuilder } from "./build.ts";
import { InternalError } from "./errors.ts";
import { reachableNodes, withInputs } from "./graph.ts";
import type { Attribute, Attributes, Node } from "./node.ts";
import { type Computation, type Origin, originOf } from "./region.ts";
import { type Dim, namedSize, substituteDims } from "./size.ts";
import { opOf } from "./table.ts";
import { typeEquals } from "./types.ts";

type Sizes = ReadonlyMap<string, Dim>;

/** The results with every target replaced, and sizes, too: types are then inferred anew, and what does not fit is the op's error. */
export function substitute(results: readonly Node[], replacements: Iterable<readonly [target: Node, value: Node]>, sizes: Sizes = new Map()): Node[] {
  return new Substitution(new Map(replacements), sizes).apply(results);
}

class Substitution {
  readonly #replacements: ReadonlyMap<Node, Node>;
  readonly #sizes: Sizes;
  readonly #images: Map<Node, Node>;

  constructor(replacements: ReadonlyMap<Node, Node>, sizes: Sizes) {
    this.#replacements = replacements;
    this.#sizes = sizes;
    this.#images = new Map(replacements);
  }

  apply(results: readonly Node[]): Node[] {
    for (const node of reachableNodes(results, this.#images)) {
      if (!this.#images.has(node)) this.#images.set(node, this.#rebuild(node, node.inputs.map((input) => this.#images.get(input)!)));
    }
    return results.map((node) => this.#images.get(node)!);
  }

  #rebuild(node: Node, inputs: readonly Node[]): Node {
    const origin = originOf(node);
    if (origin !== undefined) return this.#rebuildRegions(node, inputs, origin);
    return node.op === "parameter" ? node : make(node, inputs, this.#withSizes(node));
  }

  #rebuildRegions(node: Node, inputs: readonly Node[], origin: Origin): Node {
    const inner = this.#within(origin.computations.flatMap(({ variables }) => variables));
    const computations = origin.computations.map((computation): Computation => ({
      ...computation, variables: inner.apply(computation.variables), results: inner.apply(computation.results),
    }));
    const isSame = computations.every(({ results }, i) => results.every((result, k) => result === origin.computations[i]!.results[k]));
    if (isSame) return make(node, inputs, this.#withSizes(node));
    const { regions, captures } = origin.extract(computations, (inside) => inner.apply([inside])[0]!);
    const start = firstCapture(node, origin);
    let at = 0;
    const renewed = Object.entries(opOf(node.op).attributes).flatMap(([name, kind]) => (kind === "region" ? [[name, regions[at++]!] as const] : []));
    const operands = [...inputs.slice(0, start), ...captures, ...inputs.slice(start + origin.captures.length)];
    return make(node, operands, { ...this.#withSizes(node), ...Object.fromEntries(renewed) });
  }

  /** Inside a region variables are themselves, or stand-ins if their types change. */
  #within(variables: readonly Node[]): Substitution {
    const outer = this.apply(variables);
    const own = variables.map((variable, i): [Node, Node] => [variable, this.#standIn(variable, outer[i]!)]);
    if (own.every(([, standIn], i) => standIn === outer[i])) return this;
    return new Substitution(new Map([...this.#replacements, ...own]), this.#sizes);
  }

  #standIn(variable: Node, value: Node): Node {
    const { dtype, shape } = value.type;
    const type = value === variable ? { dtype, shape: shape.map((dim) => this.#size(dim)) } : value.type;
    return typeEquals(type, variable.type) ? variable : createBuilder(variable.location).parameter(0, "variable", type);
  }

  #size(dim: Dim): Dim {
    return this.#sizes.size === 0 ? dim : substituteDims(dim, (name) => this.#sizes.get(name) ?? namedSize(name));
  }

  #withSizes(node: Node): Attributes {
    if (this.#sizes.size === 0) return node.attributes;
    const { attributes } = opOf(node.op);
    const replace = (name: string, value: Attribute): Attribute => (attributes[name] === "dims" ? (value as readonly Dim[]).map((dim) => this.#size(dim)) : value);
    return Object.fromEntries(Object.entries(node.attributes).map(([name, value]) => [name, replace(name, value)]));
  }
}

function make(node: Node, inputs: readonly Node[], attributes: Attributes): Node {
  return attributes === node.attributes ? withInputs(node, inputs) : createBuilder(node.location).make(node.op, inputs, attributes);
}

/** Captures are the last inputs, but of derivatives, where cotangents or tangents follow. */
function firstCapture(node: Node, { computations, captures }: Origin): number {
  const isDerivative = node.op === "vjp" || node.op === "jvp";
  const start = isDerivative ? computations[0]!.variables.length : node.inputs.length - captures.length;
  if (start < 0) throw new InternalError(`${node.op} does not read the captures of its regions`);
  return start;
}
