// Reads structural.json: results and gradients that NumPy and JAX give (test/fixtures/structural.py).

import { readFileSync } from "node:fs";
import { type TensorData, allocateTensor } from "../../ir/data.ts";
import type { Attribute, Attributes } from "../../ir/node.ts";
import { opOf } from "../../ir/table.ts";
import { type Dim, namedSize } from "../../ir/size.ts";
import type { DType, TensorType } from "../../ir/types.ts";
import { ulpDistance } from "./fixture-values.ts";

interface StoredTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly values: readonly (number | string)[];
}

interface StoredCase {
  readonly op: string;
  readonly name: string;
  readonly inputs: readonly StoredTensor[];
  readonly attributes: Attributes;
  readonly expected: StoredTensor;
  readonly cotangent?: StoredTensor;
  readonly gradients?: Readonly<Record<string, StoredTensor>>;
  readonly ulp?: number;
}

export interface StructuralCase {
  readonly op: string;
  readonly name: string;
  readonly inputs: readonly TensorData[];
  readonly attributes: Attributes;
  readonly expected: TensorData;
  readonly gradient: { readonly cotangent: TensorData; readonly wrt: readonly number[]; readonly expected: readonly TensorData[] } | undefined;
  readonly ulp: number;
}

export function readStructuralCases(): readonly StructuralCase[] {
  const stored = JSON.parse(readFileSync(new URL("../fixtures/structural.json", import.meta.url), "utf8")) as readonly StoredCase[];
  return stored.map(({ op, name, inputs, attributes, expected, cotangent, gradients, ulp }) => ({
    op, name, inputs: inputs.map(restore), attributes: restoreNumbers(op, attributes), expected: restore(expected),
    gradient: cotangent && gradients && {
      cotangent: restore(cotangent), wrt: Object.keys(gradients).map(Number), expected: Object.values(gradients).map(restore),
    },
    ulp: ulp ?? 0,
  }));
}

function restore({ dtype, shape, values }: StoredTensor): TensorData {
  const tensor = allocateTensor(dtype, shape);
  values.forEach((value, i) => {
    if (tensor.data instanceof BigInt64Array) tensor.data[i] = BigInt(value);
    else tensor.data[i] = Number(value);
  });
  return tensor;
}

/** JSON has no infinities: attributes that are numbers may stand as text. */
function restoreNumbers(op: string, attributes: Attributes): Attributes {
  const restored = Object.entries(attributes).map(([name, value]): [string, Attribute] =>
    [name, opOf(op).attributes[name] === "number" ? Number(value) : value]);
  return Object.fromEntries(restored);
}

/** Where two tensors differ by more than `ulp` units in the last place, shown; both NaN is equal, the zeros are not. */
export function differences(got: TensorData, wanted: TensorData, ulp = 0): readonly string[] {
  if (got.dtype !== wanted.dtype || got.shape.join() !== wanted.shape.join()) {
    return [`${got.dtype}[${got.shape.join()}] instead of ${wanted.dtype}[${wanted.shape.join()}]`];
  }
  return [...wanted.data.keys()].flatMap((i) => {
    const [a, b] = [got.data[i]!, wanted.data[i]!];
    const float = got.dtype === "f32" || got.dtype === "f64";
    const equal = float ? ulpDistance(got.dtype, Number(a), Number(b)) <= ulp : a === b;
    return equal ? [] : [`element ${i}: ${a} instead of ${b}`];
  });
}

export const typeOf = ({ dtype, shape }: TensorData): TensorType => ({ dtype, shape });

/** Ops whose attributes hold no sizes of operands, or hold them as `shape`. */
const symbolic: ReadonlySet<string> = new Set([
  "broadcast", "transpose", "reverse", "concat", "slice", "pad", "dynamic_slice", "dynamic_update_slice", "gather", "scatter", "assume",
  "reduce_sum", "reduce_prod", "reduce_max", "reduce_min", "reduce_any", "reduce_all", "argmax", "argmin",
  "cumsum", "cumprod", "cummax", "cummin", "dot_general", "windows", "reduce_window",
]);

export interface NamedSizes {
  readonly types: readonly TensorType[];
  readonly attributes: Attributes;
  readonly sizes: ReadonlyMap<string, number>;
}

/** The case with a name for each size of the operands but 1, one for equal sizes; undefined where the case does not allow it. */
export function withNamedSizes({ op, inputs, attributes, expected }: StructuralCase): NamedSizes | undefined {
  // A negative count of windows is an error where sizes are symbolic.
  const tooSmall = op.includes("window") && expected.data.length === 0;
  if (!symbolic.has(op) || tooSmall) return undefined;
  const sizes = new Set(inputs.flatMap((input) => input.shape));
  const named = (size: number): Dim => (size === 1 || !sizes.has(size) ? size : namedSize(`n${size}`));
  const { shape } = attributes;
  return {
    types: inputs.map((input) => ({ dtype: input.dtype, shape: input.shape.map(named) })),
    attributes: shape === undefined ? attributes : { ...attributes, shape: (shape as readonly number[]).map(named) },
    sizes: new Map([...sizes].map((size) => [`n${size}`, size])),
  };
}
