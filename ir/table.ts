// The op table: every op of the tensor IR by name. An op is defined once, in its family; this file only collects them.
// Families of routines, and ops that users define, join when they are registered.

import { InternalError, userError } from "./errors.ts";
import type { OpDefinition } from "./op.ts";
import { cond } from "./ops/cond.ts";
import { customGradient } from "./ops/custom-gradient.ts";
import { effectOps } from "./ops/effect.ts";
import { elementwiseOps } from "./ops/elementwise.ts";
import { leafOps } from "./ops/leaf.ts";
import { regionOps } from "./ops/region.ts";
import { scan } from "./ops/scan.ts";
import { sizeOps } from "./ops/size.ts";
import { derivativeOps } from "./ops/derivatives.ts";
import { structuralOps } from "./ops/structural.ts";

const definitions = [
  ...leafOps, ...sizeOps, ...derivativeOps, ...effectOps, ...regionOps, scan, cond, customGradient, ...elementwiseOps, ...structuralOps,
] as const;

/** For tables that must have an entry for each op. */
export type OpName = (typeof definitions)[number]["name"];

const table = new Map<string, OpDefinition>();

export const opTable: ReadonlyMap<string, OpDefinition> = table;

/** Adds a definition to the table and gives it back: importing what this is assigned to is what registers it. */
export function registerOp<D extends OpDefinition>(definition: D): D {
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
