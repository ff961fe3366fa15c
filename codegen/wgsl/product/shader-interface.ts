// What a shader that multiplies declares: its operands a and b, c if that is stored, what the epilogue binds, and the words of its uniform.

import type { ShaderBuffer } from "../shader.ts";
import type { Epilogue } from "./epilogue.ts";
import { declareResult, operandBuffers, type StoredDTypes } from "./stored.ts";

export interface ShaderInterface {
  readonly stored: StoredDTypes;
  /** Of buffers a and b at bindings 0 and 1. */
  readonly operands: readonly string[];
  /** That the operands call. */
  readonly functions: string;
  /** Names of the words of the uniform, the epilogue's aside. */
  readonly words: readonly string[];
  readonly epilogue: Epilogue | undefined;
}

export function interfaceBuffers({ stored, epilogue }: Pick<ShaderInterface, "stored" | "epilogue">): readonly ShaderBuffer[] {
  const own = operandBuffers(stored);
  return epilogue === undefined ? own : [...(epilogue.storesProduct ? own : own.slice(0, 2)), ...epilogue.buffers];
}

export function interfaceWords({ words, epilogue }: Pick<ShaderInterface, "words" | "epilogue">): readonly string[] {
  return [...words, ...(epilogue?.words ?? [])];
}

/** `vectors`: whether c is stored in vectors. */
export function declareInterface(parts: ShaderInterface, vectors: boolean): string {
  const { stored, operands, functions, epilogue } = parts;
  const storesProduct = epilogue?.storesProduct ?? true;
  return [
    `struct Sizes { ${interfaceWords(parts).map((word) => `${word}: i32`).join(", ")} }`,
    ...operands,
    `@group(0) @binding(${interfaceBuffers(parts).length}) var<uniform> sizes: Sizes;`,
    ...(functions === "" ? [] : [functions]),
    ...(storesProduct ? [declareResult(stored, vectors)] : []),
    ...(epilogue === undefined ? [] : [epilogue.declare(storesProduct ? 3 : 2)]),
  ].join("\n");
}
