// Conditions that must hold whenever a value is computed, inside compiled functions and artifacts.

import { userError } from "../../ir/errors.ts";
import { check as checkOp } from "../../ir/ops/effect.ts";
import { located } from "../location.ts";
import { toTensor } from "../methods.ts";
import { expectDType, isWeak, toNode, toOperand, weakNode } from "../ops/operand.ts";
import { make } from "../ops/primitive.ts";
import type { Tensor } from "../tensor.ts";
import type { AnyTensor, ShapeOf } from "../types/index.ts";

/**
 * The value, of any dtype and shape. A call that computes it, or a derivative through it, fails with E607, the message and the line
 * of this check unless all elements of the condition (bool, of any shape) hold; the state of the model is then what it was. Use
 * what it returns: a check whose value nothing reads is not made. In the message `{0}` stands for the first element of the
 * condition that fails, counted row by row, and `{1}` for the number of elements.
 */
export const check = buildCheck as unknown as <T extends AnyTensor>(value: T, condition: AnyTensor<"bool"> | boolean, message: string) => Tensor<T["dtype"], ShapeOf<T>>;

function buildCheck(value: unknown, condition: unknown, message: unknown): unknown {
  return located(() => {
    if (typeof message !== "string" || message.trim() === "") {
      throw userError("E209", { op: "check", message: "there is no message", hint: "say what is wrong where the condition fails" });
    }
    const node = isWeak(condition) ? weakNode("check", condition, "bool", []) : toNode("check", condition);
    const test = expectDType("check", node, (dtype) => dtype === "bool", "bool");
    return toTensor(make(checkOp.name, [toOperand("check", value), test], { failing: checkOp.name, message }));
  }, "check");
}
