// Contractions: dot and matmul (NumPy's matmul), outer, tensordot and einsum, all as dot_general.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import type { Dim } from "../../ir/size.ts";
import { productOfDims, showDim } from "../../ir/size.ts";
import type { Shape } from "../../ir/types.ts";
import { shapeEquals } from "../../ir/types.ts";
import { describeNode } from "../expression.ts";
import { toAxis } from "../shape.ts";
import { mul } from "./elementwise.ts";
import { broadcastShapes, joinDims, meet, type Operand, stretch, toDType, toNode } from "./operand.ts";
import { assume, make, reshape, transpose } from "./primitive.ts";

interface Axes {
  readonly contract: readonly (readonly [number, number])[];
  readonly batch: readonly (readonly [number, number])[];
}

/** dot_general over nodes of one dtype; sizes that meet are joined. Batch axes come first in the result. */
function dotGeneral(op: string, a: Node, b: Node, { contract, batch }: Axes): Node {
  const [left, right] = [[...a.type.shape], [...b.type.shape]];
  for (const [i, j] of [...batch, ...contract]) {
    const joined = joinDims(left[i]!, right[j]!);
    if (joined === undefined) {
      throw userError("E207", {
        op, message: `inner sizes of ${describeNode(a)} and ${describeNode(b)} differ: ${showDim(left[i]!)} and ${showDim(right[j]!)}`,
      });
    }
    left[i] = joined;
    right[j] = joined;
  }
  return make("dot_general", [agree(a, left), agree(b, right)], {
    lhs_contract: contract.map(([i]) => i), rhs_contract: contract.map(([, j]) => j),
    lhs_batch: batch.map(([i]) => i), rhs_batch: batch.map(([, j]) => j),
  });
}

function agree(node: Node, shape: Shape): Node {
  return shapeEquals(node.type.shape, shape) ? node : assume(node, shape);
}

function meetNodes(op: string, a: Operand, b: Operand): [Node, Node] {
  const nodes = [toNode(op, a), toNode(op, b)] as const;
  const dtype = meet(op, nodes);
  const wanted = dtype === "bool" ? "i32" : dtype;
  return [toDType(op, nodes[0], wanted), toDType(op, nodes[1], wanted)];
}

/** Vectors, matrices, and stacks of matrices whose leading axes broadcast. */
function matrixProduct(op: string, x: Operand, y: Operand): Node {
  const [a, b] = meetNodes(op, x, y);
  const [m, n] = [a.type.shape.length, b.type.shape.length];
  if (m === 0 || n === 0) {
    throw userError("E203", { op, message: `${describeNode(a)} and ${describeNode(b)}: an operand is a scalar`, hint: "use mul" });
  }
  const inner = [m - 1, n === 1 ? 0 : n - 2] as const;
  // One matrix or vector on the right needs no batch: the leading axes of the left are rows.
  if (n <= 2) return dotGeneral(op, a, b, { contract: [inner], batch: [] });
  if (m === 1) {
    // A vector against a stack: the stack's axes but the contracted one stay, in order.
    return dotGeneral(op, a, b, { contract: [inner], batch: [] });
  }
  return batchedProduct(op, a, b);
}

function batchedProduct(op: string, a: Node, b: Node): Node {
  const [m, n] = [a.type.shape.length, b.type.shape.length];
  // Shapes only: the leading axes as tensors of their own.
  const lead = leadingShape(op, a, b);
  const left = stretch(a, [...lead, ...a.type.shape.slice(m - 2)]);
  const right = stretch(b, [...lead, ...b.type.shape.slice(n - 2)]);
  const rank = lead.length;
  return dotGeneral(op, left, right, { contract: [[rank + 1, rank]], batch: lead.map((_, axis) => [axis, axis] as const) });
}

function leadingShape(op: string, a: Node, b: Node): Dim[] {
  const front = (node: Node): Node => ({ ...node, type: { ...node.type, shape: node.type.shape.slice(0, -2) } });
  return broadcastShapes(`${op} (leading axes)`, [front(a), front(b)]);
}

