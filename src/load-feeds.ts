// What the loaders of artifacts do with a call's feeds and results. Counted in bytes, as they are.

import { evaluateSize } from "./load-size.ts";

export type DType = "f16" | "f32" | "f64" | "i32" | "u32" | "i64" | "i8" | "u8" | "bool";
export type TypedArray = Float32Array | Float64Array | Int32Array | Uint32Array | BigInt64Array | Int8Array | Uint8Array;
type Element = number | bigint | boolean;
export type Nested = Element | TypedArray | readonly Nested[];
/** What a call takes for an input: a number, nested arrays, or a flat array with its shape. */
export type Feed = Nested | { readonly data: TypedArray; readonly shape: readonly number[]; readonly dtype?: DType | undefined };

export interface TensorSignature {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly (number | string)[];
  readonly doc?: string;
}
export interface FunctionSignature {
  readonly name: string;
  readonly sizes: readonly string[];
  readonly inputs: readonly TensorSignature[];
  readonly outputs: readonly TensorSignature[];
}
export type Sizes = { [name: string]: number };

export interface Value {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: TypedArray;
  /** The only element. */
  item(): Element;
  toArray(): unknown;
}

/** The message begins with the code. */
export function fail(message: string): never {
  throw Object.assign(Error(message), { name: "DamoError", code: message.slice(0, 4) });
}

export interface Dense {
  readonly data: ArrayLike<unknown>;
  readonly shape: readonly number[];
}

/** A feed as flat data with its shape; that the data fills the shape and is of the dtype is checked when it is written. */
export function read(given: Feed | undefined, name: string): Dense {
  const feed = (given ?? fail(`E501 ${name} is missing`)) as Partial<Dense & TypedArray>;
  if (feed.shape) return feed as Dense;
  if (feed.buffer) return { data: feed as TypedArray, shape: [feed.length!] };
  const shape: number[] = [];
  let data: readonly Nested[] = [feed as Nested];
  // Level by level; arrays, plain or typed, are what has `map`.
  for (let row, length: number; (row = data[0] as TypedArray | undefined)?.map; data = (data as readonly TypedArray[]).flatMap((each) => (each?.length === length ? [...each] : fail(`E503 ragged ${name}`)))) {
    shape.push(length = row.length);
  }
  return { data, shape };
}

export function valueOf(dtype: DType, shape: readonly number[], data: TypedArray): Value {
  let next: number;
  const element = (i: number): Element => (dtype === "bool" ? !!data[i] : data[i]!);
  const nest = (axis: number): unknown => (axis === shape.length ? element(next++) : Array.from({ length: shape[axis]! }, () => nest(axis + 1)));
  const toArray = (): unknown => nest(next = 0);
  const item = (): Element => (data.length === 1 ? element(0) : fail(`E507 not one item: [${shape}]`));
  return { dtype, shape, data, toArray, item };
}

/** E502 or E503 for what the tensor does not hold. */
export function write(target: TypedArray, { data }: Dense, { name, dtype }: TensorSignature): void {
  if (data.length !== target.length) fail(`E503 ${name} has ${data.length} elements, not ${target.length}`);
  // A typed array holds a dtype, and goes in as it is; f32 is not what an f64 holds.
  const own = data.constructor === target.constructor;
  const stored = (own ? data : target.slice()) as Float64Array;
  try {
    if (!own) stored.set((dtype === "i64" ? Array.from(data as ArrayLike<number>, BigInt) : data) as ArrayLike<number>);
  } catch {
    // What cannot be stored differs from what is.
  }
  // Numbers, bigints and booleans have types before "o": what else there is, is no element.
  const differs = (value: unknown, i: number): boolean =>
    (dtype[0] === "f" ? typeof value !== "number" : typeof value > "o" || Number(value) !== Number(stored[i]) || (dtype === "bool" && stored[i]! > 1));
  if (own ? dtype === "bool" && stored.some(differs) : (data as Partial<TypedArray>).buffer || [].some.call(data, differs)) fail(`E502 ${name} must be ${dtype}`);
  (target as Float64Array).set(stored);
}

/** By name. */
export const record = <T extends { readonly name: string }, V>(list: readonly T[], make: (entry: T, i: number) => V): { [name: string]: V } =>
  Object.fromEntries(list.map((entry, i) => [entry.name, make(entry, i)]));

/** In the order of the names; E501 unless each is an integer. */
export const checkSizes = (sizes: readonly string[], values: Sizes): number[] =>
  sizes.map((size) => (values[size] === (Number(values[size]) | 0) ? values[size]! : fail(`E501 bad size ${size}: ${values[size]}`)));

/** The inputs in their order, and the values of all sizes, checked. */
export function readFeeds(sizes: readonly string[], inputs: readonly TensorSignature[], feeds: { readonly [name: string]: Feed }): [given: Dense[], values: Sizes] {
  const given = inputs.map((input) => read(feeds[input.name], input.name));
  const values: Sizes = {};
  inputs.forEach(({ shape }, i) => shape.forEach((dim, axis) => {
    if (sizes.includes(dim as string)) values[dim] ??= given[i]!.shape[axis]!;
  }));
  // Sizes that no input has are passed.
  for (const key in feeds) {
    if (inputs.some((input) => input.name === key)) continue;
    if (!sizes.includes(key) || key in values) fail(`E501 no input ${key}`);
    values[key] = feeds[key] as number;
  }
  checkSizes(sizes, values);
  inputs.forEach((input, i) => {
    if (`${input.shape.map((dim) => evaluateSize(dim, values))}` !== `${given[i]!.shape}`) fail(`E503 ${input.name} has shape [${given[i]!.shape}] for [${input.shape}]`);
  });
  return [given, values];
}
