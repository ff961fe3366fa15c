// How closely a target's values must agree with the evaluator's, by op.

import { expect } from "vitest";
import { elementCount, type TensorData } from "../../ir/data.ts";
import { packHalves } from "../../ir/half.ts";
import { mathOps } from "../../ir/kernel/scalar.ts";
import { opOf } from "../../ir/table.ts";
import { isFloat } from "../../ir/types.ts";

/** Ops that a target never sees, or that mean nothing alone. */
// Loops and branches are held by test/loops, gradients that are given by test/lang/custom-gradient.
export const untargeted = new Set(["parameter", "result", "vjp", "jvp", "scan", "cond", "custom_gradient"]);

const math: ReadonlySet<string> = new Set(mathOps);
/** Distances in ULP from the evaluator, which rounds a libm value: the promised bounds (docs/accuracy.md) and one for the evaluator. */
const ulps: { readonly [op: string]: number } = { lgamma: 5, digamma: 5, erfinv: 5 };
/** Sums in another order: terms are of order 1 to 100 in these samples. */
const sums: ReadonlySet<string> = new Set(["reduce_sum", "reduce_prod", "dot_general", "conv_general", "cumsum", "cumprod", "reduce_window", "overlap_add"]);

/** Half the distance from 1 to the next number. */
const unit = { f16: 2 ** -11, f32: 2 ** -24, f64: 2 ** -53 } as const;

/** Numbers in the order of their bits, so that neighbours differ by 1. */
function ordinal(value: number, dtype: "f16" | "f32" | "f64"): number {
  if (dtype === "f16") {
    const bits = packHalves(Float32Array.of(value))[0]!;
    return bits >= 0x8000 ? -(bits & 0x7fff) : bits;
  }
  if (dtype === "f32") {
    const bits = new Int32Array(Float32Array.of(value).buffer)[0]!;
    return bits < 0 ? -(bits & 0x7fffffff) : bits;
  }
  const bits = new BigInt64Array(Float64Array.of(value).buffer)[0]!;
  return Number(bits < 0n ? -(bits & 0x7fffffffffffffffn) : bits);
}

/** What is computed in f32 and rounded may fall on the other side of a middle. */
function expectNearHalf(a: number, b: number, scale: number, where: string): void {
  if (Math.abs(a - b) > 64 * scale * unit.f32) expect(Math.abs(ordinal(a, "f16") - ordinal(b, "f16")), where).toBeLessThanOrEqual(1);
}

export function expectAgreement(op: string, expected: TensorData, actual: TensorData): void {
  const { dtype } = expected;
  const scale = Math.max(1, ...Array.from(expected.data as Float64Array, (value) => (Number.isFinite(Number(value)) ? Math.abs(Number(value)) : 0)));
  for (let i = 0; i < elementCount(expected.shape); i++) {
    const [a, b] = [expected.data[i]!, actual.data[i]!];
    if (Object.is(a, b) || (typeof a === "number" && typeof b === "number" && Number.isNaN(a) && Number.isNaN(b))) continue;
    const where = `${op}, element ${i}: ${b}, not ${a}`;
    if (!isFloat(dtype)) expect(b, where).toBe(a);
    else if (dtype === "f16" && (math.has(op) || sums.has(op))) expectNearHalf(Number(a), Number(b), scale, where);
    else if (math.has(op)) expect(Math.abs(ordinal(Number(a), dtype) - ordinal(Number(b), dtype)), where).toBeLessThanOrEqual(ulps[op] ?? 3);
    else if (sums.has(op) || opOf(op).lower.kind === "routine") expect(Math.abs(Number(a) - Number(b)), where).toBeLessThanOrEqual(64 * scale * unit[dtype]);
    else expect(b, where).toBe(a);
  }
}