export function dot(a: Operand, b: Operand): Node {
  return matrixProduct("dot", a, b);
}

export function matmul(a: Operand, b: Operand): Node {
  return matrixProduct("matmul", a, b);
}

/** All products of an element of a and one of b; both are flattened. */
export function outer(a: Operand, b: Operand): Node {
  const [x, y] = meetNodes("outer", a, b);
  return mul(reshape(x, [productOfDims(x.type.shape), 1]), reshape(y, [1, productOfDims(y.type.shape)]));
}

/** Sums over the last `axes` axes of a with the first of b, or over two lists of axes. */
export function tensordot(a: Operand, b: Operand, axes: number | readonly [readonly number[], readonly number[]] = 2): Node {
  const op = "tensordot";
  const [x, y] = meetNodes(op, a, b);
  const [m, n] = [x.type.shape.length, y.type.shape.length];
  if (typeof axes === "number") {
    if (!Number.isInteger(axes) || axes < 0 || axes > m || axes > n) {
      throw userError("E204", { op, message: `${axes} axes are to be summed over, ${describeNode(x)} and ${describeNode(y)} have ${m} and ${n}` });
    }
    return dotGeneral(op, x, y, { contract: Array.from({ length: axes }, (_, i) => [m - axes + i, i] as const), batch: [] });
  }
  const [left, right] = [axes[0].map((axis) => toAxis(op, axis, m)), axes[1].map((axis) => toAxis(op, axis, n))];
  if (left.length !== right.length) throw userError("E205", { op, message: `${left.length} axes against ${right.length}` });
  return dotGeneral(op, x, y, { contract: left.map((axis, i) => [axis, right[i]!] as const), batch: [] });
}

/** NumPy's einsum: "ij,jk->ik"; letters that repeat within an operand take its diagonal, "..." stands for leading axes. */
export function einsum(specification: string, ...operands: readonly Operand[]): Node {
  return evaluateEinsum(specification, operands.map((operand) => toNode("einsum", operand)));
}

interface Labelled {
  readonly node: Node;
  readonly labels: readonly string[];
}

function evaluateEinsum(specification: string, nodes: readonly Node[]): Node {
  const { inputs, output } = parseEinsum(specification, nodes);
  const dtype = meet("einsum", nodes);
  const wanted = dtype === "bool" ? "i32" : dtype;
  let parts: Labelled[] = nodes.map((node, i) => takeDiagonals({ node: toDType("einsum", node, wanted), labels: inputs[i]! }));
  const keptBy = (rest: readonly Labelled[]) => new Set([...output, ...rest.flatMap(({ labels }) => labels)]);
  let result = sumOut(parts[0]!, keptBy(parts.slice(1)));
  for (parts = parts.slice(1); parts.length > 0; parts = parts.slice(1)) {
    const next = sumOut(parts[0]!, new Set([...output, ...result.labels, ...keptBy(parts.slice(1))]));
    result = contractPair(result, next, keptBy(parts.slice(1)));
  }
  return transpose(result.node, output.map((label) => result.labels.indexOf(label)));
}

