// A least-squares line: what the command-line tests build.

import { fn, input, sgd, shared, zeros } from "damo";
import { residual } from "./residual.js";

/** Points, one per row. */
const x = input("x", ["batch", 3]);
const y = input("y", ["batch"]);
/** The weights of the only layer. */
const w = shared("w", zeros([3]));
const error = residual(x.dot(w), y);
const cost = error.mul(error).mean();

/** One step of gradient descent. */
export const train = fn({ inputs: { x, y }, outputs: { cost }, updates: sgd(cost, [w], { learningRate: 0.1 }) });
export const predict = fn({ inputs: { x }, outputs: { y: x.dot(w) } });
