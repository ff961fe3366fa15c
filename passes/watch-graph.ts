// Graphs watched while passes run over them: verified after each, shown when one fails.

import type { Graph } from "../ir/node.ts";
import { printGraph } from "../ir/print.ts";
import { assertSound } from "../ir/verify.ts";
import type { Watch } from "./pass.ts";

export const watchGraph: Watch<Graph> = {
  verify: assertSound,
  print: (graph) => printGraph(graph, { locations: true, maxElements: 8 }),
};
