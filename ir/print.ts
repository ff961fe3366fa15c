// The text form of tensor IR: one syntax for all ops. Nodes print in order of ids, attributes in the order of the op's
// schema, so that equal graphs have equal texts and `print(parse(text)) === text`.

import { dataAttribute, numberAttribute, regionAttribute } from "./attributes.ts";
import type { TensorData } from "./data.ts";
import { topologicalOrder } from "./graph.ts";
import type { Attribute, Graph, Node } from "./node.ts";
import type { AttributeKind } from "./op.ts";
import type { Dim } from "./size.ts";
import { showDim } from "./size.ts";
import { opTable } from "./table.ts";
import type { DType, TensorType } from "./types.ts";
import { showType } from "./types.ts";

export interface PrintOptions {
  /** Adds `// at model.ts:12` where a node knows the user's line. */
  readonly locations?: boolean;
  /** Shortens constants to this many elements; such a text is for reading and does not parse. */
  readonly maxElements?: number;
}

export const bareName = /^[A-Za-z_][A-Za-z0-9_.]*$/;

function showName(name: string): string {
  return bareName.test(name) ? name : JSON.stringify(name);
}

/** The shortest decimal that reads back as the same value of the dtype. */
export function showNumber(value: number | bigint, dtype: DType): string {
  if (typeof value === "bigint") return String(value);
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
  if (Object.is(value, -0)) return "-0";
  if (dtype !== "f32" || Number.isInteger(value) || Math.fround(value) !== value) return String(value);
  for (let precision = 1; precision < 9; precision++) {
    const short = Number(value.toPrecision(precision));
    if (Math.fround(short) === value) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}

function showData(tensor: TensorData, maxElements: number): string {
  const shown: string[] = [];
  for (const value of tensor.data.subarray(0, maxElements)) shown.push(showNumber(value, tensor.dtype));
  if (tensor.data.length > maxElements) shown.push(`... ${tensor.data.length} elements`);
  return `${tensor.dtype}[${tensor.shape.join(",")}](${shown.join(",")})`;
}

class Printer {
  readonly lines: string[] = [];
  /** The line of each node, to find it in the text. */
  readonly lineOf = new Map<Node, number>();
  readonly #options: PrintOptions;

  constructor(options: PrintOptions) {
    this.#options = options;
  }

  /** Adds the graph's text: its first line continues `opening`, its last is left for the caller to continue. */
  graph(graph: Graph, indent: string, opening: string): string {
    const names = new Map<Node, string>();
    for (const parameter of graph.parameters) names.set(parameter, `%${showName(String(parameter.attributes["name"]))}`);
    const parameters = graph.parameters.map((node) => `${names.get(node)}: ${showType(node.type)}`).join(", ");
    const types = graph.results.map((node) => showType(node.type)).join(", ");
    graph.parameters.forEach((parameter) => this.lineOf.set(parameter, this.lines.length));
    this.lines.push(`${opening}func @${showName(graph.name)}(${parameters}) -> (${types}) {`);
    let count = 0;
    for (const node of topologicalOrder(graph)) {
      if (names.has(node)) continue;
      names.set(node, `%${count++}`);
      this.#node(node, names, `${indent}  `);
    }
    this.lines.push(`${indent}  return ${graph.results.map((node) => names.get(node)).join(", ")}`.trimEnd());
    return `${indent}}`;
  }

  #node(node: Node, names: ReadonlyMap<Node, string>, indent: string): void {
    const inputs = node.inputs.map((input) => names.get(input)).join(", ");
    this.lineOf.set(node, this.lines.length);
    let line = `${indent}${names.get(node)}: ${showResults(node.results)} = ${node.op}(${inputs})`;
    const kinds = opTable.get(node.op)?.attributes ?? {};
    const attributes = Object.keys(kinds).filter((name) => node.attributes[name] !== undefined);
    attributes.forEach((name, i) => {
      line += `${i === 0 ? " {" : ", "}${name}=`;
      line = kinds[name] === "region" ? this.graph(regionAttribute(node, name), indent, line) : line + this.#attribute(node, name, kinds[name]!);
    });
    if (attributes.length > 0) line += "}";
    const at = this.#options.locations === true ? node.location?.describe() : undefined;
    this.lines.push(at === undefined ? line : `${line} // at ${at}`);
  }

  #attribute(node: Node, name: string, kind: AttributeKind): string {
    const value: Attribute = node.attributes[name]!;
    if (kind === "data") return showData(dataAttribute(node, name), this.#options.maxElements ?? Number.POSITIVE_INFINITY);
    if (kind === "string") return JSON.stringify(value);
    if (kind === "number") return showNumber(numberAttribute(node, name), node.type.dtype);
    if (Array.isArray(value)) return `[${value.map((item) => showDim(item as Dim)).join(",")}]`;
    return String(value);
  }
}

function showResults(types: readonly TensorType[]): string {
  return types.length === 1 ? showType(types[0]!) : `(${types.map(showType).join(", ")})`;
}

export function printGraph(graph: Graph, options: PrintOptions = {}): string {
  const printer = new Printer(options);
  printer.lines.push(printer.graph(graph, "", ""));
  return `${printer.lines.join("\n")}\n`;
}

/** A few lines of the graph's text around a node, which is marked; for messages about faults. */
export function printAround(graph: Graph, node: Node, radius = 5): string {
  const printer = new Printer({ locations: true, maxElements: 8 });
  printer.lines.push(printer.graph(graph, "", ""));
  const at = printer.lineOf.get(node) ?? 0;
  const from = Math.max(0, at - radius);
  const shown = printer.lines.slice(from, at + radius + 1).map((line, i) => `${from + i === at ? ">" : " "} ${line}`);
  return shown.join("\n");
}
