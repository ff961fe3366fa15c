// Where a NaN or an infinity comes from: a graph evaluated op by op, with the op remembered of every value that is not finite.

import type { TensorData } from "../../ir/data.ts";
import { type DamoError, userError } from "../../ir/errors.ts";
import { evaluateGraph, type Sizes } from "../../ir/evaluate.ts";
import { regionsOf, topologicalOrder } from "../../ir/graph.ts";
import type { Graph, Node } from "../../ir/node.ts";
import { isFloat } from "../../ir/types.ts";

export interface Counts { readonly nan: number; readonly infinite: number }

const finite: Counts = { nan: 0, infinite: 0 };

/** How many elements are not finite; integers and bools all are. */
export function countNotFinite({ dtype, data }: TensorData): Counts {
  if (!isFloat(dtype)) return finite;
  let [nan, infinite] = [0, 0];
  for (const value of data as Float64Array) {
    if (Number.isFinite(value)) continue;
    if (Number.isNaN(value)) nan++;
    else infinite++;
  }
  return nan + infinite === 0 ? finite : { nan, infinite };
}

/** `2 NaN`, `1 NaN and 3 infinities` among so many elements. */
export function describeCounts({ nan, infinite }: Counts, elements: number): string {
  const parts = [...(nan === 0 ? [] : [`${nan} NaN`]), ...(infinite === 0 ? [] : [`${infinite} ${infinite === 1 ? "infinity" : "infinities"}`])];
  return `${parts.join(" and ")} among ${elements} ${elements === 1 ? "element" : "elements"}`;
}

/** The op that made a NaN or an infinity of operands that had none. */
export interface Origin {
  readonly order: number;
  readonly error: DamoError;
}

export interface Traced {
  readonly results: readonly TensorData[];
  /** Of a result that is not finite: the first op on the way to it; undefined where what is given to the graph is not finite. */
  originOf(result: TensorData): Origin | undefined;
}

/** Evaluates the graph; in loops and branches ops are told apart, too. */
export function traceNotFinite(graph: Graph, inputs: readonly TensorData[], sizes: Sizes): Traced {
  const trace = new Trace(graph);
  const results = evaluateGraph(graph, inputs, sizes, (node, operands, values) => trace.observe(node, operands, values));
  return { results, originOf: (result) => trace.originOf(result) };
}

class Trace {
  readonly #counts = new WeakMap<TensorData, Counts>();
  readonly #origins = new WeakMap<TensorData, Origin>();
  /** The regions whose results a node is among. */
  readonly #regionsOfResult = new Map<Node, Graph[]>();
  /** What first went wrong in a region in the run of the loop or branch that holds it. */
  readonly #inside = new Map<Graph, Origin>();
  #order = 0;

  constructor(graph: Graph) {
    const visit = (region: Graph): void => {
      for (const node of region.results) this.#regionsOfResult.set(node, [...(this.#regionsOfResult.get(node) ?? []), region]);
      enter(region);
    };
    const enter = ({ results }: Graph): void => topologicalOrder({ name: "", parameters: [], results }).forEach((node) => regionsOf(node).forEach(visit));
    enter(graph);
  }

  originOf(value: TensorData): Origin | undefined {
    return this.#origins.get(value);
  }

  observe(node: Node, operands: readonly TensorData[], values: readonly TensorData[]): void {
    if (node.op !== "result") for (const value of values) this.#explain(node, operands, value);
    const origin = this.originOf(values[0]!);
    if (origin === undefined) return;
    for (const region of this.#regionsOfResult.get(node) ?? []) if (!this.#inside.has(region)) this.#inside.set(region, origin);
  }

  #countsOf(value: TensorData): Counts {
    let counts = this.#counts.get(value);
    if (counts === undefined) this.#counts.set(value, counts = countNotFinite(value));
    return counts;
  }

  #explain(node: Node, operands: readonly TensorData[], value: TensorData): void {
    const counts = this.#countsOf(value);
    // What has no operands was written so by the user.
    if (counts === finite || operands.length === 0 || this.#origins.has(value)) return;
    const given = operands.map((operand) => this.#countsOf(operand));
    const isNew = counts.nan > 0 ? given.every(({ nan }) => nan === 0) : given.every((other) => other === finite);
    const candidates = operands.flatMap((operand) => this.originOf(operand) ?? []);
    if (isNew) candidates.push(this.#originInside(node) ?? { order: this.#order++, error: this.#describe(node, operands, value) });
    if (candidates.length === 0) return;
    this.#origins.set(value, candidates.reduce((first, other) => (other.order < first.order ? other : first)));
  }

  #originInside(node: Node): Origin | undefined {
    return regionsOf(node).map((region) => this.#inside.get(region)).find((origin) => origin !== undefined);
  }

  #describe(node: Node, operands: readonly TensorData[], value: TensorData): DamoError {
    const ranges = operands.map((operand, i) => this.#describeOperand(node.inputs[i]!, operand));
    return userError("E608", {
      op: node.op, message: `gives ${describeCounts(this.#countsOf(value), value.data.length)} of ${ranges.join(" and ")}`, location: node.location,
    });
  }

  #describeOperand({ op, attributes }: Node, operand: TensorData): string {
    const { dtype, shape, data } = operand;
    const name = op === "parameter" ? `${String(attributes["name"])} ` : "";
    const counts = this.#countsOf(operand);
    const values = Array.from(data as Float64Array, Number).filter((value) => !Number.isNaN(value));
    const [least, most] = values.reduce(([low, high], x) => [Math.min(low, x), Math.max(high, x)] as const, [Infinity, -Infinity] as const);
    const range = values.length === 0 ? "" : ` in [${shorten(least)}, ${shorten(most)}]`;
    return `${name}${dtype}[${shape.join(",")}]${range}${counts.nan === 0 ? "" : ` with ${counts.nan} NaN`}`;
  }
}

function shorten(value: number): string {
  return String(Number(value.toPrecision(6)));
}
