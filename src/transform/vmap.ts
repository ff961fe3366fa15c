// vmap: a function of single values on all members of a batch at once. It is `map` without the loop.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import type { Dim } from "../../ir/size.ts";
import { batched } from "../../passes/batch/value.ts";
import { describeTyped } from "../expression.ts";
import { located } from "../location.ts";
import { standIns } from "../loops/body.ts";
import { buildTensors, flatten } from "../loops/tree.ts";
import type { Tree } from "../loops/types.ts";
import { moveAxis } from "../ops/movement.ts";
import { joinDims, toOperand } from "../ops/operand.ts";
import { assume } from "../ops/primitive.ts";
import { axesOfLeaves, mappedAxis } from "./axes.ts";
import { batchOver } from "./batch-over.ts";
import type { Axes, Elements, InAxes, MembersOf, SizeOf } from "./types.ts";

export interface VmapOptions<A, O> {
  /** Along which axis of `xs` the members lie, 0 unless said otherwise: of all its tensors, or in its form; null where they share a tensor. */
  readonly inAxes?: A;
  /** Where the members lie in what `f` gives, 0 unless said otherwise. */
  readonly outAxes?: O;
}

/**
 * What `f` gives for each member of `xs`, a tensor or a list or record of them, along a new axis. `f` is called once, to be traced, with
 * tensors that lack the mapped axis; it may read others, take gradients, loop and map again. E203 where sizes along the mapped axes
 * differ, E204 where an axis is not there, E205 where nothing is mapped.
 */
export function vmap<const X extends Tree, const Y, const A extends Axes = 0, const O extends Axes<number> = 0>(
  f: (x: Elements<X, A>) => Y, xs: X, options?: VmapOptions<InAxes<X, A>, O>,
): MembersOf<NoInfer<Y>, SizeOf<NoInfer<X>, A>, O> {
  return buildVmap(f as (x: unknown) => unknown, xs, options ?? {}) as MembersOf<NoInfer<Y>, SizeOf<NoInfer<X>, A>, O>;
}

function buildVmap(f: (x: unknown) => unknown, xs: unknown, { inAxes, outAxes }: VmapOptions<unknown, unknown>): unknown {
  const { tree, size, members, values } = located(() => beginMap(xs, inAxes));
  const given = f(buildTensors(tree, values));
  return located(() => {
    const results = flatten("vmap", given);
    const axes = axesOfLeaves("outAxes", outAxes, given);
    const whole = batchOver(results.leaves.map((leaf) => toOperand("vmap", leaf)), members, size);
    return buildTensors(results, whole.map((node, i) => moveAxis(node, 0, mappedAxis(axes[i], node))));
  });
}

function beginMap(xs: unknown, inAxes: unknown) {
  const tree = flatten("vmap", xs);
  const axes = axesOfLeaves("inAxes", inAxes, xs);
  const leaves = tree.leaves.map((leaf, i) => {
    const node = toOperand("vmap", leaf);
    return axes[i] === null ? { node, isMapped: false } : { node: moveAxis(node, mappedAxis(axes[i], node), 0), isMapped: true };
  });
  const mapped = leaves.flatMap(({ node, isMapped }) => (isMapped ? [node] : []));
  const size = agreedSize(mapped);
  const elements = standIns("element", mapped.map(({ type: { dtype, shape } }) => ({ dtype, shape: shape.slice(1) })));
  const members = mapped.map((node, i) => [elements[i]!, batched(withSize(node, size))] as const);
  let at = 0;
  return { tree, size, members, values: leaves.map(({ node, isMapped }) => (isMapped ? elements[at++]! : node)) };
}

/** The number of members. A known size says more than a symbolic one, which is then checked when it runs. */
function agreedSize(mapped: readonly Node[]): Dim {
  const [first, ...others] = mapped;
  if (first === undefined) throw userError("E205", { op: "vmap", message: "no axis is mapped", hint: "pass a tensor with an axis for the members" });
  return others.reduce<Dim>((size, node) => {
    const joined = joinDims(size, node.type.shape[0]!);
    if (joined !== undefined) return joined;
    throw userError("E203", { op: "vmap", message: `mapped axes differ in size: ${mapped.map(describeTyped).join(" and ")}, with the mapped axis first` });
  }, first.type.shape[0]!);
}

function withSize(node: Node, size: Dim): Node {
  const [own, ...rest] = node.type.shape;
  return own === size ? node : assume(node, [size, ...rest]);
}
