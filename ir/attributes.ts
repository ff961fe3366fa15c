// Attributes of nodes: the check against an op's schema, and accessors that give them their static types. After the
// check an accessor cannot fail; it throws an InternalError when an op asks for what its schema does not declare.

import type { TensorData } from "./data.ts";
import { InternalError } from "./errors.ts";
import type { Attribute, Attributes, Graph } from "./node.ts";
import type { AttributeKind, OpDefinition } from "./op.ts";
import type { Dim } from "./size.ts";
import type { DType } from "./types.ts";
import { dtypes } from "./types.ts";

/** A node, an evaluation context, or `{ attributes }` in a shape rule. */
export interface HasAttributes {
  readonly attributes: Attributes;
}

const isInt = (value: Attribute): value is number => typeof value === "number" && Number.isSafeInteger(value);
const isRecord = (value: Attribute): value is { readonly [key: string]: Attribute } => typeof value === "object" && !Array.isArray(value);
const isDim = (value: Attribute): boolean => isInt(value) || (isRecord(value) && value["kind"] === "size");

const accepts: { readonly [K in Exclude<AttributeKind, readonly string[]>]: (value: Attribute) => boolean } = {
  int: isInt,
  ints: (value) => Array.isArray(value) && value.every(isInt),
  dims: (value) => Array.isArray(value) && value.every(isDim),
  dtype: (value) => typeof value === "string" && (dtypes as readonly string[]).includes(value),
  bool: (value) => typeof value === "boolean",
  number: (value) => typeof value === "number" || typeof value === "bigint",
  string: (value) => typeof value === "string",
  data: (value) => isRecord(value) && ArrayBuffer.isView(value["data"]),
  region: (value) => isRecord(value) && Array.isArray(value["parameters"]) && Array.isArray(value["results"]),
};

function acceptsKind(kind: AttributeKind, value: Attribute): boolean {
  return typeof kind === "string" ? accepts[kind](value) : typeof value === "string" && kind.includes(value);
}

export function showKind(kind: AttributeKind): string {
  return typeof kind === "string" ? kind : `one of ${kind.join(", ")}`;
}

/** What is wrong with the attributes, or undefined: each declared one is there and of its kind, and no other is. */
export function attributesFault(definition: OpDefinition, attributes: Attributes): string | undefined {
  const schema = definition.attributes;
  for (const name in schema) {
    const value = attributes[name];
    if (value === undefined) return `attribute "${name}" (${showKind(schema[name]!)}) is missing`;
    if (!acceptsKind(schema[name]!, value)) return `attribute "${name}" must be ${showKind(schema[name]!)}`;
  }
  for (const name in attributes) if (!Object.hasOwn(schema, name)) return `attribute "${name}" is not known`;
  return undefined;
}

function read<T>(from: HasAttributes, name: string, kind: Exclude<AttributeKind, readonly string[]>): T {
  const value = from.attributes[name];
  if (value === undefined || !accepts[kind](value)) throw new InternalError(`attribute "${name}" is not of kind ${kind}`);
  return value as T;
}

export const intAttribute = (from: HasAttributes, name: string): number => read(from, name, "int");
export const intsAttribute = (from: HasAttributes, name: string): readonly number[] => read(from, name, "ints");
export const dimsAttribute = (from: HasAttributes, name: string): readonly Dim[] => read(from, name, "dims");
/** Dimensions in an evaluation context, where every size has its value. */
export const concreteDimsAttribute = (from: HasAttributes, name: string): readonly number[] => read(from, name, "ints");
export const dtypeAttribute = (from: HasAttributes, name: string): DType => read(from, name, "dtype");
export const boolAttribute = (from: HasAttributes, name: string): boolean => read(from, name, "bool");
export const numberAttribute = (from: HasAttributes, name: string): number | bigint => read(from, name, "number");
/** Also for enumerations: `enumAttribute<"set" | "add">(node, "mode")`. */
export const enumAttribute = <T extends string>(from: HasAttributes, name: string): T => read(from, name, "string");
export const stringAttribute = (from: HasAttributes, name: string): string => read(from, name, "string");
export const dataAttribute = (from: HasAttributes, name: string): TensorData => read(from, name, "data");
export const regionAttribute = (from: HasAttributes, name: string): Graph => read(from, name, "region");
