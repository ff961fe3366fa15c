// Elementwise operators: NumPy's semantics (promotion, broadcasting, true division) over the IR's ops.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import type { DType } from "../../ir/types.ts";
import { dtypes, isFloat, isInt, isSigned } from "../../ir/types.ts";
import { accumulatedOf, floatOf } from "../promote.ts";
import {
  broadcastShapes, expectDType, meet, meetOperands, type Operand, stretch, toDType, toNode, toOperand,
} from "./operand.ts";
import { convert as convertNode, full, fullLike, make } from "./primitive.ts";

export type Unary = (x: Operand) => Node;
export type Binary = (a: Operand, b: Operand) => Node;

/** Functions with values in the reals: integers become f32. */
function real(name: string, op: string = name): Unary {
  return (x) => {
    const node = toOperand(name, x);
    return make(op, [convertNode(node, floatOf(node.type.dtype))]);
  };
}

/** Rounding: integers are what they are. */
function rounding(name: string): Unary {
  return (x) => {
    const node = toOperand(name, x);
    return isFloat(node.type.dtype) ? make(name, [node]) : node;
  };
}

/** On numbers; bool has no arithmetic of its own. */
function numeric(name: string): Unary {
  return (x) => make(name, [expectDType(name, toOperand(name, x), (dtype) => dtype !== "bool", "a number")]);
}

// Arithmetic of two bools is that of i32, as in "how many of these".
const arithmeticDType = (dtype: DType): DType => (dtype === "bool" ? accumulatedOf(dtype) : dtype);

function arithmetic(name: string, op: string = name): Binary {
  return (a, b) => make(op, meetOperands(name, [a, b], arithmeticDType));
}

function division(name: string, op: string = name): Binary {
  return (a, b) => make(op, meetOperands(name, [a, b], floatOf));
}

function comparison(name: string): Binary {
  return (a, b) => make(name, meetOperands(name, [a, b]));
}

function bitwise(name: string, allowed: (dtype: DType) => boolean, op: string = name): Binary {
  return (a, b) => {
    const dtype = meet(name, [a, b]);
    if (!allowed(dtype)) throw userError("E202", { op: name, message: `takes integers${allowed("bool") ? " or bool" : ""}, not ${dtype}` });
    return make(op, meetOperands(name, [a, b]));
  };
}

const isBits = (dtype: DType): boolean => isInt(dtype) || dtype === "bool";

export const neg = numeric("neg");
export const abs = numeric("abs");
export const sign = numeric("sign");
export const floor = rounding("floor");
export const ceil = rounding("ceil");
export const round = rounding("round");
export const trunc = rounding("trunc");

export const sqrt = real("sqrt");
export const rsqrt = real("rsqrt");
export const cbrt = real("cbrt");
export const exp = real("exp");
export const exp2 = real("exp2");
export const expm1 = real("expm1");
export const log = real("log");
export const log2 = real("log2");
export const log1p = real("log1p");
export const sin = real("sin");
export const cos = real("cos");
export const tan = real("tan");
export const asin = real("asin");
export const acos = real("acos");
export const atan = real("atan");
export const sinh = real("sinh");
export const cosh = real("cosh");
export const tanh = real("tanh");
export const asinh = real("asinh");
export const acosh = real("acosh");
export const atanh = real("atanh");
export const sigmoid = real("sigmoid", "logistic");
export const erf = real("erf");
export const erfc = real("erfc");
export const erfinv = real("erfinv");
export const lgamma = real("lgamma");
export const digamma = real("digamma");

export const add = arithmetic("add");
export const sub = arithmetic("sub");
export const mul = arithmetic("mul");
export const rem = arithmetic("rem");
export const floorDiv = arithmetic("floorDiv", "floor_div");
export const pow = arithmetic("pow");
export const maximum = arithmetic("maximum", "max");
export const minimum = arithmetic("minimum", "min");
export const div = division("div");
export const atan2 = division("atan2");

export const eq = comparison("eq");
export const ne = comparison("ne");
export const lt = comparison("lt");
export const le = comparison("le");
export const gt = comparison("gt");
export const ge = comparison("ge");

export const and = bitwise("and", isBits);
export const or = bitwise("or", isBits);
export const xor = bitwise("xor", isBits);
export const shiftLeft = bitwise("shiftLeft", isInt, "shift_left");
export const shiftRight = bitwise("shiftRight", isInt, "shift_right");

/** Bitwise complement; of bool, the negation. */
export const not: Unary = (x) => make("not", [expectDType("not", toOperand("not", x), isBits, "integers or bool")]);

export const square: Unary = (x) => {
  const node = toOperand("square", x);
  return mul(node, node);
};

export const reciprocal: Unary = (x) => div(1, toOperand("reciprocal", x));

export const log10: Unary = (x) => mul(log(x), Math.LOG10E);

function classify(name: string, op: string, otherwise: boolean): Unary {
  return (x) => {
    const node = toOperand(name, x);
    return isFloat(node.type.dtype) ? make(op, [node]) : full(otherwise, "bool", node.type.shape);
  };
}
export const isNan = classify("isNan", "is_nan", false);
/** Exported to users as `isFinite`. */
export const finite = classify("isFinite", "is_finite", true);

export const relu: Unary = (x) => {
  const node = numericOperand("relu", x);
  return isSigned(node.type.dtype) ? make("max", [node, fullLike(node, 0)]) : node;
};

function numericOperand(name: string, x: Operand): Node {
  return expectDType(name, toOperand(name, x), (dtype) => dtype !== "bool", "a number");
}

/** `yes` where the condition holds, `no` elsewhere; all three broadcast. */
export function select(condition: Operand, yes: Operand, no: Operand): Node {
  const test = typeof condition === "boolean" ? full(condition, "bool", []) : toNode("select", condition);
  expectDType("select", test, (dtype) => dtype === "bool", "a bool condition");
  const dtype = meet("select", [yes, no]);
  const nodes = [test, toDType("select", yes, dtype), toDType("select", no, dtype)];
  const shape = broadcastShapes("select", nodes);
  return make("select", nodes.map((node) => stretch(node, shape)));
}

/** Between `low` and `high`, either of which may be null. The dtype stays. */
export function clip(x: Operand, low: Operand | null, high: Operand | null = null): Node {
  const node = numericOperand("clip", x);
  const bound = (value: Operand): Node => toDType("clip", value, node.type.dtype);
  const bounds = [low, high].filter((value): value is Operand => value !== null && value !== undefined).map(bound);
  const shape = broadcastShapes("clip", [node, ...bounds]);
  const operands = [node, ...bounds].map((operand) => stretch(operand, shape));
  if (bounds.length === 2) return make("clamp", operands);
  if (bounds.length === 0) return node;
  return make(low === null || low === undefined ? "min" : "max", operands);
}

export function convert(x: Operand, dtype: DType): Node {
  return convertNode(toOperand("convert", x), checkDType("convert", dtype));
}

/** The same bits as another dtype of the same width. */
export function bitcast(x: Operand, dtype: DType): Node {
  return make("bitcast", [toNode("bitcast", x)], { dtype: checkDType("bitcast", dtype) });
}

/** E101 for what is no dtype. */
export function checkDType(op: string, dtype: unknown): DType {
  if (dtypes.includes(dtype as DType)) return dtype as DType;
  throw userError("E101", { op, message: `${JSON.stringify(dtype)} is not a dtype`, hint: `the dtypes are ${dtypes.join(", ")}` });
}
