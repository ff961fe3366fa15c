// One function on two targets: the compiled module must give what the evaluator gives.

import type { TensorData } from "../../ir/data.ts";
import { isFloat } from "../../ir/types.ts";
import { compile } from "../compile.ts";
import type { AnyFn } from "../types/index.ts";
import type { Regime } from "./random-graph.ts";
import { firstDisagreement, smoothFactor } from "./tolerance.ts";

export interface CheckTargetsOptions {
  /** `exact` demands equal bits: right for integers, and for floats that hold small integers. `smooth` (default) accepts
   *  rounding errors of the size of the largest element. */
  readonly regime?: Regime;
  /** Accepted error in the smooth regime, relative to max(1, largest element); by default 64 units in the last place. */
  readonly tolerance?: number;
}

const epsilon = { f16: 2 ** -10, f32: 2 ** -23, f64: 2 ** -52 } as const;

/** Compiles the function for `wasm` and for `reference`, feeds both, and throws an Error at the first output that differs. */
export async function checkTargetsAgree(f: AnyFn, feeds: { readonly [name: string]: unknown }, options: CheckTargetsOptions = {}): Promise<void> {
  const run = async (target: "wasm" | "reference"): Promise<Record<string, TensorData>> => {
    const model = await compile({ f } as never, { target }) as unknown as { f(feeds: unknown): unknown; dispose(): void };
    const result = model.f(feeds) as Record<string, TensorData> | TensorData;
    model.dispose();
    return isTensor(result) ? { output: result } : result;
  };
  const [expected, actual] = [await run("reference"), await run("wasm")];
  for (const [name, value] of Object.entries(expected)) {
    const fault = firstDisagreement(value, actual[name]!, allowed(value, options));
    if (fault !== undefined) throw new Error(`output ${name} on wasm: ${fault}`);
  }
}

function isTensor(result: Record<string, TensorData> | TensorData): result is TensorData {
  return ArrayBuffer.isView((result as TensorData).data);
}

function allowed(value: TensorData, { regime = "smooth", tolerance }: CheckTargetsOptions): number {
  if (regime === "exact" || !isFloat(value.dtype)) return 0;
  let largest = 1;
  for (const element of value.data as Float64Array) if (Number.isFinite(element)) largest = Math.max(largest, Math.abs(element));
  return largest * (tolerance ?? 4 * smoothFactor * epsilon[value.dtype]);
}
