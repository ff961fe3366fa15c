// Decides which values of a graph are stored: everything else is computed where it is read. Results, reductions,
// contractions, running combinations and scatters are stored; elementwise work and movements are, when recomputing them
// for every reader would cost more than a store and a load.

import { intsAttribute } from "../../ir/attributes.ts";
import type { Node } from "../../ir/node.ts";
import { opOf } from "../../ir/table.ts";
import type { TargetDescription } from "../../ir/target.ts";
import type { ScheduleContext } from "./program-parts.ts";
import { isDotOfRows, isMatrixProduct, type MatrixView, matrixView, productOf } from "./contraction.ts";
import { viewOf } from "./view.ts";

/** Values computed inline for one element stay below this; deeper chains are cut. */
const inlineLimit = 160;
/** Up to this much work is repeated rather than stored. */
const cheap = 4;

export interface Materialization {
  readonly stored: ReadonlySet<Node>;
  /** Windows that are added up by a kernel that walks them. */
  readonly walked: ReadonlySet<Node>;
  /** Operands of the products that go to the matrix kernel. */
  readonly matrixOperands: ReadonlyMap<Node, readonly [MatrixView, MatrixView]>;
}

/** `order` is topological; `results` are stored unless they are leaves. */
export function materialize(order: readonly Node[], results: ReadonlySet<Node>, { target, overlaps, budget }: ScheduleContext): Materialization {
  const users = new Map<Node, Node[]>();
  for (const node of order) for (const input of new Set(node.inputs)) append(users, input, node);
  const stored = new Set<Node>();
  const inline = new Map<Node, number>();
  const walked = new Set<Node>();
  for (const node of order) {
    const { kind } = opOf(node.op).lower;
    if (target.inBlocks && overlaps?.walksWindows(node, (input) => stored.has(input)) === true) walked.add(node);
    if (node.op === "full") { inline.set(node, 0); continue; }
    if (kind === "leaf") { stored.add(node); inline.set(node, 1); continue; }
    // Loops, branches and routines read buffers; what is the same everywhere gets one when it is needed.
    if (kind === "control" || kind === "routine") for (const input of node.inputs) if (input.op !== "full") stored.add(input);
    const cost = ownCost(node) + node.inputs.reduce((sum, input) => sum + inline.get(input)!, 0);
    const fusable = kind === "elementwise" || kind === "movement" || kind === "effect";
    if (!fusable || walked.has(node) || results.has(node) || cost > inlineLimit || repeats(node, cost, users.get(node) ?? [], target)) {
      stored.add(node);
      inline.set(node, 1);
    } else {
      inline.set(node, cost);
    }
  }
  // A convolution walks dense tensors.
  for (const node of order) if (opOf(node.op).lower.kind === "convolution") for (const input of node.inputs) stored.add(input);
  // The vector of a dot of rows is read for each of them.
  for (const node of order) {
    if (node.op !== "dot_general" || isMatrixProduct(node, target) || !isDotOfRows(node)) continue;
    const { m, n } = productOf(node);
    const vector = node.inputs[m === 1 ? 0 : 1]!;
    if (m !== n && vector.op !== "full") stored.add(viewOf(vector, (operand) => stored.has(operand)).base);
  }
  let matrixOperands = chooseMatrixOperands(order, stored, target);
  while (budget?.storeMore(order, stored) === true) matrixOperands = chooseMatrixOperands(order, stored, target);
  return { stored, walked, matrixOperands };
}

function append(map: Map<Node, Node[]>, key: Node, value: Node): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

const expensive: ReadonlySet<string> = new Set(["div", "sqrt", "rem", "floor_div"]);
/** Elementwise ops that cost no more than a load. */
export const simpleOps: ReadonlySet<string> = new Set([
  "add", "sub", "mul", "neg", "abs", "max", "min", "select", "convert", "eq", "ne", "lt", "le", "gt", "ge", "and", "or",
  "not", "xor", "bitcast", "clamp", "floor", "ceil", "round", "trunc", "sign", "is_nan", "is_finite",
]);

/** Rough scalar operations for one element. */
function ownCost(node: Node): number {
  const { kind } = opOf(node.op).lower;
  if (kind === "elementwise") return simpleOps.has(node.op) ? 1 : expensive.has(node.op) ? 4 : 20;
  if (node.op === "windows" || node.op === "overlap_add" || node.op === "concat") return 8;
  return node.op === "broadcast" || node.op === "transpose" || node.op === "assume" ? 0 : 2;
}

function repeats(node: Node, cost: number, users: readonly Node[], target: TargetDescription): boolean {
  if (cost <= cheap && node.op !== "concat") return false;
  return users.length > 1 || users.some((user) => replicates(user, node, target));
}

/** Whether one element of the input is read for many elements of the reader, in a way that loops do not hoist. */
function replicates(user: Node, input: Node, target: TargetDescription): boolean {
  switch (user.op) {
    case "broadcast": {
      const axes = intsAttribute(user, "axes");
      const used = axes.filter((_, i) => input.type.shape[i] !== 1);
      // New trailing axes stand inside the loops that compute the input; only leading ones repeat it.
      const last = Math.max(-1, ...used);
      return user.type.shape.some((dim, axis) => axis < last && dim !== 1 && !used.includes(axis));
    }
    // Of the parts of a concatenation every element computes all.
    case "windows": case "overlap_add": case "reduce_window": case "concat":
      return true;
    case "dot_general":
      return !isMatrixProduct(user, target);
    default:
      return false;
  }
}

/** Finds the strided operands of each product, storing what no view reaches. */
function chooseMatrixOperands(order: readonly Node[], stored: Set<Node>, target: TargetDescription): Map<Node, readonly [MatrixView, MatrixView]> {
  const products = order.filter((node) => isMatrixProduct(node, target));
  const isStored = (node: Node) => stored.has(node);
  const operand = (node: Node, side: "lhs" | "rhs"): MatrixView => {
    const input = node.inputs[side === "lhs" ? 0 : 1]!;
    const view = matrixView(node, side, viewOf(input, isStored));
    if (view !== undefined) {
      stored.add(view.base);
      return view;
    }
    stored.add(input);
    return matrixView(node, side, viewOf(input, isStored))!;
  };
  // Storing an operand can only shorten other views, so a second round settles them all.
  for (const node of products) { operand(node, "lhs"); operand(node, "rhs"); }
  return new Map(products.map((node) => [node, [operand(node, "lhs"), operand(node, "rhs")] as const]));
}
