// Values inside compiled functions and artifacts, shown each time they are computed.

import { userError } from "../../ir/errors.ts";
import { print as printOp } from "../../ir/ops/effect.ts";
import { located } from "../location.ts";
import { toTensor } from "../methods.ts";
import { toOperand } from "../ops/operand.ts";
import { make } from "../ops/primitive.ts";
import type { Tensor } from "../tensor.ts";
import type { AnyTensor, ShapeOf } from "../types/index.ts";

export interface PrintOptions {
  /** Print at the first time and at every so many-th after it, counted from call to call; 1 by default. What is left out costs next to nothing. */
  readonly every?: number;
  /** How many of the first elements are shown, at most 1024; 6 by default. */
  readonly values?: number;
}

/**
 * The value, of any dtype and shape. When a call computes it, a line goes to the `log` of `compile` after the call, failed or not: the label, how many
 * times the value was computed, dtype, shape, least and largest element and mean (NaN are counted apart), and the first elements. In derivatives it is
 * not printed again. Use what it returns: what nothing reads is not computed, and not printed. A call's log has room for 64 KB of
 * records; the last line says how many found none. E209 for a label that is no text, E205 for an option out of range.
 */
export const print = buildPrint as unknown as <T extends AnyTensor>(value: T, label: string, options?: PrintOptions) => Tensor<T["dtype"], ShapeOf<T>>;

function buildPrint(value: unknown, label: unknown, options: unknown = {}): unknown {
  return located(() => {
    if (typeof label !== "string") throw userError("E209", { op: "print", message: `the label is ${String(label)}`, hint: "say what is printed, in a text" });
    if (typeof options !== "object" || options === null) throw userError("E205", { op: "print", message: `the options are ${String(options)}`, hint: "write { every, values }" });
    const { every = 1, values = 6, ...rest } = options as PrintOptions;
    const unknown = Object.keys(rest)[0];
    if (unknown !== undefined) throw userError("E205", { op: "print", message: `the option ${unknown} is not known`, hint: "there are every and values" });
    return toTensor(make(printOp.name, [toOperand("print", value)], { label, every, values }));
  }, "print");
}
