// Loads the passes for threads when a model asks for threads.

import type { TargetDescription } from "../../ir/target.ts";
import type { Sharing } from "./share-among.ts";

/** Undefined for one thread. */
export async function loadSharing(threads: number, target: TargetDescription): Promise<Sharing | undefined> {
  return threads === 1 ? undefined : (await import("./share-among.ts")).shareAmong(threads, target);
}
