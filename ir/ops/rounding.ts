// Rounding to whole numbers and the classification of floats.

import { roundHalfEven } from "../reference/rounding.ts";
import { floatDTypes, test, unary } from "./elementwise-entry.ts";

const infinite = (x: number | bigint) => Math.abs(Number(x)) === Infinity;
const zero = { kind: "zero" } as const;

export const roundingOps = [
  unary({ name: "floor", accepts: floatDTypes, meaning: { float: Math.floor }, gradient: zero }),
  unary({ name: "ceil", accepts: floatDTypes, meaning: { float: Math.ceil }, gradient: zero }),
  unary({ name: "trunc", accepts: floatDTypes, meaning: { float: Math.trunc }, gradient: zero }),
  unary({
    name: "round", accepts: floatDTypes, meaning: { float: roundHalfEven }, gradient: zero,
    element: (kernel, [x]) => kernel.op("nearest", x!),
  }),
  test({
    name: "is_nan", accepts: floatDTypes, holds: (x) => Number.isNaN(Number(x)),
    element: (kernel, [x]) => kernel.op("ne", x!, x!),
  }, 1),
  test({
    name: "is_inf", accepts: floatDTypes, holds: infinite,
    element: (kernel, [x]) => kernel.op("eq", kernel.op("abs", x!), kernel.constant(Infinity, kernel.dtypeOf(x!))),
  }, 1),
  test({
    name: "is_finite", accepts: floatDTypes, holds: (x) => Number.isFinite(Number(x)),
    element: (kernel, [x]) => kernel.op("lt", kernel.op("abs", x!), kernel.constant(Infinity, kernel.dtypeOf(x!))),
  }, 1),
] as const;
