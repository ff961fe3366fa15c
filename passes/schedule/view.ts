// Strided views: which nodes are only another way to walk the bytes of a stored tensor. Contractions read their
// operands through views, so that a transposed operand costs nothing.

import { dimsAttribute, intsAttribute } from "../../ir/attributes.ts";
import type { Node } from "../../ir/node.ts";
import { addDims, type Dim, dimEquals, mulDims } from "../../ir/size.ts";
import type { Shape } from "../../ir/types.ts";

/** Element `index` of the node is element offset + sum(index[i] * strides[i]) of `base`, which is dense. */
export interface View {
  readonly base: Node;
  readonly offset: Dim;
  readonly strides: readonly Dim[];
}

export function denseStrides(shape: Shape): Dim[] {
  const strides = new Array<Dim>(shape.length);
  let stride: Dim = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride = mulDims(stride, shape[axis]!);
  }
  return strides;
}

/** The view that reaches furthest back, stopping at nodes that are stored anyway. */
export function viewOf(node: Node, isStored: (node: Node) => boolean): View {
  const chain: Node[] = [];
  let base = node;
  while (!isStored(base) && isViewOp(base)) {
    chain.push(base);
    base = base.inputs[0]!;
  }
  let view: View = { base, offset: 0, strides: denseStrides(base.type.shape) };
  for (let i = chain.length - 1; i >= 0; i--) {
    const next = stepView(view, chain[i]!);
    view = next ?? { base: chain[i]!, offset: 0, strides: denseStrides(chain[i]!.type.shape) };
  }
  return view;
}

const viewOps: ReadonlySet<string> = new Set(["transpose", "reshape", "broadcast", "assume", "slice"]);

function isViewOp(node: Node): boolean {
  return viewOps.has(node.op);
}

function stepView(view: View, node: Node): View | undefined {
  const from = node.inputs[0]!.type.shape;
  const to = node.type.shape;
  switch (node.op) {
    case "assume":
      return view;
    case "transpose":
      return { ...view, strides: intsAttribute(node, "permutation").map((axis) => view.strides[axis]!) };
    case "broadcast": {
      const strides = to.map((): Dim => 0);
      intsAttribute(node, "axes").forEach((axis, i) => {
        strides[axis] = dimEquals(from[i]!, to[axis]!) ? view.strides[i]! : 0;
      });
      return { ...view, strides };
    }
    case "slice": {
      const start = dimsAttribute(node, "start");
      const step = intsAttribute(node, "step");
      const offset = start.reduce<Dim>((sum, at, axis) => addDims(sum, mulDims(at, view.strides[axis]!)), view.offset);
      return { base: view.base, offset, strides: view.strides.map((stride, axis) => mulDims(stride, step[axis]!)) };
    }
    case "reshape": {
      const strides = reshapeStrides(from, view.strides, to);
      return strides === undefined ? undefined : { ...view, strides };
    }
    default:
      return undefined;
  }
}

/** Strides after a reshape, if the reshape only splits axes or merges ones that are contiguous to each other. */
function reshapeStrides(from: Shape, strides: readonly Dim[], to: Shape): Dim[] | undefined {
  const result = new Array<Dim>(to.length).fill(0);
  let i = 0;
  let j = 0;
  while (i < from.length || j < to.length) {
    if (i < from.length && from[i] === 1) { i++; continue; }
    if (j < to.length && to[j] === 1) { j++; continue; }
    if (i >= from.length || j >= to.length) return undefined;
    // Grow a run of source axes and a run of target axes until their products agree.
    let [iEnd, jEnd] = [i + 1, j + 1];
    let [left, right] = [from[i]!, to[j]!];
    while (!dimEquals(left, right)) {
      const growLeft = typeof left === "number" && typeof right === "number" ? left < right
        : iEnd < from.length && (jEnd >= to.length || typeof left === "number");
      if (growLeft && iEnd < from.length) left = mulDims(left, from[iEnd++]!);
      else if (jEnd < to.length) right = mulDims(right, to[jEnd++]!);
      else return undefined;
    }
    const run = collapse(from.slice(i, iEnd), strides.slice(i, iEnd));
    if (run === undefined) return undefined;
    let stride = run.stride;
    for (let axis = jEnd - 1; axis >= j; axis--) {
      result[axis] = stride;
      stride = mulDims(stride, to[axis]!);
    }
    [i, j] = [iEnd, jEnd];
  }
  return result;
}

/** Several axes walked as one: their extent and its stride, if there is a single stride. */
export function collapse(shape: Shape, strides: readonly Dim[]): { extent: Dim; stride: Dim } | undefined {
  let extent: Dim = 1;
  let stride: Dim | undefined;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] === 1) continue;
    if (stride === undefined) stride = strides[axis]!;
    else if (!dimEquals(strides[axis]!, mulDims(stride, extent))) return undefined;
    extent = mulDims(extent, shape[axis]!);
  }
  return { extent, stride: stride ?? 1 };
}
