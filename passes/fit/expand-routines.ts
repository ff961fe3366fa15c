// Rewrites ops whose routine the target lacks into the other ops that they stand for, where they say so.

import { intAttribute } from "../../ir/attributes.ts";
import { createBuilder } from "../../ir/build.ts";
import { rebuildDeep } from "../../ir/graph.ts";
import type { Graph, Node } from "../../ir/node.ts";
import { opOf } from "../../ir/table.ts";
import type { TargetDescription } from "../../ir/target.ts";
import type { Pass } from "../pass.ts";

/** Operands of a dtype that the target lacks stay as they are, to be refused. */
export function expandRoutines({ dtypes }: TargetDescription): Pass<Graph> {
  const expand = (node: Node): readonly Node[] | undefined => {
    const { lower } = opOf(node.op);
    if (lower.kind !== "routine" || !node.inputs.every(({ type }) => dtypes.includes(type.dtype))) return undefined;
    return lower.build?.(createBuilder(node.location), node);
  };
  return {
    name: "expand-routines",
    summary: "rewrites ops that call routines into other ops, for targets without routines",
    after: [{ pass: "differentiate", why: "gradients of the whole op are simpler than those of its expansion" }],
    run(graph) {
      const expansions = new Map<Node, readonly Node[] | undefined>();
      const expansionOf = (node: Node): readonly Node[] | undefined => {
        if (!expansions.has(node)) expansions.set(node, expand(node));
        return expansions.get(node);
      };
      return rebuildDeep(graph, (node) => {
        // Of several results each is read by a node of its own.
        if (node.op === "result") return expansionOf(node.inputs[0]!)?.[intAttribute(node, "index")] ?? node;
        return node.results.length === 1 ? expansionOf(node)?.[0] ?? node : node;
      });
    },
  };
}
