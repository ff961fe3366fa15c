// Verifies tensor IR: every node has the form its op declares and the types that its shape rule gives, inputs come
// before readers, ops with several results are read through `result`, and a graph reads no parameter but its own.

import { formFault, normalizeNumbers, operandTypes } from "./build.ts";
import type { ErrorCode } from "./errors.ts";
import { DamoError, InternalError, userError } from "./errors.ts";
import { topologicalOrder } from "./graph.ts";
import type { Attributes, Graph, Node, SourceLocation } from "./node.ts";
import type { OpDefinition } from "./op.ts";
import { printAround } from "./print.ts";
import { opTable } from "./table.ts";
import type { TensorType } from "./types.ts";
import { showType, typeEquals } from "./types.ts";

export interface Fault {
  readonly node: Node;
  readonly code: ErrorCode;
  readonly message: string;
}

/** Regions already found sound: graphs are immutable, and a region is shared by all rebuilt versions of its node. */
const sound = new WeakSet<Graph>();

/** The first node (in order of ids) that breaks a rule. */
export function findFault(graph: Graph): Fault | undefined {
  const fault = findParameterFault(graph) ?? findNodeFault(graph);
  if (fault === undefined) sound.add(graph);
  return fault;
}

function findParameterFault(graph: Graph): Fault | undefined {
  const names = new Set<unknown>();
  for (const [index, node] of graph.parameters.entries()) {
    const fail = (message: string): Fault => ({ node, code: "E802", message });
    if (node.op !== "parameter") return fail(`${node.op} stands where a parameter belongs`);
    if (node.attributes["index"] !== index) return fail(`parameter ${index} says that it is ${String(node.attributes["index"])}`);
    const name = node.attributes["name"];
    if (name === "" || names.has(name)) return fail(`parameter name ${JSON.stringify(name)} is empty or used twice`);
    names.add(name);
  }
  return undefined;
}

function findNodeFault(graph: Graph): Fault | undefined {
  const parameters = new Set(graph.parameters);
  const severalResults = new Set<Node>();
  for (const node of topologicalOrder(graph)) {
    const fail = (message: string): Fault => ({ node, code: "E802", message });
    if (node.op === "parameter" && !parameters.has(node)) {
      return fail(`reads parameter ${JSON.stringify(node.attributes["name"])} of another graph: a graph is closed`);
    }
    if (node.inputs.some((input) => input.id >= node.id)) return fail("an input does not come before its reader");
    const several = node.inputs.find((input) => severalResults.has(input));
    if (node.op !== "result" && several !== undefined) return fail(`reads ${several.op} directly: its results are read through result`);
    if (node.op === "result" && several === undefined) return fail("reads an op that does not have several results");
    const fault = findTypeFault(node, () => severalResults.add(node));
    if (fault !== undefined) return fault;
  }
  const direct = graph.results.find((node) => severalResults.has(node));
  return direct && { node: direct, code: "E802", message: `${direct.op} is returned directly: its results are read through result` };
}

function findTypeFault(node: Node, hasSeveralResults: () => void): Fault | undefined {
  const definition = opTable.get(node.op);
  if (definition === undefined) return { node, code: "E803", message: `"${node.op}" is not an operation` };
  const fault = formFault(definition, node.inputs.length, node.attributes) ?? inferFault(node, definition, hasSeveralResults);
  if (fault instanceof DamoError) return { node, code: fault.code, message: fault.detail.message };
  return fault ?? findRegionFault(node, definition);
}

/** Compares the node's types with those of the shape rule, or gives the error with which the rule refuses the node. */
function inferFault(node: Node, definition: OpDefinition, hasSeveralResults: () => void): DamoError | Fault | undefined {
  let inferred: TensorType | readonly TensorType[];
  let normal: Attributes;
  try {
    inferred = definition.infer(operandTypes(node.op, node.inputs), node.attributes);
    normal = normalizeNumbers(definition, node.attributes, node.type.dtype);
  } catch (error) {
    if (error instanceof DamoError) return error;
    throw error;
  }
  if (Array.isArray(inferred)) hasSeveralResults();
  const types: readonly TensorType[] = Array.isArray(inferred) ? inferred : [inferred as TensorType];
  const same = types.length === node.results.length && types.every((type, i) => typeEquals(type, node.results[i]!));
  if (!same) {
    const show = (list: readonly TensorType[]): string => list.map(showType).join(", ");
    return { node, code: "E802", message: `${node.op} has type ${show(node.results)} and should have ${show(types)}` };
  }
  if (normal !== node.attributes) {
    return { node, code: "E205", message: `a number of ${node.op} is not a value of ${node.type.dtype} in its normal form` };
  }
  return undefined;
}

function findRegionFault(node: Node, definition: OpDefinition): Fault | undefined {
  for (const [name, kind] of Object.entries(definition.attributes)) {
    const region = node.attributes[name];
    if (kind !== "region" || sound.has(region as Graph)) continue;
    const fault = findFault(region as Graph);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** For IR that a user wrote: a DamoError at the place where the faulty node stands in the text. */
export function requireSound(graph: Graph, placeOf: (node: Node) => SourceLocation | undefined): void {
  const fault = findFault(graph);
  if (fault !== undefined) throw userError(fault.code, { message: fault.message, location: placeOf(fault.node) ?? fault.node.location });
}

/** For IR that we made: an InternalError that shows the IR around the faulty node. */
export function assertSound(graph: Graph, after: string): void {
  const fault = findFault(graph);
  if (fault === undefined) return;
  throw new InternalError(`${after} made IR that is not well formed: ${fault.message}`, printAround(graph, fault.node));
}
