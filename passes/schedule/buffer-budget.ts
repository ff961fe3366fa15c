// What the scheduler asks where a kernel of the target may have only so many buffers. `passes/fit` answers.

import type { Node } from "../../ir/node.ts";
import type { Access } from "./access.ts";
import type { LoopGroup } from "./group.ts";

export interface BufferBudget {
  /** Stores values that would be computed inline where too many are loaded for them; whether it did. */
  storeMore(order: readonly Node[], stored: Set<Node>): boolean;
  /** A test of groups: whether the kernel has no more buffers than it may. `leaving`: what is written whatever group it is in. */
  groupTest(order: readonly Node[], stored: ReadonlySet<Node>, leaving: ReadonlySet<Node>, accessesOf: (node: Node) => readonly Access[]): (group: LoopGroup) => boolean;
}
