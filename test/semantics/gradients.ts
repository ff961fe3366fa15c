// The section "Gradients" of elementwise operations. The gradient is that of the sum of the result.

import { gradient, type Rows } from "./row.ts";

const inf = Infinity;
const nan = NaN;

export const gradients: Rows = {
  "floor ceil trunc round sign floor_div, comparisons, bit operations, bitcast | everywhere": [
    ...["floor", "ceil", "trunc", "round", "sign"].map((op) => gradient(op, [[0.5, -2, 0]], [[0, 0, 0]])),
    gradient("floor_div", [[7, -7], [2, 3]], [[0, 0], [0, 0]]),
    ...["eq", "lt", "ge"].map((op) => gradient((b, x, y) => b.convert(b.make(op, [x!, y!]), x!.type.dtype), [[1, 2], [1, 3]], [[0, 0], [0, 0]])),
    gradient((b, x) => b.make("bitcast", [b.make("not", [b.make("bitcast", [x!], { dtype: x!.type.dtype === "f32" ? "i32" : "i64" })])], { dtype: x!.type.dtype }), [[1.5]], [[0]]),
  ],
  "convert | between floats": [
    gradient((b, x) => b.convert(x!, x!.type.dtype === "f32" ? "f64" : "f32"), [[1.5, -2]], [[1, 1]]),
    gradient((b, x) => b.convert(b.convert(x!, "i32"), x!.type.dtype), [[1.5, -2]], [[0, 0]]),
    gradient((b, x) => b.convert(b.convert(x!, "bool"), x!.type.dtype), [[1.5, 0]], [[0, 0]]),
  ],
  // Of -0 it is -0.
  "abs | 0": [gradient("abs", [[0, -0, 2, -2]], [[0, -0, 1, -1]])],
  "max, min | tie": [gradient("max", [[1, 2], [1, 3]], [[0.5, 0], [0.5, 1]]), gradient("min", [[1, 2], [1, 3]], [[0.5, 1], [0.5, 0]])],
  "max, min | NaN operand": ["max", "min"].map((op) => gradient(op, [[nan, 1], [1, nan]], [[0, 0], [0, 0]])),
  "clamp | low <= x <= high, borders included": [gradient("clamp", [[0, 1, 2], [0, 0, 0], [2, 2, 2]], [[1, 1, 1], [0, 0, 0], [0, 0, 0]])],
  // d(x^y)/dy = x^y log x.
  "pow by the base | exponent 0": [gradient("pow", [[0, 3], [0, 0]], [[0, 0], [0, Math.log(3)]])],
  "pow by the exponent | base 0": [gradient("pow", [[0, 0], [2, 3]], [[0, 0], [0, 0]])],
  "rem by the divisor | ": [gradient("rem", [[7, -7, 7], [2, 2, -2]], [[1, 1, 1], [-3, 4, 4]])],
  "sqrt, cbrt | 0": [gradient("sqrt", [[0, 4]], [[inf, 0.25]]), gradient("cbrt", [[0]], [[inf]])],
  "atan2 | both 0": [gradient("atan2", [[0], [0]], [[nan], [nan]])],
};
