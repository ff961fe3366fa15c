// The section "Contractions and windows".

import { floats, gives, integers, matrix, type Rows } from "./row.ts";

const product = { lhs_contract: [1], rhs_contract: [0], lhs_batch: [], rhs_batch: [] };
const convolution = { strides: [1], low: [0], high: [0], lhs_dilation: [1], rhs_dilation: [1], groups: 1, batch_groups: 1 };
const image = (...values: readonly number[]) => ({ shape: [1, values.length, 1], values });
const kernel = (...values: readonly number[]) => ({ shape: [values.length, 1, 1], values });
const window = { window: [2], strides: [1], dilation: [1], low: [1], high: [1] };
// a^2 is 1 + 2^-11 + 2^-24: rounded to f32 it is c, by a fused multiply-add the last term stays.
const a = 1 + 2 ** -12;
const c = 1 + 2 ** -11;

// In f32, 1 is lost beside 2^24: what is left of 2^24 + 1 - 2^24 tells the order.
const big = 2 ** 24;
const repeated = (count: number, ...values: readonly number[]): readonly number[] => values.flatMap((value) => Array.from({ length: count }, () => value));
const full = { ...convolution, low: [2], high: [2] };

export const contractions: Rows = {
  "dot_general, conv_general | integers": [
    gives(["i8"], "dot_general", [matrix(1, 2, 100, 1), matrix(2, 1, 2, 1)], [-55], product), gives(["u8"], "dot_general", [matrix(1, 1, 200), matrix(1, 1, 2)], [144], product),
    gives(["i32"], "dot_general", [matrix(1, 2, 65536, 1), matrix(2, 1, 65536, 5)], [5], product),
    gives(["i64"], "dot_general", [matrix(1, 1, 2n ** 62n), matrix(1, 1, 6n)], [-(2n ** 63n)], product),
    gives(["i8"], "conv_general", [image(100, 1), kernel(2, 1)], [-55], convolution),
  ],
  "dot_general | nothing to sum": [gives([...floats, ...integers], "dot_general", [matrix(2, 0), matrix(0, 2)], [0, 0, 0, 0], product)],
  "dot_general, conv_general on f16 | precision": [
    gives(["f16"], "dot_general", [matrix(1, 4, 2048, 1, 1, 1), matrix(4, 1, 1, 1, 1, 1)], [2052], product),
    gives(["f16"], "dot_general", [matrix(1, 2, 300, -300), matrix(2, 1, 300, 300)], [0], product),
    gives(["f16"], "conv_general", [image(2048, 1), kernel(1, 1)], [2048], convolution), gives(["f16"], "conv_general", [image(300, -300), kernel(300, 300)], [0], convolution),
  ],
  "dot_general, conv_general on floats | precision": [
    gives(["f32"], "dot_general", [matrix(1, 2, -c, a), matrix(2, 1, 1, a)], [0], product), gives(["f32"], "conv_general", [image(-c, a), kernel(1, a)], [0], convolution),
    gives(["f32"], "dot_general", [matrix(1, 3, 2 ** 24, 1, 1), matrix(3, 1, 1, 1, 1)], [2 ** 24], product),
  ],
  "conv_general | order of addition": [
    gives(["f32"], "conv_general", [image(big, 1, -big, 0), kernel(1, 1, 1)], [0, -big + 1], convolution),
    gives(["f32"], "conv_general", [{ shape: [1, 3, 2], values: [big, 1, -big, 0, 0, 7] }, { shape: [2, 2, 1], values: [1, 1, 1, 1] }], [0, -big + 7], convolution),
    gives(floats, "conv_general", [image(1, 2), kernel(Infinity, 1)], [NaN, Infinity], { ...convolution, low: [1] }),
  ],
  "conv_filter_gradient | order of addition": [
    gives(["f32"], "conv_filter_gradient", [image(big, 1, -big, 5), image(1, 1, 1)], [0, -big + 6], { ...convolution, window: [2] }),
    gives(["f32"], "conv_filter_gradient", [{ shape: [3, 2, 1], values: [big, 0, 1, 0, -big, 0] }, { shape: [3, 1, 1], values: [1, 1, 1] }], [0, 0], { ...convolution, window: [2] }),
  ],
  "gradient of conv_general by the operand | order of addition": [
    { op: "conv_general", dtypes: ["f32"], operands: [image(1, 1, 1), kernel(big, 1, -big)], attributes: full, gradient: [[1, 1, 1], [3, 3, 3]] },
    {
      op: "conv_general", dtypes: ["f32"], attributes: full, gradient: [repeated(24, 1), repeated(24, 3)],
      operands: [{ shape: [1, 3, 8], values: repeated(24, 1) }, { shape: [3, 8, 1], values: repeated(8, big, 1, -big) }],
    },
  ],
  "conv_general | flipping": [
    gives([...floats, "i32"], "conv_general", [image(1, 2, 3), kernel(10, 1)], [12, 23], convolution),
    gives([...floats, "i32"], "conv_general", [image(1, 2, 3), kernel(10, 1)], [23, 30], { ...convolution, low: [-1], high: [1] }),
  ],
  "reduce_window | padding": [
    gives(floats, "reduce_window", [[-5, -7]], [-5, -5, -7], { ...window, kind: "max" }), gives(floats, "reduce_window", [[5, 7]], [5, 5, 7], { ...window, kind: "min" }),
    gives(floats, "reduce_window", [[5, 7]], [5, 12, 7], { ...window, kind: "sum" }),
  ],
};
