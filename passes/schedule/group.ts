// Groups stored values into kernels. A group has outer loops (one row after another) and inside them phases: loops
// over the rest of a row, and values that exist once per row. A value joins a group when all it reads of the group lies
// in its own row: so a softmax, a layer norm, or a product with its bias and activation is one kernel.

import type { Node } from "../../ir/node.ts";
import { dimEquals } from "../../ir/size.ts";
import { opOf } from "../../ir/table.ts";
import type { Shape } from "../../ir/types.ts";
import { type Access, isAligned } from "./access.ts";
import { productOf } from "./contraction.ts";

export interface Member {
  readonly node: Node;
  /** Extents of the loops inside the outer ones: the rest of a mapped row, or the reduced axes. */
  readonly inner: Shape;
  readonly reduces: boolean;
  /** The loop it runs in; for a value that exists once per row (`perRow`), the loop after which it is known (-1: before all). */
  readonly phase: number;
  readonly perRow: boolean;
}

export interface LoopGroup {
  readonly kind: "loops";
  outer: Shape;
  /** Outer loops may still be turned inward: no member reduces yet. */
  flexible: boolean;
  readonly members: Member[];
  readonly phases: Shape[];
  /** The product whose finished rows this group works on. */
  readonly product: Node | undefined;
  readonly reads: Set<Node>;
  /** Members read at an element other than the reader's own: they need a buffer. */
  readonly reread: Set<Node>;
}

/** A value that has kernels of its own. */
export interface SoloGroup {
  readonly kind: "solo";
  readonly node: Node;
}

export type Group = LoopGroup | SoloGroup;

/** Kernels stay readable, and within the registers and binding budgets of targets. */
const memberLimit = 24;
const readLimit = 24;

export interface Grouping {
  readonly isProduct: (node: Node) => boolean;
  /** Whether a value has kernels of its own for another reason than its kind. */
  readonly standsAlone: (node: Node) => boolean;
  readonly accessesOf: (node: Node) => readonly Access[];
  /** What may be in the group of a product: what becomes of its rows, or of each element alone. */
  readonly joinsProducts: "rows" | "elements";
  /** Whether a group may be so large; absent: any may. */
  readonly allows?: ((group: LoopGroup) => boolean) | undefined;
}

export function groupStored(order: readonly Node[], stored: ReadonlySet<Node>, { isProduct, standsAlone, accessesOf, joinsProducts, allows }: Grouping): readonly Group[] {
  const groups: Group[] = [];
  const groupOf = new Map<Node, number>();
  const lastReader = new Map<Node, number>();
  for (const node of order) {
    const { kind } = opOf(node.op).lower;
    if (!stored.has(node)) continue;
    if (kind === "leaf") {
      // What it reads a result of was made by that op.
      const source = node.op === "result" ? groupOf.get(node.inputs[0]!) : undefined;
      if (source !== undefined) groupOf.set(node, source);
      continue;
    }
    if (isProduct(node)) {
      groups.push(newLoopGroup(node.type.shape.slice(0, 1), node));
      groupOf.set(node, groups.length - 1);
      continue;
    }
    if (kind === "cumulative" || kind === "scatter" || kind === "control" || kind === "routine" || standsAlone(node)) {
      groups.push({ kind: "solo", node });
      groupOf.set(node, groups.length - 1);
      continue;
    }
    const accesses = accessesOf(node);
    const latest = accesses.reduce((most, access) => Math.max(most, groupOf.get(access.node) ?? -1), -1);
    const sharing = accesses.reduce((most, access) => Math.max(most, lastReader.get(access.node) ?? -1), -1);
    const index = [latest, sharing].find((candidate) =>
      candidate >= Math.max(latest, 0) && fitsProduct(groups[candidate]!, node, accesses, joinsProducts) && joins(groups[candidate]!, node, accesses, allows)) ?? groups.length;
    if (index === groups.length) {
      const group = newLoopGroup(node.type.shape, undefined);
      groups.push(group);
      add(group, node, accesses);
    }
    groupOf.set(node, index);
    for (const access of accesses) lastReader.set(access.node, index);
  }
  return groups;
}

function newLoopGroup(outer: Shape, product: Node | undefined): LoopGroup {
  return { kind: "loops", outer, flexible: product === undefined, members: [], phases: [], product, reads: new Set(), reread: new Set() };
}

/** Whether the node may be in the group as far as its product goes, if it has one. Elements: all that the node reads of the group is its own element. */
function fitsProduct(group: Group, node: Node, accesses: readonly Access[], joinsProducts: Grouping["joinsProducts"]): boolean {
  if (group.kind !== "loops" || group.product === undefined) return true;
  if (joinsProducts === "rows") return hasRows(group.product);
  const { shape } = group.product.type;
  return shape.length > 0 && !isReduction(node) && sameShape(node.type.shape, shape) && accesses.every((access) => !belongs(group, access.node) || isAligned(access, shape.length));
}

function isReduction(node: Node): boolean {
  const { kind } = opOf(node.op).lower;
  return kind === "reduction" || kind === "contraction";
}

function startsWith(shape: Shape, prefix: Shape): boolean {
  return shape.length >= prefix.length && prefix.every((dim, axis) => dimEquals(dim, shape[axis]!));
}

