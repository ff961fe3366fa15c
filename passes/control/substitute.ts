// A loop with nodes of its body replaced, and more operands.

import { mapNodes, withInputs } from "../../ir/graph.ts";
import type { Binding, Loop } from "../../ir/loop.ts";
import type { Node } from "../../ir/node.ts";

/** All that the body gives. */
export function bodyResults({ carried, stop, stacked }: Loop): readonly Node[] {
  return [...carried.map(({ next }) => next), ...(stop === undefined ? [] : [stop]), ...stacked];
}

/** Replacements may read the parameters of the loop and of the added operands. */
export function substitute(
  loop: Loop, replaced: ReadonlyMap<Node, Node>, added: { readonly sequences?: readonly Binding[]; readonly captures?: readonly Binding[] },
): Loop {
  const { sequences = [], captures = [] } = added;
  const own = [...loop.carried, ...loop.sequences, ...loop.captures].map(({ parameter }): [Node, Node] => [parameter, parameter]);
  const mapped = mapNodes(bodyResults(loop), withInputs, [...own, ...replaced]);
  const count = loop.carried.length;
  const stops = loop.stop === undefined ? 0 : 1;
  return {
    ...loop, sequences: [...loop.sequences, ...sequences], captures: [...loop.captures, ...captures],
    carried: loop.carried.map((carried, i) => ({ ...carried, next: mapped[i]! })),
    stop: stops === 0 ? undefined : mapped[count]!, stacked: mapped.slice(count + stops),
  };
}
