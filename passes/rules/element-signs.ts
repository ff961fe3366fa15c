// What is known of the elements' signs from how a tensor is made. Exponentials count as positive, though they may underflow.

import type { Node } from "../../ir/node.ts";

export type Sign = "positive" | "nonnegative" | "negative";

/** Whether elements are positive, or at least not negative; `negative` for what is below 0. NaN aside. */
export function signOf(node: Node, depth = 20): Sign | undefined {
  if (depth === 0) return undefined;
  const [first, second] = node.inputs;
  const of = (x: Node | undefined): Sign | undefined => signOf(x!, depth - 1);
  switch (node.op) {
    case "full": return signOfNumber(Number(node.attributes["value"]));
    case "exp": case "exp2": case "logistic": case "cosh": return "positive";
    case "abs": return "nonnegative";
    case "neg": return of(first) === "positive" ? "negative" : of(first) === "negative" ? "positive" : undefined;
    case "broadcast": case "reshape": case "transpose": case "slice": case "convert": case "assume": case "sqrt": case "log1p": case "expm1": return isAbove(of(first)) ? of(first) : undefined;
    case "reduce_sum": case "reduce_max": case "reduce_min": return isAbove(of(first)) ? "nonnegative" : undefined;
    case "add": return sumOf(of(first), of(second));
    case "mul": return first === second ? (of(first) === undefined || of(first) === "nonnegative" ? "nonnegative" : "positive") : productOf(of(first), of(second));
    case "div": return of(second) === "nonnegative" ? undefined : productOf(of(first), of(second));
    case "max": return of(first) === "positive" || of(second) === "positive" ? "positive" : isAbove(of(first)) || isAbove(of(second)) ? "nonnegative" : undefined;
    default: return undefined;
  }
}

const isAbove = (sign: Sign | undefined): boolean => sign === "positive" || sign === "nonnegative";

const signOfNumber = (value: number): Sign | undefined => (value > 0 ? "positive" : value === 0 ? "nonnegative" : value < 0 ? "negative" : undefined);

function sumOf(x: Sign | undefined, y: Sign | undefined): Sign | undefined {
  if (x === "negative" && y === "negative") return "negative";
  return isAbove(x) && isAbove(y) ? (x === "positive" || y === "positive" ? "positive" : "nonnegative") : undefined;
}

function productOf(x: Sign | undefined, y: Sign | undefined): Sign | undefined {
  if (x === undefined || y === undefined) return undefined;
  if (x === "nonnegative" || y === "nonnegative") return x === "negative" || y === "negative" ? undefined : "nonnegative";
  return x === y ? "positive" : "negative";
}
