// fast-check arbitraries: dtypes, shapes, tensors and well-typed random graphs. They shrink: to f32, to fewer and smaller
// axes, to zeros, to shorter graphs.

import fc from "fast-check";
import { allocateTensor, elementCount, type TensorData } from "../../ir/data.ts";
import { roundToHalf } from "../../ir/half.ts";
import { type DType, dtypes as allDtypes, intRange, isFloat } from "../../ir/types.ts";
import { toValue } from "../value.ts";
import type { Value } from "../types/index.ts";
import { randomGraph, type RandomGraph, type RandomGraphOptions } from "./random-graph.ts";

const wasmDtypes: readonly DType[] = allDtypes.filter((dtype) => dtype !== "f16");

/** One of the dtypes; by default all but f16, which WebAssembly has not. */
export function dtypes<D extends DType = DType>(...among: readonly D[]): fc.Arbitrary<D> {
  return fc.constantFrom(...(among.length === 0 ? wasmDtypes as readonly D[] : among));
}

export interface ShapeOptions {
  /** 0 by default. */
  readonly minRank?: number;
  /** 4 by default. */
  readonly maxRank?: number;
  /** 0 by default: empty tensors are worth testing. */
  readonly minSize?: number;
  /** 6 by default. */
  readonly maxSize?: number;
}

/** Shapes of known sizes. */
export function shapes({ minRank = 0, maxRank = 4, minSize = 0, maxSize = 6 }: ShapeOptions = {}): fc.Arbitrary<number[]> {
  return fc.array(fc.integer({ min: minSize, max: maxSize }), { minLength: minRank, maxLength: maxRank });
}

export interface TensorOptions<D extends DType> {
  readonly dtype?: D;
  readonly shape?: readonly number[] | fc.Arbitrary<readonly number[]>;
  /** `any`: every value of the dtype, infinities and NaN too; `finite`; `small`: integers from -8 to 8 that every dtype holds (0 to 8
   *  without a sign), on which sums and products are exact; `unit`: from -1 to 1. `small` by default. */
  readonly values?: "any" | "finite" | "small" | "unit";
}

/** Tensors that can be fed to compiled functions. */
export function tensors<D extends DType = "f32">(options: TensorOptions<D> = {}): fc.Arbitrary<Value<D, readonly number[]>> {
  const dtype = (options.dtype ?? "f32") as D;
  const { shape = shapes() } = options;
  const chosen = Array.isArray(shape) ? fc.constant(shape as readonly number[]) : shape as fc.Arbitrary<readonly number[]>;
  const element = elements(dtype, options.values ?? "small");
  return chosen.chain((dims) => {
    const length = elementCount(dims);
    return fc.array(element, { minLength: length, maxLength: length }).map((values) => toValue<D, readonly number[]>(filled(dtype, dims, values)));
  });
}

function elements(dtype: DType, values: NonNullable<TensorOptions<DType>["values"]>): fc.Arbitrary<number | bigint> {
  if (dtype === "bool") return fc.constantFrom(0, 1);
  if (isFloat(dtype)) {
    if (values === "small") return fc.integer({ min: -8, max: 8 });
    const range = values === "unit" ? { min: -1, max: 1 } : dtype === "f16" && values === "finite" ? { min: -65504, max: 65504 } : {};
    const options = { ...range, noNaN: values !== "any", noDefaultInfinity: values !== "any" };
    return dtype === "f64" ? fc.double(options) : dtype === "f32" ? fc.float(options) : fc.float(options).map(roundToHalf);
  }
  const [least, most] = intRange[dtype];
  if (values === "any" || values === "finite") {
    const wide = fc.bigInt({ min: least, max: most });
    return dtype === "i64" ? wide : wide.map(Number);
  }
  const bound = values === "unit" ? 1 : 8;
  const narrow = fc.integer({ min: least < 0n ? -bound : 0, max: bound });
  return dtype === "i64" ? narrow.map(BigInt) : narrow;
}

function filled(dtype: DType, shape: readonly number[], values: readonly (number | bigint)[]): TensorData {
  const tensor = allocateTensor(dtype, shape);
  values.forEach((value, i) => { tensor.data[i] = value as never; });
  return tensor;
}

/** Well-typed graphs of up to `steps` steps with inputs that fit them; nothing is discarded. */
export function randomGraphs(options: RandomGraphOptions): fc.Arbitrary<RandomGraph> {
  // Without the bias to few and small numbers, which gives graphs of two or three nodes.
  return fc.noBias(fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 8 + 4 * options.steps, size: "max" })).map((numbers) => randomGraph(numbers, options));
}
