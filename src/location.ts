// The user's line behind a value: captured cheaply when a node is made, parsed only when a message needs it.
// Frames of Damo itself are skipped, so that a message names the line that called Damo.

import { DamoError } from "../ir/errors.ts";
import type { SourceLocation } from "../ir/node.ts";

const depth = 12;

// Sources, built files and a bundle: in the first two, Damo's own layers lie beside this file's folder.
const here = plainPath(import.meta.url);
const root = here.replace(/src\/location\.[jt]s$/, "");
const ownLayers = root === here ? [here] : ["src/", "ir/", "passes/", "codegen/"].map((layer) => root + layer);

function plainPath(url: string): string {
  return url.replace(/^file:\/\//, "").replace(/[?#].*$/, "");
}

interface StackHolder {
  stack?: string;
}

interface V8Error {
  captureStackTrace?(target: object, below?: unknown): void;
  stackTraceLimit: number;
}

class StackLocation implements SourceLocation {
  readonly #holder: StackHolder;
  #described: string | undefined | null = null;
  call: string | undefined;

  constructor(holder: StackHolder, call: string | undefined) {
    this.#holder = holder;
    this.call = call;
  }

  describe(): string | undefined {
    if (this.#described === null) this.#described = findUserLine(this.#holder.stack ?? "");
    return this.#described;
  }
}

/** The first frame outside Damo, as `file.ts:12`. */
export function findUserLine(stack: string): string | undefined {
  for (const line of stack.split("\n")) {
    // V8: `at name (URL:12:3)` or `at URL:12:3`; others: `name@URL:12:3`.
    const match = /(?:\(|@|at (?:async )?)((?:[a-z-]+:\/\/|\/|[A-Za-z]:[\\/])[^()]*?):(\d+)(?::\d+)?\)?$/.exec(line.trim());
    if (match === null) continue;
    const path = plainPath(match[1]!);
    if (ownLayers.some((own) => path.startsWith(own))) continue;
    return `${path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1)}:${match[2]}`;
  }
  return undefined;
}

/** An operator that is made of others speaks in its own name: `softmax: axis 3 ...`, not `max: axis 3 ...`. */
function named(error: DamoError, op: string | undefined): DamoError {
  if (op === undefined || error.op?.startsWith(op)) return error;
  return new DamoError(error.code, { ...error.detail, op });
}

let current: StackLocation | undefined;

/** Where the user called Damo: the enclosing `located` call's place if there is one. What fails at run time bears the name `call`; of functions
 *  that call each other, that of the first. */
export function captureLocation(call?: string): SourceLocation {
  if (current === undefined) return newLocation(call);
  current.call ??= call;
  return current;
}

function newLocation(call?: string): StackLocation {
  const errors = Error as unknown as V8Error;
  if (errors.captureStackTrace === undefined) return new StackLocation(new Error(), call);
  const limit = errors.stackTraceLimit;
  const holder: StackHolder = {};
  try {
    errors.stackTraceLimit = depth;
    errors.captureStackTrace(holder, newLocation);
  } finally {
    errors.stackTraceLimit = limit;
  }
  return new StackLocation(holder, call);
}

/** Runs `build`: every node made in it, and every error thrown, carries the place of this call, and errors the name of
 *  the operator that the user called, at run time, too. One stack trace serves a whole composite. */
export function located<T>(build: () => T, op?: string): T {
  if (current !== undefined) return build();
  current = newLocation(op);
  try {
    return build();
  } catch (error) {
    throw error instanceof DamoError ? named(error, op).at(current) : error;
  } finally {
    current = undefined;
  }
}
