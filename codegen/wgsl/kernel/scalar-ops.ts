// Scalar operations as WGSL expressions: a total map, so that a missing one is a type error. Operands are names, so what compilers
// evaluate early (and refuse if it overflows) never has more than one constant in it. Types are written F, U, I and B (lanes.ts).

import { InternalError } from "../../../ir/errors.ts";
import type { BaseOp } from "../../../ir/kernel/scalar.ts";
import type { FunctionName } from "./functions.ts";
import { letters, type Lanes } from "./lanes.ts";
import type { ShaderDType } from "./shader-dtype.ts";

export interface Operation {
  /** Of the operands; of select's last two. */
  readonly from: ShaderDType;
  /** Of the result. */
  readonly to: ShaderDType;
  readonly args: readonly string[];
  /** Of the operands. Absent: one. */
  readonly lanes?: Lanes;
  /** Notes that a function is called. */
  readonly use: (name: FunctionName) => string;
}

type Form = (operation: Operation) => string;
type ByDType = { readonly [D in ShaderDType]?: Form };

const infix = (operator: string): Form => ({ args: [a, b] }) => `${a} ${operator} ${b}`;
const unary = (operator: string): Form => ({ args: [a] }) => `${operator}${a}`;
const called = (name: FunctionName): Form => ({ args, use }) => `${use(name)}(${args.join(", ")})`;
const builtin = (name: string): Form => ({ args }) => `${name}(${args.join(", ")})`;
const rounding = (name: string): Form => ({ args: [a], use }) => `${use("rounded")}(${a}, ${name}(${a}))`;
const shift = (operator: string): Form => ({ args: [a, b] }) => `${a} ${operator} (bitcast<U>(${b}) & U{31u})`;
/**
 * A float operation that rounds on its own: what follows takes its bits through `zero`, so compilers neither fuse nor regroup it. They
 * do: (x + c) - c, by which expansions round, becomes x.
 */
const strict = (operator: string): Form => ({ args: [a, b] }) => `bitcast<F>(bitcast<U>(${a} ${operator} ${b}) | U{zero})`;
const swapped = (form: Form): Form => (operation) => form({ ...operation, args: [...operation.args].reverse() });

function byDType(op: BaseOp, forms: ByDType): Form {
  return (operation) => {
    const form = forms[operation.from];
    if (form === undefined) throw new InternalError(`${op} of ${operation.from}`);
    return form(operation);
  };
}

const integers = (form: Form): ByDType => ({ i32: form, u32: form });

const less: ByDType = { ...integers(infix("<")), f32: called("less"), bool: ({ args: [a, b] }) => `!${a} & ${b}` };
const atMost: ByDType = { ...integers(infix("<=")), f32: called("at_most"), bool: ({ args: [a, b] }) => `!${a} | ${b}` };
const equal: ByDType = { ...integers(infix("==")), bool: infix("=="), f32: called("equal") };

export const scalarForms: { readonly [Op in BaseOp]: Form } = {
  add: byDType("add", { ...integers(infix("+")), f32: strict("+") }),
  sub: byDType("sub", { ...integers(infix("-")), f32: strict("-") }),
  mul: byDType("mul", { ...integers(infix("*")), f32: strict("*") }),
  div: byDType("div", { f32: strict("/"), i32: called("div_i32"), u32: called("div_u32") }),
  rem: byDType("rem", { i32: called("rem_i32"), u32: called("rem_u32") }),
  min: byDType("min", { ...integers(builtin("min")), f32: called("min_f32"), bool: infix("&") }),
  max: byDType("max", { ...integers(builtin("max")), f32: called("max_f32"), bool: infix("|") }),
  neg: byDType("neg", { i32: unary("-"), u32: ({ args: [a] }) => `U{0u} - ${a}`, f32: ({ args: [a] }) => `bitcast<F>(bitcast<U>(${a}) ^ U{0x80000000u})` }),
  abs: byDType("abs", { i32: builtin("abs"), u32: unary(""), f32: ({ args: [a] }) => `bitcast<F>(bitcast<U>(${a}) & U{0x7fffffffu})` }),
  sqrt: byDType("sqrt", { f32: called("square_root") }),
  floor: byDType("floor", { f32: rounding("floor") }),
  ceil: byDType("ceil", { f32: rounding("ceil") }),
  trunc: byDType("trunc", { f32: rounding("trunc") }),
  nearest: byDType("nearest", { f32: rounding("round") }),
  copysign: byDType("copysign", { f32: called("copy_sign") }),
  and: byDType("and", { ...integers(infix("&")), bool: infix("&") }),
  or: byDType("or", { ...integers(infix("|")), bool: infix("|") }),
  xor: byDType("xor", { ...integers(infix("^")), bool: infix("!=") }),
  not: byDType("not", { ...integers(unary("~")), bool: unary("!") }),
  shl: byDType("shl", integers(shift("<<"))),
  shr: byDType("shr", integers(shift(">>"))),
  eq: byDType("eq", equal),
  ne: (operation) => `!(${byDType("ne", equal)(operation)})`,
  lt: byDType("lt", less),
  le: byDType("le", atMost),
  gt: swapped(byDType("gt", less)),
  ge: swapped(byDType("ge", atMost)),
  select: ({ args: [condition, a, b] }) => `select(${b}, ${a}, ${condition})`,
  convert,
  bitcast: ({ from, to, args: [a] }) => {
    if (from === "bool" || to === "bool") throw new InternalError(`bitcast of ${from} to ${to}`);
    return `bitcast<${letters[to]}>(${a})`;
  },
};

function convert({ from, to, args: [a], use, lanes = 1 }: Operation): string {
  if (from === to) return a!;
  if ((from === "f16" && to !== "f32") || (to === "f16" && from !== "f32")) throw new InternalError(`convert of ${from} to ${to}`);
  if (to === "bool") return from === "f32" ? `(bitcast<U>(${a}) & U{0x7fffffffu}) != U{0u}` : `${a} != ${letters[from]}()`;
  if (to === "f16") return toHalf(a!, lanes);
  if (from === "f32") return `${use(to === "i32" ? "to_i32" : "to_u32")}(${a})`;
  return `${letters[to]}(${a})`;
}

/** An f32 rounded to a half. Its bits go through `zero`: compilers take a conversion there and back for nothing. */
export function toHalf(value: string, lanes: Lanes = 1): string {
  if (lanes === 4) return `bitcast<vec4<f16>>(bitcast<vec2u>(vec4<f16>(${value})) | vec2u(zero))`;
  return `bitcast<vec2<f16>>(bitcast<u32>(vec2<f16>(f16(${value}), f16())) | zero).x`;
}
