// What a matrix product is emitted for, its parameters, and the cache of functions already in a module.

import type { FunctionBuilder, Local, ModuleBuilder } from "../encode/index.ts";
import type { CodeVariant } from "../code-variant.ts";
import type { GemmDtype } from "./element.ts";

export interface GemmVariant {
  readonly dtype: GemmDtype;
  readonly code: CodeVariant;
  /** The axis of A[m,k] with unit stride: "k" is row-major. */
  readonly aLayout: "k" | "m";
  /** The axis of B[k,n] with unit stride: "n" is row-major. */
  readonly bLayout: "n" | "k";
  /** Sizes known now: only the paths that they leave are emitted. */
  readonly m?: number | undefined;
  readonly n?: number | undefined;
  readonly k?: number | undefined;
}

const emitted = new WeakMap<ModuleBuilder, Map<string, number>>();

/** The index of the function called `key` in the module, emitted at the first request. */
export function once(module: ModuleBuilder, key: string, emit: () => number): number {
  let indices = emitted.get(module);
  if (indices === undefined) {
    indices = new Map();
    emitted.set(module, indices);
  }
  let index = indices.get(key);
  if (index === undefined) {
    index = emit();
    indices.set(key, index);
  }
  return index;
}

/** The parameters of a product: sizes, addresses and strides in bytes, and the epilogue: a place in the module's table, or 0. */
export const gemmParams = ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"] as const;
export type GemmLocals = [
  m: Local, n: Local, k: Local, a: Local, lda: Local, b: Local, ldb: Local, c: Local, ldc: Local,
  workspace: Local, epilogue: Local, epilogueArgs: Local,
];

/**
 * Emits the call of an epilogue, if there is one: a function `(rowBegin, rowEnd, epilogueArgs)`, all i32, called for blocks of rows
 * that together are 0..m, each once, when all its columns are final and while they are likely in the cache.
 */
export function callEpilogue(module: ModuleBuilder, f: FunctionBuilder, epilogue: Local, pushArguments: () => void): void {
  f.get(epilogue).if(() => {
    pushArguments();
    f.get(epilogue).callIndirect(module.typeIndex({ params: ["i32", "i32", "i32"], results: [] }));
  });
}
