// What a shader that multiplies declares: what it reads, c if that is stored, what the epilogue binds, and the words of its uniform.

import type { ShaderBuffer } from "../shader.ts";
import type { Epilogue } from "./epilogue.ts";
import { declareArray, type StoredArray, type StoredDType } from "./stored.ts";

export interface ShaderInterface {
  /** What is read, at bindings 0, 1, ... */
  readonly operands: readonly StoredArray[];
  /** What c is stored as. */
  readonly result: StoredDType;
  /** That the operands call. */
  readonly functions: string;
  /** Names of the words of the uniform, the epilogue's aside. */
  readonly words: readonly string[];
  readonly epilogue: Epilogue | undefined;
}

export function interfaceBuffers({ operands, result, epilogue }: Pick<ShaderInterface, "operands" | "result" | "epilogue">): readonly ShaderBuffer[] {
  const c: readonly ShaderBuffer[] = epilogue?.storesProduct === false ? [] : [{ dtype: result, access: "write" }];
  return [...operands.map(({ dtype }): ShaderBuffer => ({ dtype, access: "read" })), ...c, ...(epilogue?.buffers ?? [])];
}

export function interfaceWords({ words, epilogue }: Pick<ShaderInterface, "words" | "epilogue">): readonly string[] {
  return [...words, ...(epilogue?.words ?? [])];
}

/** `vectors`: whether c is stored in vectors. */
export function declareInterface(parts: ShaderInterface, vectors: boolean): string {
  const { operands, result, functions, epilogue } = parts;
  const c: readonly StoredArray[] = epilogue?.storesProduct === false ? [] : [{ name: "c", dtype: result, vectors }];
  return [
    `struct Sizes { ${interfaceWords(parts).map((word) => `${word}: i32`).join(", ")} }`,
    ...operands.map(declareArray),
    `@group(0) @binding(${interfaceBuffers(parts).length}) var<uniform> sizes: Sizes;`,
    ...(functions === "" ? [] : [functions]),
    ...c.map((array) => declareArray(array, operands.length)),
    ...(epilogue === undefined ? [] : [epilogue.declare(operands.length + c.length)]),
  ].join("\n");
}
