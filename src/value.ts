// Values on the host: what users pass in (numbers, nested arrays, flat arrays with a shape) brought to dense tensors,
// and what they get back.

import type { DTypeArrays, TensorData } from "../ir/data.ts";
import { allocateArray, allocateTensor, arrayViews, elementCount } from "../ir/data.ts";
import type { DamoError, ErrorCode } from "../ir/errors.ts";
import { userError } from "../ir/errors.ts";
import { roundToHalf } from "../ir/half.ts";
import type { DType } from "../ir/types.ts";
import { dtypes, intRange, isInt } from "../ir/types.ts";
import { captureLocation } from "./location.ts";
import type { AnyNest, Value } from "./types/index.ts";

type Element = number | bigint | boolean;

/** A dense tensor with the members that `Value` promises. */
export class HostValue implements TensorData {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: DTypeArrays[DType];

  constructor({ dtype, shape, data }: TensorData) {
    this.dtype = dtype;
    this.shape = shape;
    this.data = data;
  }

  /** E507 unless there is exactly one element. */
  item(): Element {
    if (this.data.length !== 1) {
      throw userError("E507", { op: "item", message: `a value of shape [${this.shape.join(",")}] has ${this.data.length} elements`, location: captureLocation() });
    }
    return this.#element(0);
  }

  toArray(): AnyNest<Element> {
    let next = 0;
    const nest = (axis: number): AnyNest<Element> =>
      axis === this.shape.length ? this.#element(next++) : Array.from({ length: this.shape[axis]! }, () => nest(axis + 1));
    return nest(0);
  }

  toString(): string {
    return `${this.dtype}[${this.shape.join(",")}] ${JSON.stringify(this.toArray(), (_key, value) => (typeof value === "bigint" ? `${value}n` : value))}`;
  }

  #element(i: number): Element {
    const element = this.data[i]!;
    return this.dtype === "bool" ? element !== 0 : element;
  }
}

/** The same value with its static type. */
export function toValue<D extends DType, S extends readonly unknown[]>(data: TensorData): Value<D, S> {
  return new HostValue(data) as unknown as Value<D, S>;
}

const arrayKinds: readonly (readonly [new (length: number) => DTypeArrays[DType], DType])[] = [
  [Float32Array, "f32"], [Float64Array, "f64"], [Int32Array, "i32"], [Uint32Array, "u32"], [BigInt64Array, "i64"],
  [Int8Array, "i8"], [Uint8Array, "u8"],
];
const { Float16Array: HalfArray } = globalThis as { readonly Float16Array?: new (length: number) => Float32Array };

/** The dtype a typed array holds by itself; bools are stored like u8. */
export function dtypeOfArray(data: unknown): DType | undefined {
  return HalfArray !== undefined && data instanceof HalfArray ? "f16" : arrayKinds.find(([kind]) => data instanceof kind)?.[1];
}

/** Numbers that are to be halves may come in a Float32Array, and are rounded. */
function holds(data: unknown, dtype: DType): boolean {
  const own = dtypeOfArray(data);
  return own === dtype || (dtype === "bool" && own === "u8") || (dtype === "f16" && own === "f32");
}

/** How a value is described where it is wrong, and the codes of the errors about its dtype and shape. */
export interface Place {
  readonly op: string;
  readonly what: string;
  readonly dtypeCode: ErrorCode;
  readonly shapeCode: ErrorCode;
}

const constantPlace: Place = { op: "constant", what: "the value", dtypeCode: "E101", shapeCode: "E103" };

/** Brings a value to a dense tensor of `dtype`, or of the dtype it has by itself: f32 for numbers, i64 for bigints,
 *  bool for booleans. Typed arrays are used as they are, without a copy, but for
 *  those of halves. */
export function toTensorData(value: unknown, dtype?: DType, place: Place = constantPlace): TensorData {
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") {
    const type = dtype ?? dtypeOfElement(value);
    const data = allocateArray(type, 1);
    data[0] = toElement(value, type, place);
    return { dtype: type, shape: [], data };
  }
  if (ArrayBuffer.isView(value)) return fromTypedArray(value, undefined, dtype, undefined, place);
  if (Array.isArray(value)) return fromNested(value, dtype, place);
  if (typeof value === "object" && value !== null && "data" in value && "shape" in value) {
    const flat = value as { data: unknown; shape: unknown; dtype?: unknown };
    const shape = toConcreteShape(flat.shape, place);
    if (flat.dtype !== undefined && !dtypes.includes(flat.dtype as DType)) {
      throw wrong(place, place.dtypeCode, `dtype ${JSON.stringify(flat.dtype)} is not known`, `the dtypes are ${dtypes.join(", ")}`);
    }
    return fromTypedArray(flat.data, shape, dtype, flat.dtype as DType | undefined, place);
  }
  throw wrong(place, "E209", `${place.what} is ${describe(value)}`, "pass a number, nested arrays, or { data, shape }");
}

