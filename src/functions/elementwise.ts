// Operators that work element by element, as functions: numbers are taken for tensors, too.

import * as activation from "../composites/activation.ts";
import * as elementwise from "../ops/elementwise.ts";
import { lift } from "../methods.ts";
import type { Tensor } from "../tensor.ts";
import type {
  AnyTensor, Arg, Broadcast, BroadcastOf, BroadcastOf3, DType, Float, NeedBits, NeedBool, NeedNumbers, Ok, Operand,
  OwnDType, PromoteOf, ResultDType, ResultKind, ShapeOf,
} from "../types/index.ts";

/** One operand, any dtype. */
export interface Unary<Kind extends ResultKind> {
  <T extends Operand>(x: T): Tensor<ResultDType<Kind, OwnDType<T>>, ShapeOf<T>>;
}
/** One operand, numbers. */
export interface UnaryNumbers<Op extends string> {
  <T extends Operand>(x: Arg<Op, NeedNumbers<OwnDType<T>>, T>): Tensor<OwnDType<T>, ShapeOf<T>>;
}
/** Two operands that broadcast and whose dtypes are promoted. */
export interface Binary<Op extends string, Kind extends ResultKind> {
  <A extends Operand, B extends Operand>(a: A, b: Arg<Op, BroadcastOf<A, B>, B>): Tensor<ResultDType<Kind, PromoteOf<A, B>>, Ok<BroadcastOf<A, B>>>;
}
/** Two operands, integers or bool. */
export interface BinaryBits<Op extends string> {
  <A extends Operand, B extends Operand>(a: A, b: Arg<Op, NeedBits<PromoteOf<A, B>>, Arg<Op, BroadcastOf<A, B>, B>>): Tensor<PromoteOf<A, B>, Ok<BroadcastOf<A, B>>>;
}

export const neg: UnaryNumbers<"neg"> = lift(elementwise.neg);
export const abs: UnaryNumbers<"abs"> = lift(elementwise.abs);
export const sign: UnaryNumbers<"sign"> = lift(elementwise.sign);
export const relu: UnaryNumbers<"relu"> = lift(elementwise.relu);
export const square: Unary<"arithmetic"> = lift(elementwise.square);
export const floor: Unary<"same"> = lift(elementwise.floor);
export const ceil: Unary<"same"> = lift(elementwise.ceil);
export const round: Unary<"same"> = lift(elementwise.round);
export const trunc: Unary<"same"> = lift(elementwise.trunc);
export const sqrt: Unary<"float"> = lift(elementwise.sqrt);
export const rsqrt: Unary<"float"> = lift(elementwise.rsqrt);
export const cbrt: Unary<"float"> = lift(elementwise.cbrt);
export const reciprocal: Unary<"float"> = lift(elementwise.reciprocal);
export const exp: Unary<"float"> = lift(elementwise.exp);
export const exp2: Unary<"float"> = lift(elementwise.exp2);
export const expm1: Unary<"float"> = lift(elementwise.expm1);
export const log: Unary<"float"> = lift(elementwise.log);
export const log2: Unary<"float"> = lift(elementwise.log2);
export const log10: Unary<"float"> = lift(elementwise.log10);
export const log1p: Unary<"float"> = lift(elementwise.log1p);
export const sin: Unary<"float"> = lift(elementwise.sin);
export const cos: Unary<"float"> = lift(elementwise.cos);
export const tan: Unary<"float"> = lift(elementwise.tan);
export const asin: Unary<"float"> = lift(elementwise.asin);
export const acos: Unary<"float"> = lift(elementwise.acos);
export const atan: Unary<"float"> = lift(elementwise.atan);
export const sinh: Unary<"float"> = lift(elementwise.sinh);
export const cosh: Unary<"float"> = lift(elementwise.cosh);
export const tanh: Unary<"float"> = lift(elementwise.tanh);
export const asinh: Unary<"float"> = lift(elementwise.asinh);
export const acosh: Unary<"float"> = lift(elementwise.acosh);
export const atanh: Unary<"float"> = lift(elementwise.atanh);
export const sigmoid: Unary<"float"> = lift(elementwise.sigmoid);
export const logSigmoid: Unary<"float"> = lift(activation.logSigmoid);
export const erf: Unary<"float"> = lift(elementwise.erf);
export const erfc: Unary<"float"> = lift(elementwise.erfc);
export const erfinv: Unary<"float"> = lift(elementwise.erfinv);
export const lgamma: Unary<"float"> = lift(elementwise.lgamma);
export const digamma: Unary<"float"> = lift(elementwise.digamma);
export const selu: Unary<"float"> = lift(activation.selu);
export const silu: Unary<"float"> = lift(activation.silu);
export const softplus: Unary<"float"> = lift(activation.softplus);
export const softsign: Unary<"float"> = lift(activation.softsign);
export const hardSigmoid: Unary<"float"> = lift(activation.hardSigmoid);
export const isNan: Unary<"bool"> = lift(elementwise.isNan);
const finite: Unary<"bool"> = lift(elementwise.finite);
export { finite as isFinite };
export const leakyRelu: {
  <T extends Operand>(x: T, slope?: number): Tensor<Float<OwnDType<T>>, ShapeOf<T>>;
} = lift(activation.leakyRelu);
export const elu: {
  <T extends Operand>(x: T, alpha?: number): Tensor<Float<OwnDType<T>>, ShapeOf<T>>;
} = lift(activation.elu);
export const gelu: {
  <T extends Operand>(x: T, options?: { readonly approximate?: boolean }): Tensor<Float<OwnDType<T>>, ShapeOf<T>>;
} = lift(activation.gelu);
export const not: {
  <T extends Operand>(x: Arg<"not", NeedBits<OwnDType<T>>, T>): Tensor<OwnDType<T>, ShapeOf<T>>;
} = lift(elementwise.not);
export const convert: {
  <T extends Operand, D extends DType>(x: T, dtype: D): Tensor<D, ShapeOf<T>>;
} = lift(elementwise.convert);
export const bitcast: {
  <T extends AnyTensor, D extends DType>(x: T, dtype: D): Tensor<D, ShapeOf<T>>;
} = lift(elementwise.bitcast);