function parseEinsum(specification: string, nodes: readonly Node[]): { inputs: string[][]; output: string[] } {
  const fail = (message: string): never => {
    throw userError("E205", { op: "einsum", message: `"${specification}": ${message}` });
  };
  const [left, right, ...more] = specification.replace(/\s+/g, "").split("->");
  const terms = left!.split(",");
  if (more.length > 0 || !/^[A-Za-z.,]*$/.test(left!) || !/^[A-Za-z.]*$/.test(right ?? "")) fail("it is not of the form ij,jk->ik");
  if (terms.length !== nodes.length) fail(`it has ${terms.length} operands, ${nodes.length} are given`);
  let widest = 0;
  const expand = (term: string, rank: number | undefined): string[] => {
    const [front, back, ...rest] = term.split("...");
    if (rest.length > 0 || (front! + (back ?? "")).includes(".")) fail(`"${term}" has stray dots`);
    const own = front!.length + (back?.length ?? 0);
    if (rank !== undefined && (back === undefined ? own !== rank : own > rank)) fail(`"${term}" does not fit rank ${rank}`);
    const extra = back === undefined ? 0 : rank === undefined ? widest : rank - own;
    widest = Math.max(widest, extra);
    // Axes under the dots are matched from the last.
    return [...front!, ...Array.from({ length: extra }, (_, i) => `.${extra - 1 - i}`), ...(back ?? "")];
  };
  const inputs = terms.map((term, i) => expand(term, nodes[i]!.type.shape.length));
  const all = inputs.flat();
  const implicit = (): string[] => [
    ...Array.from({ length: widest }, (_, i) => `.${widest - 1 - i}`),
    ...[...new Set(all)].filter((label) => label.length === 1 && all.indexOf(label) === all.lastIndexOf(label)).sort(),
  ];
  const output = right === undefined ? implicit() : expand(right, undefined);
  for (const label of output) {
    if (!all.includes(label)) fail(`${label} is in no operand`);
    if (output.indexOf(label) !== output.lastIndexOf(label)) fail(`${label} is twice in the result`);
  }
  return { inputs, output };
}

/** Keeps one axis of each label: the elements where the repeated indices are equal. */
function takeDiagonals({ node, labels }: Labelled): Labelled {
  const second = labels.findIndex((label, axis) => labels.indexOf(label) < axis);
  if (second < 0) return { node, labels };
  const first = labels.indexOf(labels[second]!);
  const size = joinDims(node.type.shape[first]!, node.type.shape[second]!);
  if (size === undefined) {
    throw userError("E207", { op: "einsum", message: `sizes of ${labels[first]} differ in ${describeNode(node)}` });
  }
  const agreed = agree(node, node.type.shape.map((dim, axis) => (axis === first || axis === second ? size : dim)));
  const index = make("iota", [], { dtype: "i32", shape: [size], axis: 0 });
  const diagonal = make("gather", [agreed, index, index], { axes: [first, second], bounds: "clamp" });
  const rest = labels.filter((_, axis) => axis !== first && axis !== second);
  return takeDiagonals({ node: diagonal, labels: [labels[first]!, ...rest] });
}

function sumOut({ node, labels }: Labelled, kept: ReadonlySet<string>): Labelled {
  const axes = labels.map((_, axis) => axis).filter((axis) => !kept.has(labels[axis]!));
  if (axes.length === 0) return { node, labels };
  return { node: make("reduce_sum", [node], { axes }), labels: labels.filter((label) => kept.has(label)) };
}

function contractPair(a: Labelled, b: Labelled, kept: ReadonlySet<string>): Labelled {
  const shared = a.labels.filter((label) => b.labels.includes(label));
  const pair = (label: string): readonly [number, number] => [a.labels.indexOf(label), b.labels.indexOf(label)];
  const stretches = shared.some((label) => {
    const [i, j] = pair(label);
    return (a.node.type.shape[i] === 1) !== (b.node.type.shape[j] === 1);
  });
  if (stretches) return contractStretched(a, b, kept);
  const batch = shared.filter((label) => kept.has(label));
  const summed = shared.filter((label) => !kept.has(label));
  const node = dotGeneral("einsum", a.node, b.node, { contract: summed.map(pair), batch: batch.map(pair) });
  const free = (labels: readonly string[]): string[] => labels.filter((label) => !shared.includes(label));
  return { node, labels: [...batch, ...free(a.labels), ...free(b.labels)] };
}

// A size of 1 meets another: the product is taken elementwise, then summed.
function contractStretched(a: Labelled, b: Labelled, kept: ReadonlySet<string>): Labelled {
  const labels = [...new Set([...a.labels, ...b.labels])];
  const place = ({ node, labels: own }: Labelled): Node => {
    const present = labels.filter((label) => own.includes(label));
    const ordered = transpose(node, present.map((label) => own.indexOf(label)));
    return reshape(ordered, labels.map((label) => (own.includes(label) ? node.type.shape[own.indexOf(label)]! : 1)));
  };
  return sumOut({ node: mul(place(a), place(b)), labels }, kept);
}