function wrong(place: Place, code: ErrorCode, message: string, hint?: string): DamoError {
  return userError(code, { op: place.op, message, hint });
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return typeof value === "object" ? `an object of class ${value.constructor?.name ?? "none"}` : `a ${typeof value}`;
}

function toConcreteShape(shape: unknown, place: Place): readonly number[] {
  if (Array.isArray(shape) && shape.every((dim) => Number.isInteger(dim) && dim >= 0)) return shape;
  throw wrong(place, place.shapeCode, `${place.what} has the shape ${JSON.stringify(shape)}`, "a shape is an array of non-negative integers");
}

function fromTypedArray(data: unknown, shape: readonly number[] | undefined, wanted: DType | undefined, said: DType | undefined, place: Place): TensorData {
  if (Array.isArray(data)) {
    const dense = fromNested(data, said ?? wanted, place);
    return fromTypedArray(dense.data, shape, wanted, dense.dtype, place);
  }
  const own = said ?? (wanted !== undefined && holds(data, wanted) ? wanted : dtypeOfArray(data));
  if (own === undefined || !holds(data, own)) {
    throw wrong(place, place.dtypeCode, `${place.what} has data in ${describe(data)}${said === undefined ? "" : ` for dtype ${said}`}`);
  }
  if (wanted !== undefined && own !== wanted) {
    throw wrong(place, place.dtypeCode, `${place.what} must be ${wanted}, it is ${own}`, `pass a ${arrayViews[wanted].name}`);
  }
  const array = data as DTypeArrays[DType];
  const dims = shape ?? [array.length];
  if (elementCount(dims) !== array.length) {
    throw wrong(place, place.shapeCode, `${place.what} has ${array.length} elements, which do not fill shape [${dims.join(",")}]`);
  }
  const stray = own === "bool" ? (array as Uint8Array).find((element) => element > 1) : undefined;
  if (stray !== undefined) throw wrong(place, place.dtypeCode, `${place.what} must be bool, ${stray} is not`);
  return { dtype: own, shape: dims, data: own === "f16" ? Float32Array.from(array as Float32Array, roundToHalf) : array };
}

function dtypeOfElement(element: unknown): DType {
  return typeof element === "boolean" ? "bool" : typeof element === "bigint" ? "i64" : "f32";
}

type NestedArray = readonly unknown[] | ArrayBufferView;

function isArrayLike(value: unknown): value is { readonly length: number; readonly [i: number]: unknown } {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

function fromNested(value: NestedArray, dtype: DType | undefined, place: Place): TensorData {
  const shape: number[] = [];
  let level: unknown = value;
  while (isArrayLike(level)) {
    shape.push(level.length);
    level = level[0];
  }
  const innermost = deepest(value);
  const type = dtype ?? dtypeOfArray(innermost) ?? (level === undefined ? "f32" : dtypeOfElement(level));
  const tensor = allocateTensor(type, shape);
  let next = 0;
  const fill = (part: unknown, axis: number): void => {
    if (axis === shape.length) {
      if (isArrayLike(part)) throw ragged(place, shape);
      tensor.data[next++] = toElement(part, type, place);
      return;
    }
    if (!isArrayLike(part) || part.length !== shape[axis]) throw ragged(place, shape);
    if (axis === shape.length - 1 && ArrayBuffer.isView(part) && !holds(part, type)) {
      throw wrong(place, place.dtypeCode, `${place.what} must be ${type}, a row is ${describe(part)}`);
    }
    for (let i = 0; i < part.length; i++) fill(part[i], axis + 1);
  };
  fill(value, 0);
  return tensor;
}

function deepest(value: unknown): unknown {
  let level = value;
  while (Array.isArray(level) && isArrayLike(level[0])) level = level[0];
  return level;
}

function ragged(place: Place, shape: readonly number[]): DamoError {
  return wrong(place, place.shapeCode, `${place.what} is ragged: not all arrays agree with shape [${shape.join(",")}]`);
}

/** The element as it is stored. Integers must be in range: nothing wraps silently on the way in. */
function toElement(element: unknown, dtype: DType, place: Place): number | bigint {
  const fail = (): never => {
    throw wrong(place, place.dtypeCode, `${place.what} must be ${dtype}, ${String(element)} is not`);
  };
  if (dtype === "bool") {
    if (typeof element === "boolean") return element ? 1 : 0;
    return element === 0 || element === 1 ? element : fail();
  }
  if (typeof element !== "number" && typeof element !== "bigint") return fail();
  if (!isInt(dtype)) return typeof element !== "number" ? fail() : dtype === "f16" ? roundToHalf(element) : element;
  if (typeof element === "number" && !Number.isInteger(element)) return fail();
  const [low, high] = intRange[dtype];
  if (element < low || element > high) return fail();
  return dtype === "i64" ? BigInt(element) : Number(element);
}
