// damo/elementwise: operators made of plain functions of numbers. The function is read, not run: its source becomes an
// expression of Damo's own operators, so it is fused, differentiated and compiled like any other.

import { userError } from "../../ir/errors.ts";
import { located } from "../location.ts";
import { toTensor } from "../methods.ts";
import { broadcastShapes, meet, stretch, toDType, toOperand } from "../ops/operand.ts";
import { floatOf } from "../promote.ts";
import type { Tensor } from "../tensor.ts";
import type { AnyTensor, Arg, BroadcastOf, BroadcastOf3, DType, Float, Ok, Operand, OwnDType, PromoteOf, ShapeOf } from "../types/index.ts";
import { lowerFunction } from "./lower.ts";
import { parseFunction } from "./parse.ts";
import type { ParsedFunction } from "./syntax.ts";

/** A function of numbers and booleans. */
export type ScalarFunction = (...operands: never[]) => number | boolean;

type ResultOf<R extends number | boolean, D extends DType> = [R] extends [boolean] ? "bool" : Float<D>;
type OperandPer<P extends readonly unknown[]> = { readonly [K in keyof P]: Operand };

/** The operator that a function becomes: its operands broadcast. */
export type Elementwise<F extends ScalarFunction> =
  Parameters<F>["length"] extends 1 ? <A extends Operand>(a: A) => Tensor<ResultOf<ReturnType<F>, OwnDType<A>>, ShapeOf<A>>
  : Parameters<F>["length"] extends 2 ? <A extends Operand, B extends Operand>(a: A, b: Arg<"elementwise", BroadcastOf<A, B>, B>) => Tensor<ResultOf<ReturnType<F>, PromoteOf<A, B>>, Ok<BroadcastOf<A, B>>>
  : Parameters<F>["length"] extends 3 ? <A extends Operand, B extends Operand, C extends Operand>(a: A, b: Arg<"elementwise", BroadcastOf<A, B>, B>, c: Arg<"elementwise", BroadcastOf3<A, B, C>, C>) =>
    Tensor<ResultOf<ReturnType<F>, PromoteOf<A, AnyTensor<PromoteOf<B, C>>>>, Ok<BroadcastOf3<A, B, C>>>
  : (...operands: OperandPer<Parameters<F>>) => Tensor<[ReturnType<F>] extends [boolean] ? "bool" : "f32" | "f64">;

/**
 * An elementwise operator from a function such as `(x: number, y: number) => x > 0 ? Math.exp(-y) : y * y`. It may have
 * arithmetic (`+ - * / % **`), comparisons, `&& || !`, `?:`, numbers and booleans, the functions and constants of Math, isNaN and
 * isFinite, constants of its own, `if` and `return`. Anything else is E212, which shows the place: loops, assignments, other calls, and
 * names from around the function, which its source does not tell. Minified functions are read as well.
 *
 * Numbers are computed in the dtype in which the operands meet, f32 for integers; bool operands are booleans. Values are
 * those of JavaScript where that is f64, to the accuracy of Damo's functions. Both sides of a choice are computed.
 */
export function elementwise<F extends ScalarFunction>(f: F): Elementwise<F> {
  return located(() => {
    const { source, parsed } = read(f);
    return ((...operands: readonly unknown[]) => located(() => toTensor(apply(source, parsed, operands)), "elementwise")) as unknown as Elementwise<F>;
  });
}

function read(f: unknown): { readonly source: string; readonly parsed: ParsedFunction } {
  if (typeof f !== "function") throw userError("E209", { op: "elementwise", message: `${String(f)} is not a function` });
  const source = Function.prototype.toString.call(f);
  if (/\{\s*\[native code\]\s*\}$/.test(source)) {
    throw userError("E212", { op: "elementwise", message: `the function ${f.name} has no source`, hint: "write a function that calls it: (x) => Math.exp(x)" });
  }
  const parsed = parseFunction(source);
  if (parsed.parameters.length === 0) throw userError("E212", { op: "elementwise", message: "the function has no arguments", hint: "use full() for a constant" });
  return { source, parsed };
}

function apply(source: string, parsed: ParsedFunction, values: readonly unknown[]) {
  const wanted = parsed.parameters.length;
  if (values.length !== wanted) throw userError("E201", { op: "elementwise", message: `takes ${wanted} ${wanted === 1 ? "operand" : "operands"}, got ${values.length}` });
  const nodes = values.map((value) => toOperand("elementwise", value));
  const dtype = floatOf(meet("elementwise", values));
  const numbers = values.map((value, i) => (nodes[i]!.type.dtype === "bool" ? nodes[i]! : toDType("elementwise", value, dtype)));
  const shape = broadcastShapes("elementwise", numbers);
  return lowerFunction(source, parsed, numbers.map((node) => stretch(node, shape)), dtype);
}
