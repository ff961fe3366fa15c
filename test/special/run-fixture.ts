// Runs a function of damo/special on a fixture's points.

import { compile, fn, input } from "damo";
import * as special from "damo/special";
import { type FixtureCase, fixtureTensor, ulpDistance } from "../ops/fixture-values.ts";

export interface PointError {
  readonly operands: readonly number[];
  readonly got: number;
  readonly wanted: number;
  readonly ulp: number;
  readonly absolute: number;
}

const functions = special as unknown as { readonly [name: string]: (...operands: readonly unknown[]) => never };

/** The function that a fixture means: `polygamma 2` has its order in the name, `hurwitz` is zeta of two operands. */
function apply(op: string, operands: readonly unknown[]): never {
  const [name, ...numbers] = op.split(" ") as [string, ...string[]];
  return functions[name === "hurwitz" ? "zeta" : name]!(...numbers.map(Number), ...operands);
}

export async function errorsOf({ op, dtype, inputs, expected }: FixtureCase, target: "wasm" | "reference"): Promise<readonly PointError[]> {
  const columns = inputs.map((column) => fixtureTensor(dtype, column));
  const operands = columns.map(({ shape }, i) => input(`x${i}`, shape as number[], { dtype }));
  const named = <T>(values: readonly T[]): { readonly [name: string]: T } => Object.fromEntries(values.map((value, i) => [`x${i}`, value]));
  const f = await compile(fn({ inputs: named(operands), outputs: apply(op, operands) }), { target }) as unknown as (inputs: object) => { readonly data: Float64Array };
  const got = f(named(columns)).data;
  const wanted = fixtureTensor(dtype, expected).data as Float64Array;
  return [...wanted].map((value, i) => ({
    operands: columns.map(({ data }) => Number(data[i])), got: got[i]!, wanted: value, ulp: ulpDistance(dtype, got[i]!, value), absolute: Math.abs(got[i]! - value),
  }));
}
