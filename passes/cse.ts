// Common subexpressions: of nodes with the same op, inputs and attributes (hence the same type and value, since ops are
// pure) the first is kept, in regions too. Operands of commutative ops may stand in any order; constants are compared by
// their bytes. Parameters are never merged: what is differentiated by is a parameter of a region, and stays apart.

import type { TensorData } from "../ir/data.ts";
import { rebuild, withRegions } from "../ir/graph.ts";
import type { Attribute, Attributes, Graph, Node } from "../ir/node.ts";
import { commutativeOps } from "../ir/rewrite-pattern.ts";
import type { Size } from "../ir/size.ts";
import type { Pass } from "./pass.ts";

export const cse: Pass<Graph> = {
  name: "cse",
  summary: "merges nodes that compute the same value",
  after: [],
  run: (graph) => mergeEqualNodes(graph),
};

/** `merged` remembers regions, which several nodes may share. */
export function mergeEqualNodes(graph: Graph, merged: Map<Graph, Graph> = new Map()): Graph {
  const mergeRegion = (region: Graph): Graph => {
    const after = merged.get(region) ?? mergeEqualNodes(region, merged);
    merged.set(region, after);
    return after;
  };
  const known = new Map<number, Known>();
  const attributesOf = createAttributeIds();
  return rebuild(graph, (node, inputs) => {
    if (node.op === "parameter") return node;
    const operands = commutativeOps.has(node.op) && inputs[0]!.id > inputs[1]!.id ? [inputs[1]!, inputs[0]!] : inputs;
    const attributes = attributesOf(node.attributes);
    const hash = hashOf(node.op, operands, attributes);
    const first = known.get(hash);
    for (let at = first; at !== undefined; at = at.next) {
      if (at.attributes === attributes && at.node.op === node.op && sameNodes(at.operands, operands)) return at.node;
    }
    const kept = withRegions(node, inputs, mergeRegion);
    known.set(hash, { node: kept, operands, attributes, next: first });
    return kept;
  });
}

/** A node that was kept, in a list of those with one hash. */
interface Known {
  readonly node: Node;
  /** In the order of ids where their order does not matter. */
  readonly operands: readonly Node[];
  readonly attributes: number;
  readonly next: Known | undefined;
}

function hashOf(op: string, operands: readonly Node[], attributes: number): number {
  let hash = Math.imul(op.charCodeAt(0) * 31 + op.charCodeAt(op.length - 1) * 7 + op.length, 0x85ebca6b) + attributes;
  for (const { id } of operands) hash = Math.imul(hash, 0x9e3779b1) + id | 0;
  return hash;
}

function sameNodes(a: readonly Node[], b: readonly Node[]): boolean {
  return a.length === b.length && a.every((node, i) => node === b[i]);
}

const isTensor = (value: object): value is TensorData => "data" in value && ArrayBuffer.isView(value.data);
const isSize = (value: object): value is Size => "kind" in value && value.kind === "size";
const isRegion = (value: object): value is Graph => "parameters" in value && "results" in value;

/** Texts of attributes that have no region and no tensor in them: passes hand the same objects on. */
const plainTexts = new WeakMap<Attributes, string>();

/** Makes a function that numbers attributes, with equal numbers for equal attributes only; 0 where there are none. */
function createAttributeIds(): (attributes: Attributes) => number {
  const ids = new Map<string, number>();
  const write = createAttributeText();
  return (attributes) => {
    if (Object.keys(attributes).length === 0) return 0;
    let text = plainTexts.get(attributes);
    if (text === undefined) {
      text = write(attributes);
      if (isPlain(attributes)) plainTexts.set(attributes, text);
    }
    let id = ids.get(text);
    if (id === undefined) ids.set(text, id = ids.size + 1);
    return id;
  };
}

function isPlain(value: Attribute): boolean {
  if (typeof value !== "object" || isSize(value)) return true;
  return !isTensor(value) && !isRegion(value) && Object.values(value).every(isPlain);
}

/** Makes a function that writes attributes as text, with equal text for equal attributes only. */
function createAttributeText(): (value: Attribute) => string {
  const regions = new Map<Graph, number>();
  const tensorKey = createTensorKey();
  const write = (value: Attribute): string => {
    if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
    if (typeof value === "bigint") return `${value}n`;
    if (typeof value !== "object") return JSON.stringify(value);
    if (Array.isArray(value)) return `[${value.map(write).join()}]`;
    if (isSize(value)) return value.key;
    if (isTensor(value)) return tensorKey(value);
    if (isRegion(value)) {
      if (!regions.has(value)) regions.set(value, regions.size);
      return `region ${regions.get(value)}`;
    }
    const record = value as { readonly [key: string]: Attribute };
    return `{${Object.keys(record).sort().map((name) => `${name}:${write(record[name]!)}`).join()}}`;
  };
  return write;
}

function bytesOf({ data }: TensorData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** FNV-1a over the bytes. */
function hashBytes(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash >>> 0;
}

function createTensorKey(): (tensor: TensorData) => string {
  const keys = new Map<TensorData, string>();
  const buckets = new Map<string, Uint8Array[]>();
  return (tensor) => {
    const cached = keys.get(tensor);
    if (cached !== undefined) return cached;
    const bytes = bytesOf(tensor);
    const bucketKey = `${tensor.dtype}[${tensor.shape.join()}]#${hashBytes(bytes)}`;
    const bucket = buckets.get(bucketKey) ?? [];
    buckets.set(bucketKey, bucket);
    let index = bucket.findIndex((other) => other.every((byte, i) => byte === bytes[i]));
    if (index < 0) index = bucket.push(bytes) - 1;
    const key = `${bucketKey}/${index}`;
    keys.set(tensor, key);
    return key;
  };
}
