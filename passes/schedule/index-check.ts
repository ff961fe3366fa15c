// Indices that are known only at run time: which must be checked, when they are known, and the kernel that does it.

import { intsAttribute } from "../../ir/attributes.ts";
import type { ValueId } from "../../ir/kernel/kernel.ts";
import { identityOf } from "../../ir/kernel/scalar.ts";
import type { Node } from "../../ir/node.ts";
import type { BufferId, Launch } from "../../ir/program/program.ts";
import { type Dim, dimEquals, showDim } from "../../ir/size.ts";
import { KernelScope } from "./kernel-scope.ts";
import type { SoloContext } from "./lower-solo.ts";

/** An index operand and the number of elements on the axis that it indexes. */
export interface IndexBound {
  readonly index: Node;
  readonly limit: Dim;
}

/** What a gather or scatter must check when it runs; indices that are in range by construction are left out. */
export function indexBounds(node: Node): readonly IndexBound[] {
  const first = node.op === "gather" ? 1 : node.op === "scatter" ? 2 : undefined;
  if (first === undefined || node.attributes["bounds"] !== "check") return [];
  const axes = intsAttribute(node, "axes");
  return axes.map((axis, i) => ({ index: node.inputs[first + i]!, limit: node.inputs[0]!.type.shape[axis]! }))
    .filter(({ index, limit }) => !isInRange(index, limit));
}

const movements: ReadonlySet<string> = new Set(["broadcast", "reshape", "transpose", "assume", "slice", "reverse"]);

function isInRange(index: Node, limit: Dim): boolean {
  let source = index;
  while (movements.has(source.op)) source = source.inputs[0]!;
  if (source.op === "iota") return dimEquals(source.type.shape[source.attributes["axis"] as number]!, limit);
  if (source.op !== "full" || typeof limit !== "number") return false;
  const value = Number(source.attributes["value"]);
  return value >= -limit && value < limit;
}

/** Writes i32 [failed, offending value, limit] to `flag`. */
export function lowerIndexCheck({ index, limit }: IndexBound, flag: BufferId, context: SoloContext): Launch {
  const scope = new KernelScope("check_index", context.bufferOf);
  const { kernel } = scope;
  const out = scope.parameter(flag, "i32", "write");
  const [least, most] = scope.nest(index.type.shape, "parallel",
    [kernel.i32(Number(identityOf("min", "i32"))), kernel.i32(Number(identityOf("max", "i32")))], ["min", "max"], (at, current) => {
      const value = scope.element(index, at);
      return [kernel.min(current[0]!, value), kernel.max(current[1]!, value)];
    }) as [ValueId, ValueId];
  const bound = scope.dim(limit);
  const above = kernel.op("ge", most, bound);
  const below = kernel.op("lt", least, kernel.op("neg", bound));
  kernel.store(out, kernel.i32(0), kernel.convert(kernel.op("or", above, below), "i32"));
  kernel.store(out, kernel.i32(1), kernel.select(above, most, least));
  kernel.store(out, kernel.i32(2), bound);
  return scope.launch(context.optimize);
}

export interface PendingCheck {
  readonly bound: IndexBound;
  /** The gather or scatter. */
  readonly node: Node;
}

/** The checks of a function, each handed out as soon as what it reads is stored. */
export class IndexChecks {
  readonly #waiting: { readonly check: PendingCheck; readonly needs: Set<Node> }[] = [];

  constructor(order: readonly Node[], isStored: (node: Node) => boolean) {
    const seen = new Set<string>();
    for (const node of order) {
      for (const bound of indexBounds(node)) {
        const key = `${bound.index.id}:${showDim(bound.limit)}`;
        if (seen.has(key)) continue;
        seen.add(key);
        const needs = new Set<Node>();
        readInline(bound.index, isStored, needs);
        for (const need of needs) if (need.op === "parameter" || need.op === "constant") needs.delete(need);
        this.#waiting.push({ check: { bound, node }, needs });
      }
    }
  }

  /** The checks that wait for nothing more once `stored` are there. */
  ready(stored: readonly Node[]): readonly PendingCheck[] {
    const ready: PendingCheck[] = [];
    for (let i = 0; i < this.#waiting.length; i++) {
      const { check, needs } = this.#waiting[i]!;
      for (const node of stored) needs.delete(node);
      if (needs.size > 0) continue;
      ready.push(check);
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