/** Adds the node if it fits; the group is unchanged otherwise. */
function joins(group: Group, node: Node, accesses: readonly Access[], allows: Grouping["allows"]): boolean {
  if (allows === undefined || group.kind !== "loops") return joinsLoops(group, node, accesses);
  const before = { ...group, members: [...group.members], phases: [...group.phases], reads: new Set(group.reads), reread: new Set(group.reread) };
  if (!joinsLoops(group, node, accesses)) return false;
  if (allows(group)) return true;
  Object.assign(group, before);
  return false;
}

function joinsLoops(group: Group, node: Node, accesses: readonly Access[]): boolean {
  if (group.kind !== "loops" || group.members.length >= memberLimit) return false;
  const { shape } = node.type;
  const own = accesses.filter((access) => belongs(group, access.node));
  const shared = own.length > 0 || accesses.some((access) => group.reads.has(access.node));
  if (!shared || group.reads.size + accesses.length > readLimit) return false;
  const outer = outerAfterJoining(group, node, own);
  if (outer === undefined || !own.every((access) => isAligned(access, outer.length))) return false;
  // A group with no outer loop has a single row: everything is aligned, which says nothing about sharing work.
  if (outer.length === 0 && !(isReduction(node) ? shape.length === 0 : own.every((access) => isAligned(access, access.node.type.shape.length)))) return false;
  if (outer.length < group.outer.length) turnInward(group, outer);
  if (isReduction(node)) group.flexible = false;
  add(group, node, accesses);
  return true;
}

/** Whether the first axis of a product's result counts its rows, or the images of a convolution: a batch has no block of rows to hand on. */
function hasRows(product: Node): boolean {
  if (product.op === "conv_general") return true;
  if (product.op !== "dot_general") return false;
  const { batch, m } = productOf(product);
  return batch === 1 && product.type.shape.length > 0 && dimEquals(product.type.shape[0]!, m);
}

function belongs(group: LoopGroup, node: Node): boolean {
  return group.product === node || group.members.some((member) => member.node === node);
}

/** The group's outer extents once the node is in it. */
function outerAfterJoining(group: LoopGroup, node: Node, own: readonly Access[]): Shape | undefined {
  const { shape } = node.type;
  if (isReduction(node)) {
    if (sameShape(shape, group.outer)) return shape;
    // Mapped rows may become phases of a reduction's rows.
    return group.flexible && own.length > 0 && startsWith(group.outer, shape) && reducesTrailing(node) ? shape : undefined;
  }
  if (group.flexible) return sameShape(shape, group.outer) ? shape : undefined;
  return startsWith(shape, group.outer) ? group.outer : undefined;
}

function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && startsWith(a, b);
}

function reducesTrailing(node: Node): boolean {
  const { lower } = opOf(node.op);
  if (lower.kind !== "reduction") return false;
  const kept = node.type.shape.length;
  return lower.axes(node).every((axis, i) => axis === kept + i);
}

function turnInward(group: LoopGroup, outer: Shape): void {
  const inner = group.outer.slice(outer.length);
  const members = group.members.splice(0);
  group.outer = outer;
  group.phases.push(inner);
  // Flat members read each other element by element: one phase holds them all.
  for (const member of members) group.members.push({ ...member, inner, phase: 0, perRow: false });
}

function add(group: LoopGroup, node: Node, accesses: readonly Access[]): void {
  const reduces = isReduction(node);
  if (reduces) group.flexible = false;
  const inner = innerOf(group, node);
  const perRow = !reduces && inner.length === 0;
  let earliest = perRow ? -1 : 0;
  for (const access of accesses) {
    group.reads.add(access.node);
    const source = group.members.find((member) => member.node === access.node);
    if (source === undefined) continue;
    earliest = Math.max(earliest, firstPhase(group, source, access, inner, perRow));
  }
  let phase = earliest;
  if (!perRow) {
    while (phase < group.phases.length && !sameShape(group.phases[phase]!, inner)) phase++;
    if (phase === group.phases.length) group.phases.push(inner);
  }
  group.members.push({ node, inner, reduces, phase, perRow });
}

function innerOf(group: LoopGroup, node: Node): Shape {
  const { lower } = opOf(node.op);
  if (lower.kind === "reduction") return lower.axes(node).map((axis) => node.inputs[0]!.type.shape[axis]!);
  if (lower.kind === "contraction") return contractedExtents(node);
  return node.type.shape.slice(group.outer.length);
}

function contractedExtents(node: Node): Shape {
  const contract = node.attributes["lhs_contract"] as readonly number[];
  return contract.map((axis) => node.inputs[0]!.type.shape[axis]!);
}

/** The first phase in which the reader can have what it reads of `source`. */
function firstPhase(group: LoopGroup, source: Member, access: Access, inner: Shape, perRow: boolean): number {
  if (source.perRow || source.reduces) return perRow ? source.phase : source.phase + 1;
  const own = !perRow && sameShape(source.inner, inner) && isAligned(access, access.node.type.shape.length);
  if (own) return source.phase;
  group.reread.add(source.node);
  return perRow ? source.phase : source.phase + 1;
}

/** Members whose value a later phase reads from its buffer: an element of a row does not outlive its loop. */
export function readLater(group: LoopGroup, accessesOfMember: (node: Node) => readonly Access[]): ReadonlySet<Node> {
  const needed = new Set(group.reread);
  const memberOf = new Map(group.members.map((member) => [member.node, member]));
  for (const reader of group.members) {
    for (const access of accessesOfMember(reader.node)) {
      const source = memberOf.get(access.node);
      if (source !== undefined && !source.perRow && !source.reduces && (reader.perRow || source.phase !== reader.phase)) {
        needed.add(source.node);
      }
    }
  }
  return needed;
}
