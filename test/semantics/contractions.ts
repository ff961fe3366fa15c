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

export const contractions: Rows = {
  "dot_general, conv_general | integers": [
    gives(["i8"], "dot_general", [matrix(1, 2, 100, 1), matrix(2, 1, 2, 1)], [-55], product), gives(["u8"], "dot_general", [matrix(1, 1, 200), matrix(1, 1, 2)], [144], product),
    gives(["i32"], "dot_general", [matrix(1, 2, 65536, 1), matrix(2, 1, 65536, 5)], [5], product),
    gives(["i64"], "dot_general", [matrix(1, 1, 2n ** 62n), matrix(1, 1, 6n)], [-(2n ** 63n)], product),
    gives(["i8"], "conv_general", [image(100, 1), kernel(2, 1)], [-55], convolution),
  ],
  "dot_general | nothing to sum": [gives([...floats, ...integers], "dot_general", [matrix(2, 0), matrix(0, 2)], [0, 0, 0, 0], product)],
  "dot_general, conv_general on floats | precision": [
    gives(["f32"], "dot_general", [matrix(1, 2, -c, a), matrix(2, 1, 1, a)], [0], product), gives(["f32"], "conv_general", [image(-c, a), kernel(1, a)], [0], convolution),
    gives(["f32"], "dot_general", [matrix(1, 3, 2 ** 24, 1, 1), matrix(3, 1, 1, 1, 1)], [2 ** 24], product),
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
