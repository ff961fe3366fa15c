// Links routines into a module: the functions that are reached, each once, and of equal ones one, whatever object they come from.

import type { ModuleBuilder, Signature } from "../encode/index.ts";
import { type ObjectFunction, type RoutineObject, refuse } from "./read-object.ts";

/** What the emitted module offers routines, by name: the index of a function of this signature. */
export interface Offered {
  readonly signature: Signature;
  index(): number;
}

export class RoutineLinker {
  readonly #module: ModuleBuilder;
  readonly #offered: ReadonlyMap<string, Offered>;
  readonly #indices = new Map<ObjectFunction, number>();
  readonly #equal = new Map<string, number>();
  /** Bytes of each function that was added, and what it calls. */
  readonly #added = new Map<number, { readonly bytes: number; readonly calls: readonly number[] }>();
  readonly #roots = new Map<string, number>();

  constructor(module: ModuleBuilder, offered: ReadonlyMap<string, Offered>) {
    this.#module = module;
    this.#offered = offered;
  }

  /** The index of an exported function, with what it calls. E708 if there is none of this signature. */
  link(object: RoutineObject, symbol: string, signature: Signature): number {
    const root = object.functions[object.exports.get(symbol) ?? -1];
    if (root === undefined) refuse(`the routine ${symbol} is not among those of its object: ${[...object.exports.keys()].join(", ") || "none"}`);
    if (show(root.signature) !== show(signature)) refuse(`the routine ${symbol} is ${show(root.signature)} and should be ${show(signature)}`);
    const index = this.#resolve(object, root);
    this.#roots.set(symbol, index);
    return index;
  }

  /** What was linked, with the bytes of its code and of all that it calls. */
  get routines(): readonly { readonly name: string; readonly bytes: number }[] {
    return [...this.#roots].map(([name, index]) => ({ name, bytes: this.#sizeOf(index, new Set()) }));
  }

  #sizeOf(index: number, seen: Set<number>): number {
    const added = this.#added.get(index);
    if (added === undefined || seen.has(index)) return 0;
    seen.add(index);
    return added.calls.reduce((sum, called) => sum + this.#sizeOf(called, seen), added.bytes);
  }

  #resolve(object: RoutineObject, function_: ObjectFunction): number {
    const known = this.#indices.get(function_);
    if (known !== undefined) return known;
    const { name, signature, code, calls } = function_;
    if (code === undefined) return this.#offer(function_);
    const called = calls.map(({ target }) => object.functions[target]!);
    const isRecursive = reaches(object, function_);
    // A function that calls itself needs its index first; it is then equal to no other.
    const own = isRecursive ? this.#module.declareFunction(name, signature) : undefined;
    if (own !== undefined) this.#indices.set(function_, own);
    const targets = called.map((target) => this.#resolve(object, target));
    const patched = patch(code, calls.map(({ at }, i) => ({ at, index: targets[i]! })));
    const key = `${show(signature)} ${patched.join()}`;
    const index = own ?? this.#equal.get(key) ?? this.#module.declareFunction(name, signature);
    this.#indices.set(function_, index);
    if (!this.#added.has(index)) {
      this.#module.defineCode(index, patched);
      this.#added.set(index, { bytes: patched.length, calls: targets });
      if (own === undefined) this.#equal.set(key, index);
    }
    return index;
  }

  #offer({ name, signature }: ObjectFunction): number {
    const offered = this.#offered.get(name);
    if (offered === undefined) refuse(`a routine imports ${name}, which is not offered: ${[...this.#offered.keys()].join(", ")}`);
    if (show(offered.signature) !== show(signature)) refuse(`a routine imports ${name} as ${show(signature)}, and it is ${show(offered.signature)}`);
    return offered.index();
  }
}

/** Whether calls lead back to the function. */
function reaches(object: RoutineObject, function_: ObjectFunction): boolean {
  const pending = [function_];
  const seen = new Set<ObjectFunction>();
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    for (const { target } of at.calls) {
      const next = object.functions[target]!;
      if (next === function_) return true;
      if (!seen.has(next)) pending.push(next);
      seen.add(next);
    }
  }
  return false;
}

/** Indices take five bytes, as they did. */
function patch(code: Uint8Array, calls: readonly { readonly at: number; readonly index: number }[]): Uint8Array {
  const patched = code.slice();
  for (const { at, index } of calls) {
    for (let i = 0; i < 5; i++) patched[at + i] = ((index >>> (7 * i)) & 0x7f) | (i < 4 ? 0x80 : 0);
  }
  return patched;
}

function show({ params, results }: Signature): string {
  return `(${params.join(", ")}) -> (${results.join(", ")})`;
}
