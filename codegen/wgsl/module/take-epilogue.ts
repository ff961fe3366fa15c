// Whether the shader of a product or a convolution can take its epilogue in: if what both bind is not too much for a device, and no buffer is bound twice.

import { ownAccess, wholeOf } from "../../../ir/program/access.ts";
import type { BufferId, Launch, Program } from "../../../ir/program/program.ts";
import { statementsOf } from "../../../ir/program/walk.ts";
import { elementLoops, type EpilogueDescription } from "../product/epilogue.ts";
import type { WebgpuLimits } from "../target.ts";
import type { FunctionScope } from "./function-scope.ts";
import type { Place } from "./places.ts";
import type { PlanWord } from "./plan.ts";
import { planSize } from "./plan-size.ts";

export interface TakenEpilogue {
  readonly description: EpilogueDescription;
  /** What is bound after the operands: the product if it is stored, and the epilogue's. */
  readonly buffers: readonly number[];
  readonly words: readonly PlanWord[];
}

/** Of each buffer, how many statements read it or a part of it. */
export function countReaders({ body, buffers }: Program): ReadonlyMap<BufferId, number> {
  const readers = new Map<BufferId, number>();
  for (const statement of statementsOf(body)) {
    for (const buffer of new Set([...ownAccess(statement).reads].map((read) => wholeOf(read, buffers)))) readers.set(buffer, (readers.get(buffer) ?? 0) + 1);
  }
  return readers;
}

/** Undefined: the epilogue is a kernel of its own. */
export function takeEpilogue(
  { kernel, buffers, sizes }: Launch, isMatrix: boolean, product: BufferId, operands: readonly Place[], { places, buffers: all }: Pick<FunctionScope, "places" | "buffers">,
  readers: ReadonlyMap<BufferId, number>, { storageBuffers }: WebgpuLimits,
): TakenEpilogue | undefined {
  const c = places.of(product);
  if (elementLoops(kernel) === undefined || c.bases.length > 0) return undefined;
  // The epilogue is one reader.
  const storesProduct = all[product]!.role.kind !== "scratch" || (readers.get(product) ?? 0) > 1;
  const parameters = buffers.map((buffer, i) => ({ place: places.of(buffer), isProduct: buffer === product, access: kernel.buffers[i]!.access }));
  const isBound = parameters.map(({ isProduct, access }) => !isProduct || access !== "read");
  const bound = [...new Set(parameters.filter((_, i) => isBound[i]).map(({ place }) => place.buffer))];
  const before = [...operands.map(({ buffer }) => buffer), ...(storesProduct ? [c.buffer] : [])];
  if (bound.some((buffer) => before.includes(buffer)) || before.length + bound.length > storageBuffers) return undefined;
  const bases = parameters.map(({ place }, i) => (isBound[i] ? place.bases : []));
  return {
    description: {
      kernel, storesProduct, isMatrix, sizes: sizes.map((size) => (typeof size === "number" ? size : undefined)),
      bindings: parameters.map(({ place }) => bound.indexOf(place.buffer)), bases: bases.map(({ length }) => length),
      product: parameters.flatMap(({ isProduct }, i) => (isProduct ? [i] : [])),
    },
    buffers: [...(storesProduct ? [c.buffer] : []), ...bound],
    words: [...sizes.map(planSize), ...bases.flat()],
  };
}
