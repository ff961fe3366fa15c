// What a body does beside computing its values. An effect reads values, and its statements stand as soon as these are stored.

import type { Node } from "../../ir/node.ts";
import type { Effect } from "./program-parts.ts";

/** The effects of a body, each handed out as soon as what it reads is stored. */
export class PendingEffects {
  readonly #waiting: { readonly effect: Effect; readonly needs: Set<Node> }[] = [];

  constructor(effects: readonly Effect[], isStored: (node: Node) => boolean) {
    const seen = new Set<string>();
    for (const effect of effects) {
      if (seen.has(effect.key)) continue;
      seen.add(effect.key);
      const needs = new Set<Node>();
      for (const node of effect.reads) readInline(node, isStored, needs);
      for (const need of needs) if (need.op === "parameter" || need.op === "constant") needs.delete(need);
      this.#waiting.push({ effect, needs });
    }
  }

  /** The effects that wait for nothing more once `stored` are there. */
  ready(stored: readonly Node[]): readonly Effect[] {
    const ready: Effect[] = [];
    for (let i = 0; i < this.#waiting.length; i++) {
      const { effect, needs } = this.#waiting[i]!;
      for (const node of stored) needs.delete(node);
      if (needs.size > 0) continue;
      ready.push(effect);
      this.#waiting.splice(i--, 1);
    }
    return ready;
  }
}

/** Adds the stored nodes that computing `node` inline loads. */
export function readInline(node: Node, isStored: (node: Node) => boolean, into: Set<Node>): void {
  const pending = [node];
  const seen = new Set<Node>();
  while (pending.length > 0) {
    const next = pending.pop()!;
    if (seen.has(next)) continue;
    seen.add(next);
    if (isStored(next)) into.add(next);
    else pending.push(...next.inputs);
  }
}
