// Runs the functions of a model until the engine has compiled their loops for speed. Engines tell nobody when they have, so a
// function counts as warm once its runs have got no faster for a while. What it runs on is made up: zeros.

import { DamoError, userError } from "../../ir/errors.ts";
import { mayRunForever, sizeNamesOf } from "../../ir/graph.ts";
import type { TracedFunction } from "../../ir/program/traced.ts";
import type { TracedModel } from "../trace.ts";
import type { Backend, BoundFunction, Sizes } from "./backend.ts";

/** What a size counts as that no value is given for. */
const assumedSize = 64;
/** In milliseconds: what is timed together, for how long it must have got no faster, and when it is enough in any case. */
const [slice, pause, limit] = [5, 300, 3000];
const slices = 16;
/** A run counts as faster from here on. */
const faster = 0.9;

/** With the variables' values as they were. Functions that refuse zeros are left cold, with a warning. E410 for a value of a size that there is not. */
export async function warmUp(backend: Backend, { functions, state }: TracedModel, given: Sizes): Promise<void> {
  const known = new Set(functions.flatMap((traced) => [...sizeNamesOf(traced.graph), ...traced.sizes]));
  for (const name of given.keys()) if (!known.has(name)) throw userError("E410", { op: "compile", message: `warmUp gives ${name} a value: no function has a size of that name` });
  const values = state.map((_, index) => backend.getState(index));
  const restore = (): void => values.forEach((value, index) => backend.setState(index, value));
  for (const [index, traced] of functions.entries()) {
    if (mayRunForever(traced.graph)) {
      warnCold(traced, "a loop in it has no bound");
      continue;
    }
    try {
      await runUntilSteady(backend.bind!(index, sizesOf(traced, given)), restore);
    } catch (error) {
      if (!(error instanceof DamoError) || error.code === "E508") throw error;
      warnCold(traced, error.message);
    }
  }
  restore();
}

async function runUntilSteady(bound: BoundFunction, restore: () => void): Promise<void> {
  const start = performance.now();
  let [best, since, count] = [Number.POSITIVE_INFINITY, start, 0];
  for (let now = start; now - start < limit && (now - since < pause || count < slices);) {
    // Zeros have no gradients, but some updates run away on anything.
    restore();
    const begin = performance.now();
    let runs = 0;
    do {
      bound.run();
      runs++;
      now = performance.now();
    } while (now - begin < slice);
    const time = (now - begin) / runs;
    count++;
    if (time < faster * best) [since, count] = [now, 0];
    best = Math.min(best, time);
    // The engine compiles on other threads, and hands over between tasks, too.
    await new Promise((resolve) => setTimeout(resolve));
  }
}

function sizesOf({ graph, sizes }: TracedFunction, given: Sizes): Sizes {
  return new Map([...sizeNamesOf(graph), ...sizes].map((name) => [name, given.get(name) ?? assumedSize]));
}

function warnCold({ name }: TracedFunction, reason: string): void {
  console.warn(`damo: ${name} was not warmed up: ${reason}`);
}
