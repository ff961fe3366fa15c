// What a call is given, read and checked: values of inputs, sizes, variables. The same for every target.

import type { TensorData } from "../ir/data.ts";
import { userError } from "../ir/errors.ts";
import type { NamedType } from "../ir/program/program.ts";
import { type Dim, evaluateDim, nameOfDim, showDim } from "../ir/size.ts";
import { type DType, showType, type TensorType } from "../ir/types.ts";
import type { Sizes } from "./runtime/backend.ts";
import type { TracedModel } from "./trace.ts";
import { type Place, toTensorData } from "./value.ts";

/** What a call was given, checked. */
export interface Feeds<T> {
  /** Of the inputs, in their order. */
  readonly data: readonly T[];
  readonly sizes: Sizes;
  /** Values of kept variables, by number. */
  readonly set: ReadonlyMap<number, TensorData>;
}

/** How a value becomes a tensor: as `toTensorData`. */
type Read<T> = (value: unknown, dtype: DType, place: Place) => T;

/** The inputs' values, all sizes, and kept variables that are set. Throws what `compile` documents of calls: E501 to E504, E506, E605. */
export function readFeeds<T extends { readonly shape: readonly number[] } = TensorData>(
  { functions, optional, state }: TracedModel, index: number, values: unknown, read: Read<T | TensorData> = toTensorData): Feeds<T | TensorData> {
  const { name: op, inputs, sizes } = functions[index]!;
  const { defaults, kept } = optional[index]!;
  const given = readRecord(op, values, [...inputs.map(({ name }) => name), ...kept.keys(), ...sizes]);
  const data = inputs.map(({ name, type }) => (given[name] === undefined ? defaults.get(name) : undefined) ?? readFeed(op, name, type, given[name], read));
  const passed = new Map(sizes.map((size) => [size, readSize(op, `"${size}"`, given[size])]));
  const set = new Map([...kept].filter(([name]) => given[name] !== undefined).map(([name, variable]) => [variable, readState(state[variable]!, given[name])]));
  return { data, sizes: bindSizes(op, inputs, data, passed), set };
}

/** A new value for a variable. E506 unless it has its dtype and shape. */
export function readState({ name, type }: NamedType, value: unknown): TensorData {
  const place = { op: `state.${name}`, what: "the value", dtypeCode: "E506", shapeCode: "E506" } as const;
  const data = toTensorData(value, type.dtype, place);
  const fits = data.shape.length === type.shape.length && type.shape.every((dim, axis) => dim === data.shape[axis]);
  if (!fits) throw userError("E506", { op: place.op, message: `shape [${data.shape.join(",")}] is given for ${showType(type)}` });
  return data;
}

function readRecord(op: string, values: unknown, names: readonly string[]): { readonly [name: string]: unknown } {
  const given = (values ?? {}) as { readonly [name: string]: unknown };
  if (typeof given !== "object" || Array.isArray(given)) {
    throw userError("E501", { op, message: "takes a record of inputs", hint: `pass { ${names.join(", ")} }` });
  }
  const stray = Object.keys(given).find((name) => !names.includes(name));
  if (stray !== undefined) throw userError("E501", { op, message: `there is no input ${stray}`, hint: `the inputs are ${names.join(", ")}` });
  return given;
}

function readFeed<T extends { readonly shape: readonly number[] }>(op: string, name: string, type: TensorType, value: unknown, read: Read<T>): T {
  if (value === undefined) throw userError("E501", { op, message: `input ${name} (${showType(type)}) is missing` });
  const data = read(value, type.dtype, { op, what: `input ${name}`, dtypeCode: "E502", shapeCode: "E503" });
  if (data.shape.length !== type.shape.length) {
    throw userError("E503", { op, message: `input ${name} has shape [${data.shape.join(",")}], its type is ${showType(type)}` });
  }
  return data;
}

/** The values of the named sizes: those passed, and those that stand bare in inputs. */
function bindSizes(op: string, inputs: readonly NamedType[], data: readonly { readonly shape: readonly number[] }[], passed: Sizes): Sizes {
  const sizes = new Map(passed);
  const firstBy = new Map<string, string>();
  inputs.forEach(({ name, type }, i) => type.shape.forEach((dim, axis) => {
    const size = nameOfDim(dim);
    if (size === undefined) return;
    const value = readSize(op, `"${size}" of input ${name}`, data[i]!.shape[axis]!);
    const known = sizes.get(size);
    if (known === undefined) {
      sizes.set(size, value);
      firstBy.set(size, name);
    } else if (known !== value) {
      throw userError("E504", { op, message: `the size "${size}" is ${known} in input ${firstBy.get(size)} and ${value} in input ${name}` });
    }
  }));
  for (const [i, { name, type }] of inputs.entries()) {
    for (const [axis, dim] of type.shape.entries()) checkSize(op, name, type, dim, data[i]!.shape, axis, sizes);
  }
  return sizes;
}

function checkSize(op: string, name: string, type: TensorType, dim: Dim, shape: readonly number[], axis: number, sizes: Sizes): void {
  const expected = typeof dim === "number" ? dim : evaluateDim(dim, sizes);
  if (expected === shape[axis]) return;
  const why = typeof dim === "number" ? "" : ` (${showDim(dim)} is ${expected})`;
  throw userError("E503", { op, message: `input ${name} has shape [${shape.join(",")}], its type is ${showType(type)}${why}` });
}

/** E501 unless the value is a non-negative integer, E605 if it is too large to address. */
function readSize(op: string, what: string, value: unknown): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0) {
    throw userError("E501", { op, message: `the size ${what} is ${String(value)}`, hint: "pass each size as a non-negative integer" });
  }
  if (value > 0x7fffffff) throw userError("E605", { op, message: `the size ${what} is ${value}, the largest is 2147483647` });
  return value;
}

/** The sizes of buffers that are bound. */
export function readSizes(op: string, inputs: readonly NamedType[], passed: readonly string[], given: unknown): Sizes {
  const values = (given ?? {}) as { readonly [name: string]: unknown };
  const sizes = new Map<string, number>();
  for (const { name, type } of inputs) {
    for (const dim of type.shape) {
      const size = nameOfDim(dim);
      if (size !== undefined) sizes.set(size, readSize(op, `"${size}" of input ${name}`, values[size]));
    }
  }
  for (const size of passed) sizes.set(size, readSize(op, `"${size}"`, values[size]));
  const unknown = Object.keys(values).find((size) => !sizes.has(size));
  if (unknown !== undefined) throw userError("E501", { op, message: `there is no size "${unknown}"` });
  return sizes;
}
