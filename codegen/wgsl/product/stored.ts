// What the operands and the result of a multiplication are in memory: f32, or halves that are widened when they are loaded and rounded when they are stored.

import type { ShaderBuffer } from "../shader.ts";

export type StoredDType = "f32" | "f16";

export interface StoredDTypes { readonly a: StoredDType; readonly b: StoredDType; readonly c: StoredDType }

export const allSingle: StoredDTypes = { a: "f32", b: "f32", c: "f32" };

/** The element type of a buffer's array: one element, or four neighbours. */
export function arrayType(dtype: StoredDType, vectors: boolean): string {
  return dtype === "f16" ? (vectors ? "vec4h" : "f16") : vectors ? "vec4f" : "f32";
}

/** What was loaded, as f32. */
export function widened(dtype: StoredDType, vectors: boolean, value: string): string {
  return dtype === "f16" ? `${vectors ? "vec4f" : "f32"}(${value})` : value;
}

/** What is to be stored, of f32. */
export function narrowed(dtype: StoredDType, vectors: boolean, value: string): string {
  return dtype === "f16" ? `${arrayType(dtype, vectors)}(${value})` : value;
}

/** The bindings of a, b and c. */
export function operandBuffers({ a, b, c }: StoredDTypes): readonly ShaderBuffer[] {
  return [{ dtype: a, access: "read" }, { dtype: b, access: "read" }, { dtype: c, access: "write" }];
}

/** The declaration of c as elements or vectors. */
export function declareResult({ c }: StoredDTypes, vectors: boolean): string {
  return `@group(0) @binding(2) var<storage, read_write> c: array<${arrayType(c, vectors)}>;`;
}
