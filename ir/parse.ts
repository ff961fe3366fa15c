// Parses the text form of tensor IR and verifies what it reads: E801 for text that is not of the form, E802, E803 or the
// shape rule's own code for IR that is not well formed, each with file, line and column.

import { createNode } from "./build.ts";
import { DamoError, userError } from "./errors.ts";
import { reachableNodes } from "./graph.ts";
import type { Attribute, Graph, Node, SourceLocation } from "./node.ts";
import "./every-op.ts";
import type { AttributeKind } from "./op.ts";
import { Cursor } from "./parse-cursor.ts";
import { parseAttribute, parseString, parseType } from "./parse-attribute.ts";
import { opTable } from "./table.ts";
import type { TensorType } from "./types.ts";
import { showType, typeEquals } from "./types.ts";
import { requireSound } from "./verify.ts";

class Parser {
  readonly cursor: Cursor;
  /** Where each node stands in the text. */
  readonly places = new Map<Node, SourceLocation>();

  constructor(text: string, file: string) {
    this.cursor = new Cursor(text, file);
  }

  graph(): Graph {
    const { cursor } = this;
    const values = new Map<string, Node>();
    cursor.expect("func");
    const name = this.#name("@");
    let count = 0;
    const parameters = cursor.list("(", ")", () => this.#parameter(count++, values));
    cursor.expect("->");
    const resultPlace = cursor.place();
    const types = cursor.list("(", ")", () => parseType(cursor));
    cursor.expect("{");
    const statements: Node[] = [];
    while (cursor.peek() === "%") statements.push(this.#statement(values));
    cursor.expect("return");
    const results: Node[] = [];
    if (cursor.peek() === "%") {
      do results.push(this.#read(values));
      while (cursor.skipWord(","));
    }
    cursor.expect("}");
    this.#checkResults(results, types, resultPlace);
    this.#checkUses(statements, results);
    return { name, parameters, results };
  }

  #checkResults(results: readonly Node[], types: readonly TensorType[], location: SourceLocation): void {
    if (results.length === types.length && results.every((node, i) => typeEquals(node.type, types[i]!))) return;
    const returned = results.map((node) => showType(node.type)).join(", ");
    throw userError("E802", { message: `the function returns (${returned}) and declares (${types.map(showType).join(", ")})`, location });
  }

  /** A graph is what its results reach, so a value that nothing uses could not be kept. */
  #checkUses(statements: readonly Node[], results: readonly Node[]): void {
    const used = new Set(reachableNodes(results));
    const unused = statements.find((node) => !used.has(node));
    if (unused !== undefined) throw userError("E802", { message: `the value of this ${unused.op} is never used`, location: this.places.get(unused) });
  }

  /** `%x`, `%0`, `%"any text"` or the same after `@`. */
  #name(sigil: string): string {
    this.cursor.expect(sigil);
    if (this.cursor.peek().startsWith('"')) return parseString(this.cursor);
    return this.cursor.match(/^(?:[A-Za-z_][A-Za-z0-9_.]*|\d+)$/, "a name");
  }

  #define(values: Map<string, Node>, name: string, node: Node, place: SourceLocation): void {
    if (values.has(name)) throw userError("E802", { message: `%${name} is defined twice`, location: place });
    values.set(name, node);
    this.places.set(node, place);
  }

  #read(values: ReadonlyMap<string, Node>): Node {
    const location = this.cursor.place();
    const name = this.#name("%");
    const node = values.get(name);
    if (node === undefined) throw userError("E802", { message: `%${name} is not defined before this line of its function`, location });
    return node;
  }

  #parameter(index: number, values: Map<string, Node>): Node {
    const place = this.cursor.place();
    const name = this.#name("%");
    this.cursor.expect(":");
    const type = parseType(this.cursor);
    const node = createNode("parameter", [], { index, name, dtype: type.dtype, shape: type.shape }, [type], undefined);
    this.#define(values, name, node, place);
    return node;
  }

  #statement(values: Map<string, Node>): Node {
    const { cursor } = this;
    const place = cursor.place();
    const name = this.#name("%");
    cursor.expect(":");
    const types = cursor.peek() === "(" ? cursor.list("(", ")", () => parseType(cursor)) : [parseType(cursor)];
    cursor.expect("=");
    const opPlace = cursor.place();
    const op = cursor.match(/^[A-Za-z_][A-Za-z0-9_.]*$/, "an operation");
    const schema = opTable.get(op)?.attributes;
    if (schema === undefined || op === "parameter") throw userError("E803", { message: `"${op}" is not an operation`, location: opPlace });
    const inputs = cursor.list("(", ")", () => this.#read(values));
    const attributes: { [name: string]: Attribute } = {};
    if (cursor.peek() === "{") {
      cursor.list("{", "}", () => {
        const [key, value] = this.#attribute(op, schema, types[0]);
        if (key in attributes) throw cursor.fault(`attribute "${key}" stands twice`);
        attributes[key] = value;
      });
    }
    if (types.length === 0) throw userError("E802", { message: "a value has at least one type", location: place });
    const node = createNode(op, inputs, attributes, types, cursor.locationComment());
    this.#define(values, name, node, place);
    return node;
  }

  #attribute(op: string, schema: { readonly [name: string]: AttributeKind }, type: TensorType | undefined): [string, Attribute] {
    const { cursor } = this;
    const location = cursor.place();
    const key = cursor.match(/^[A-Za-z_][A-Za-z0-9_]*$/, "an attribute");
    const kind = schema[key];
    if (kind === undefined) throw userError("E205", { op, message: `attribute "${key}" is not known`, location });
    cursor.expect("=");
    return [key, kind === "region" ? cursor.nested(() => this.graph()) : parseAttribute(cursor, kind, type?.dtype ?? "f64")];
  }
}

/** One function. `file` names the text in errors. */
export function parseGraph(text: string, file = "text"): Graph {
  const parser = new Parser(text, file);
  try {
    const graph = parser.graph();
    if (parser.cursor.peek() !== "") throw parser.cursor.unexpected("the end of the text");
    requireSound(graph, (node) => parser.places.get(node));
    return graph;
  } catch (error) {
    throw error instanceof DamoError ? error.at(parser.cursor.place()) : error;
  }
}
