// Rewrite rules as data, and their application bottom-up to a fixpoint in time linear in nodes and firings.
//
//   // log(1 + x) => log1p(x)
//   const log1pRule = rule("log1p", op("log", op("add", constant(1), any("x"))), op("log1p", any("x")), {
//     claim: { kind: "reals", domain: { x: [-0.5, 1e30] } },
//     edges: "NaN stays NaN; log(1 + inf) and log1p(inf) are inf",
//   });
//   const after = applyRules(graph, [log1pRule], { fired: context.fired });
//
// `any("x")` twice means the same node; `anyConstant("c")` binds a `full`; `as("s", op(...))` binds an inner node, whose
// attributes `opLike("s", "reduce_sum", any("x"))` copies. Where a template cannot say it, the replacement is
// `computed(["x", "c"], (b, match) => node or undefined)`, which may look at values and types and decline.

import { createBuilder } from "./build.ts";
import { InternalError } from "./errors.ts";
import { topologicalOrder, usersOf, withRegions } from "./graph.ts";
import type { Graph, Node } from "./node.ts";
import type { GraphBuilder } from "./op.ts";
import type { Bindings, Pattern } from "./rewrite-pattern.ts";
import { buildTemplate, countOps, likeNamesIn, lookUp, matchPattern, namesIn } from "./rewrite-pattern.ts";
import { showType, typeEquals } from "./types.ts";

export type { Pattern } from "./rewrite-pattern.ts";
export { any, anyConstant, as, constant, op, opLike, opWith } from "./rewrite-pattern.ts";

/** What a rule promises of its two sides; a property test holds every rule to it. */
export type Claim =
  /** Equal bits on all inputs, NaN payloads aside. */
  | { readonly kind: "bits" }
  /** Equal real functions where each variable lies in its interval (by default everywhere); there the right side is
   *  not less accurate. */
  | { readonly kind: "reals"; readonly domain: { readonly [variable: string]: readonly [number, number] } };

export interface Match {
  readonly root: Node;
  /** The node bound to a name. */
  node(name: string): Node;
  /** The value of a bound constant. */
  value(name: string): number | bigint;
  /** How many operands and results of the graph read the bound node, this match included. */
  readers(name: string): number;
  /** The nodes of the graph that read it, as they were before rules applied. */
  readBy(name: string): readonly Node[];
}

export interface Computed {
  readonly kind: "computed";
  readonly uses: readonly string[];
  build(b: GraphBuilder, match: Match): Node | undefined;
}

/** A replacement built by code from the bound names `uses`; undefined declines the match. */
export function computed(uses: readonly string[], build: (b: GraphBuilder, match: Match) => Node | undefined): Computed {
  return { kind: "computed", uses, build };
}

export interface RuleInfo {
  readonly claim: Claim;
  /** What happens to NaN, ±inf and ±0, in words. */
  readonly edges: string;
  /** A condition on types, values and readers. */
  readonly where?: (match: Match) => boolean;
  /** Why a template may have more ops than its pattern; otherwise that is refused. */
  readonly grows?: string;
  /** Left sides for the property test, for a pattern whose ops need attributes. */
  readonly examples?: readonly ((b: GraphBuilder, parameter: ExampleParameter) => Node)[];
}

export type ExampleParameter = (name: string, dtype: "f32" | "f64" | "i32" | "bool", shape: readonly number[]) => Node;

export interface Rule extends RuleInfo {
  readonly name: string;
  readonly pattern: Pattern & { readonly kind: "op" };
  readonly replacement: Pattern | Computed;
}

/** A rule, refused if its replacement has a variable that the pattern does not bind or more ops than the pattern. */
export function rule(name: string, pattern: Pattern, replacement: Pattern | Computed, info: RuleInfo): Rule {
  if (pattern.kind !== "op") throw new InternalError(`rule ${name}: the root of a pattern is an op`);
  const bound = namesIn(pattern);
  const needed = replacement.kind === "computed" ? replacement.uses : [...namesIn(replacement), ...likeNamesIn(replacement)];
  const unbound = needed.find((variable) => !bound.has(variable));
  if (unbound !== undefined) throw new InternalError(`rule ${name}: "${unbound}" is not bound by the pattern`);
  if (replacement.kind !== "computed" && countOps(replacement) > countOps(pattern) && info.grows === undefined) {
    throw new InternalError(`rule ${name}: the replacement has more ops than the pattern`);
  }
  return { ...info, name, pattern, replacement };
}

export interface RewriteOptions {
  /** Called for every firing, with the node that was replaced. */
  fired?(rule: string, node: Node): void;
}

/** Applies the rules everywhere, regions included, until none matches; the same graph if none ever did. */
export function applyRules(graph: Graph, rules: readonly Rule[], options: RewriteOptions = {}): Graph {
  return new Rewriter(rules, options).graph(graph);
}

