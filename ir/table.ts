// The op table: every op of the tensor IR by name. An op is defined once, in its family. Here stand those that any graph may hold;
// other families join when they are registered: those that a page need not have, those of routines, and ops that users define.

import { InternalError, userError } from "./errors.ts";
import type { OpDefinition } from "./op.ts";
import { contractionOps } from "./ops/contraction.ts";
import { cumulativeOps } from "./ops/cumulative.ts";
import { derivativeOps } from "./ops/derivatives.ts";
import { elementwiseOps } from "./ops/elementwise.ts";
import { indexingOps } from "./ops/indexing.ts";
import { leafOps } from "./ops/leaf.ts";
import { movementOps } from "./ops/movement.ts";
import { reductionOps } from "./ops/reduction.ts";
import { regionOps } from "./ops/region.ts";
import { sizeOps } from "./ops/size.ts";
import { slicingOps } from "./ops/slicing.ts";

const definitions = [
  ...leafOps, ...sizeOps, ...derivativeOps, ...regionOps, ...elementwiseOps, ...movementOps, ...slicingOps, ...indexingOps, ...reductionOps, ...cumulativeOps,
  ...contractionOps,
] as const;

export type CoreOpName = (typeof definitions)[number]["name"];

const table = new Map<string, OpDefinition>();

export const opTable: ReadonlyMap<string, OpDefinition> = table;

/**
 * Adds a definition to the table and gives it back. Importing what this is assigned to is what registers it, so who makes a node of such an op
 * takes its name from there: `make(scan.name, ...)`. A bundler leaves out what is imported for nothing.
 */
export function registerOp<const D extends OpDefinition>(definition: D): D {
  if (table.has(definition.name)) throw new InternalError(`op ${definition.name} is defined twice`);
  table.set(definition.name, definition);
  return definition;
}

definitions.forEach(registerOp);

/** E803 for a name that is not in the table. */
export function opOf(name: string): OpDefinition {
  const definition = opTable.get(name);
  if (definition === undefined) throw userError("E803", { message: `"${name}" is not an operation` });
  return definition;
}
