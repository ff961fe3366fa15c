// Reads fixtures: floats as bit patterns in hex, integers in decimal. Errors are counted in units in the last place.

import { allocateTensor, type TensorData } from "../../ir/data.ts";
import type { DType } from "../../ir/types.ts";
import { readFixtureFile } from "../read-fixture.ts";

export interface FixtureCase {
  readonly op: string;
  readonly dtype: DType;
  readonly inputs: readonly (readonly string[])[];
  readonly expected: readonly string[];
}

export function readFixture(name: string): readonly FixtureCase[] {
  return readFixtureFile(new URL(`../fixtures/${name}`, import.meta.url)) as readonly FixtureCase[];
}

const scratch = new DataView(new ArrayBuffer(8));

export function fixtureTensor(dtype: DType, values: readonly string[]): TensorData {
  const tensor = allocateTensor(dtype, [values.length]);
  values.forEach((text, i) => {
    if (tensor.data instanceof BigInt64Array) tensor.data[i] = BigInt(text);
    else tensor.data[i] = dtype === "f32" || dtype === "f64" ? floatOfBits(dtype, text) : Number(text);
  });
  return tensor;
}

function floatOfBits(dtype: "f32" | "f64", hex: string): number {
  if (dtype === "f32") {
    scratch.setUint32(0, Number.parseInt(hex, 16));
    return scratch.getFloat32(0);
  }
  scratch.setBigUint64(0, BigInt(`0x${hex}`));
  return scratch.getFloat64(0);
}

/** Position on the line of floats of the dtype: neighbours differ by 1, and both zeros are 0. */
export function ordinal(dtype: DType, value: number): bigint {
  if (dtype === "f32") {
    scratch.setFloat32(0, value);
    const bits = scratch.getInt32(0);
    return BigInt(bits < 0 ? -(bits & 0x7fffffff) : bits);
  }
  scratch.setFloat64(0, value);
  const bits = scratch.getBigInt64(0);
  return bits < 0n ? -(bits & 0x7fffffffffffffffn) : bits;
}

/** Units in the last place between two values; 0 if they are equal (signs of zero too) or both NaN. */
export function ulpDistance(dtype: DType, a: number, b: number): number {
  if (Object.is(a, b)) return 0;
  if (Number.isNaN(a) || Number.isNaN(b)) return Infinity;
  if (a === b) return Infinity; // zeros of different sign
  const distance = ordinal(dtype, a) - ordinal(dtype, b);
  return Number(distance < 0n ? -distance : distance);
}