function indexByRoot(rules: readonly Rule[]): Map<string, Rule[]> {
  const index = new Map<string, Rule[]>();
  const names = new Set<string>();
  for (const entry of rules) {
    if (names.has(entry.name)) throw new InternalError(`two rules are called ${entry.name}`);
    names.add(entry.name);
    const list = index.get(entry.pattern.op) ?? [];
    list.push(entry);
    index.set(entry.pattern.op, list);
  }
  return index;
}

const settled: readonly Node[] = [];

class Rewriter {
  readonly #rules: ReadonlyMap<string, readonly Rule[]>;
  readonly #options: RewriteOptions;
  readonly #regions = new Map<Graph, Graph>();
  /** The normal form of each node seen; a normal form is its own. */
  readonly #normal = new Map<Node, Node>();
  /** What a node was rewritten to, itself perhaps not yet normal. */
  readonly #rewritten = new Map<Node, Node>();
  readonly #readers = new Map<Node, number>();
  readonly #readBy = new Map<Node, (readonly Node[])[]>();
  #budget = 0;

  constructor(rules: readonly Rule[], options: RewriteOptions) {
    this.#rules = indexByRoot(rules);
    this.#options = options;
  }

  graph(graph: Graph): Graph {
    const users = usersOf(graph);
    const order = topologicalOrder(graph);
    // Rules shrink or stabilise; a graph that keeps changing past this many firings is a cycle of rules.
    this.#budget += 100 + 50 * order.length;
    for (const parameter of graph.parameters) this.#normal.set(parameter, parameter);
    for (const node of order) {
      const normal = this.#normalize(node);
      this.#readers.set(normal, (this.#readers.get(normal) ?? 0) + users.count(node));
      const readBy = this.#readBy.get(normal);
      if (readBy === undefined) this.#readBy.set(normal, [users.of(node)]);
      else readBy.push(users.of(node));
    }
    const results = graph.results.map((node) => this.#normal.get(node)!);
    return results.every((node, i) => node === graph.results[i]) ? graph : { ...graph, results };
  }

  /** Iterative, since a rule may move an op down a long chain. */
  #normalize(start: Node): Node {
    const first = this.#step(start);
    const stack = first === settled ? [] : [start, ...first];
    for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
      const waitsFor = this.#step(node);
      if (waitsFor === settled) stack.pop();
      else stack.push(...waitsFor);
    }
    return this.#normal.get(start)!;
  }

  /** `settled`, or the nodes that must be settled before this one. */
  #step(node: Node): readonly Node[] {
    if (this.#normal.has(node)) return settled;
    const open = node.inputs.filter((input) => !this.#normal.has(input));
    if (open.length > 0) return open;
    let next = this.#rewritten.get(node);
    if (next === undefined) {
      const current = withRegions(node, node.inputs.map((input) => this.#normal.get(input)!), (region) => this.#region(region));
      next = this.#rewrite(current) ?? current;
      this.#rewritten.set(node, next);
      if (next === current) this.#normal.set(current, current);
    }
    const normal = this.#normal.get(next);
    if (normal === undefined) return [next];
    this.#normal.set(node, normal);
    return settled;
  }

  #region(region: Graph): Graph {
    const after = this.#regions.get(region) ?? this.graph(region);
    this.#regions.set(region, after);
    return after;
  }

  #rewrite(node: Node): Node | undefined {
    for (const entry of this.#rules.get(node.op) ?? []) {
      let replacement: Node | undefined;
      matchPattern(entry.pattern, node, (bindings) => {
        replacement = this.#replace(entry, node, bindings);
        return replacement !== undefined;
      });
      if (replacement !== undefined) return this.#checked(entry, node, replacement);
    }
    return undefined;
  }

  #replace(entry: Rule, root: Node, bindings: Bindings | undefined): Node | undefined {
    const match = this.#matchOf(entry, root, bindings);
    if (entry.where?.(match) === false) return undefined;
    const b = createBuilder(root.location);
    const { replacement } = entry;
    const built = replacement.kind === "computed" ? replacement.build(b, match) : buildTemplate(b, replacement, match.node, root.type);
    return built === root ? undefined : built;
  }

  #matchOf(entry: Rule, root: Node, bindings: Bindings | undefined): Match {
    const node = (name: string): Node => {
      const found = lookUp(bindings, name);
      if (found === undefined) throw new InternalError(`rule ${entry.name}: "${name}" is not bound`);
      return found;
    };
    return {
      root,
      node,
      value: (name) => node(name).attributes["value"] as number | bigint,
      readers: (name) => this.#readers.get(node(name)) ?? 1,
      readBy: (name) => this.#readBy.get(node(name))?.flat() ?? [],
    };
  }

  #checked(entry: Rule, node: Node, replacement: Node): Node {
    if (!typeEquals(node.type, replacement.type)) {
      throw new InternalError(`rule ${entry.name} turns ${showType(node.type)} into ${showType(replacement.type)}`);
    }
    if (--this.#budget < 0) throw new InternalError(`rule ${entry.name} and others keep undoing each other`);
    this.#options.fired?.(entry.name, node);
    return replacement;
  }
}
