// Where values lie that only their own kernel loads again. A row of a softmax is stored once and overwritten by the
// result: such a value takes the place of a later result of its kernel that has the same shape, instead of memory of its own.

import type { Node } from "../../ir/node.ts";
import { dimEquals } from "../../ir/size.ts";
import { type Access, isAligned } from "./access.ts";
import type { LoopGroup, Member } from "./group.ts";

/** The phases from the one that stores a value to the last that may load it. */
interface Life {
  readonly from: number;
  readonly to: number;
}

/**
 * For some members that are not in `leaving` and that `reread` says are loaded again: the member whose buffer they share.
 * A phase loads before it stores, element by element, so a life may begin in the phase in which another ends.
 */
export function shareRowPlaces(
  group: LoopGroup, leaving: ReadonlySet<Node>, reread: ReadonlySet<Node>, accessesOfMember: (node: Node) => readonly Access[],
): ReadonlyMap<Node, Node> {
  const places: { readonly owner: Member; readonly lives: Life[] }[] = [];
  const shared = new Map<Node, Node>();
  for (const member of group.members) {
    if (leaving.has(member.node) && isMapped(member)) places.push({ owner: member, lives: [{ from: member.phase, to: Infinity }] });
  }
  for (const member of group.members) {
    const life = leaving.has(member.node) || !reread.has(member.node) ? undefined : lifeOf(member, group, accessesOfMember);
    if (life === undefined) continue;
    const place = places.find(({ owner, lives }) =>
      sameType(owner.node, member.node) && lives.every((other) => other.to <= life.from || life.to <= other.from));
    if (place === undefined) {
      places.push({ owner: member, lives: [life] });
    } else {
      place.lives.push(life);
      shared.set(member.node, place.owner.node);
    }
  }
  return shared;
}

function isMapped(member: Member): boolean {
  return !member.perRow && !member.reduces;
}

/** Undefined for a value that is loaded at other elements than the reader's own. */
function lifeOf(member: Member, group: LoopGroup, accessesOfMember: (node: Node) => readonly Access[]): Life | undefined {
  if (!isMapped(member)) return undefined;
  let to = member.phase;
  for (const reader of group.members) {
    for (const access of accessesOfMember(reader.node)) {
      if (access.node !== member.node) continue;
      if (reader.perRow || !isAligned(access, member.node.type.shape.length)) return undefined;
      to = Math.max(to, reader.phase);
    }
  }
  return { from: member.phase, to };
}

function sameType(a: Node, b: Node): boolean {
  const [left, right] = [a.type, b.type];
  return left.dtype === right.dtype && left.shape.length === right.shape.length
    && left.shape.every((dim, axis) => dimEquals(dim, right.shape[axis]!));
}
