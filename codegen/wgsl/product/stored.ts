// What the operands and the result of a multiplication are in memory: f32, or halves that are widened when they are loaded and rounded when they are stored.

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

/** A buffer of elements, or of vectors of four. */
export interface StoredArray { readonly name: string; readonly dtype: StoredDType; readonly vectors: boolean }

export function declareArray({ name, dtype, vectors }: StoredArray, binding: number): string {
  return `@group(0) @binding(${binding}) var<storage, read_write> ${name}: array<${arrayType(dtype, vectors)}>;`;
}