export const add: Binary<"add", "arithmetic"> = lift(elementwise.add);
export const sub: Binary<"sub", "arithmetic"> = lift(elementwise.sub);
export const mul: Binary<"mul", "arithmetic"> = lift(elementwise.mul);
export const div: Binary<"div", "float"> = lift(elementwise.div);
export const rem: Binary<"rem", "arithmetic"> = lift(elementwise.rem);
export const floorDiv: Binary<"floorDiv", "arithmetic"> = lift(elementwise.floorDiv);
export const pow: Binary<"pow", "arithmetic"> = lift(elementwise.pow);
export const atan2: Binary<"atan2", "float"> = lift(elementwise.atan2);
export const maximum: Binary<"maximum", "arithmetic"> = lift(elementwise.maximum);
export const minimum: Binary<"minimum", "arithmetic"> = lift(elementwise.minimum);
export const eq: Binary<"eq", "bool"> = lift(elementwise.eq);
export const ne: Binary<"ne", "bool"> = lift(elementwise.ne);
export const lt: Binary<"lt", "bool"> = lift(elementwise.lt);
export const le: Binary<"le", "bool"> = lift(elementwise.le);
export const gt: Binary<"gt", "bool"> = lift(elementwise.gt);
export const ge: Binary<"ge", "bool"> = lift(elementwise.ge);
export const and: BinaryBits<"and"> = lift(elementwise.and);
export const or: BinaryBits<"or"> = lift(elementwise.or);
export const xor: BinaryBits<"xor"> = lift(elementwise.xor);
export const shiftLeft: BinaryBits<"shiftLeft"> = lift(elementwise.shiftLeft);
export const shiftRight: BinaryBits<"shiftRight"> = lift(elementwise.shiftRight);

/** `yes` where the condition holds, `no` elsewhere; all three broadcast. */
export interface Select<Op extends string> {
  <C extends AnyTensor, A extends Operand, B extends Operand>(
    condition: Arg<Op, NeedBool<C["dtype"]>, C>, yes: Arg<Op, BroadcastOf<C, A>, A>, no: Arg<Op, BroadcastOf3<C, A, B>, B>,
  ): Tensor<PromoteOf<A, B>, Ok<BroadcastOf3<C, A, B>>>;
}
export const select: Select<"select"> = lift(elementwise.select);
export const where: Select<"where"> = lift(elementwise.select);
export const clip: {
  <T extends AnyTensor, A extends Operand | null, B extends Operand | null = null>(
  x: Arg<"clip", NeedNumbers<T["dtype"]>, T>, low: Arg<"clip", Broadcast<ShapeOf<T>, ShapeOf<A>>, A>, high?: Arg<"clip", BroadcastOf3<T, A, B>, B>,
): Tensor<T["dtype"], Ok<BroadcastOf3<T, A, B>>>;
} = lift(elementwise.clip);
