// Reductions, running combinations and other operators along axes, as functions.

import * as softmaxes from "../composites/softmax.ts";
import * as matrix from "../ops/matrix.ts";
import * as movement from "../ops/movement.ts";
import * as reduction from "../ops/reduction.ts";
import { lift } from "../methods.ts";
import type { Tensor } from "../tensor.ts";
import type {
  AlongAxis, AnyTensor, Arg, AxisArg, Cumulate, NeedNumbers, Ok, Reduce, Resize, ResultDType, ResultKind, ShapeOf,
} from "../types/index.ts";

export interface Reduction<Op extends string, Kind extends ResultKind, Options = unknown> {
  <T extends AnyTensor, const A extends AxisArg = null, K extends boolean = false>(
    x: T, axis?: Arg<Op, Reduce<ShapeOf<T>, A, K>, A>, options?: Options & { readonly keepDims?: K },
  ): Tensor<ResultDType<Kind, T["dtype"]>, Ok<Reduce<ShapeOf<T>, A, K>>>;
}
export interface Extremum<Op extends string> {
  <T extends AnyTensor, const A extends AxisArg = null, K extends boolean = false>(
    x: Arg<Op, NeedNumbers<T["dtype"]>, T>, axis?: Arg<Op, Reduce<ShapeOf<T>, A, K>, A>, options?: { readonly keepDims?: K },
  ): Tensor<T["dtype"], Ok<Reduce<ShapeOf<T>, A, K>>>;
}
export interface ArgReduction<Op extends string> {
  <T extends AnyTensor, const A extends number | null = null, K extends boolean = false>(
    x: T, axis?: Arg<Op, Reduce<ShapeOf<T>, A, K>, A>, options?: { readonly keepDims?: K },
  ): Tensor<"i32", Ok<Reduce<ShapeOf<T>, A, K>>>;
}
export interface Cumulative<Op extends string, Kind extends ResultKind> {
  <T extends AnyTensor, const A extends number | null = null>(
    x: T, axis?: Arg<Op, Cumulate<ShapeOf<T>, A>, A>): Tensor<ResultDType<Kind, T["dtype"]>, Ok<Cumulate<ShapeOf<T>, A>>>;
}
/** Keeps the shape; `axis` is one or several. */
export interface OverAxis<Op extends string, Kind extends ResultKind, Default extends AxisArg> {
  <T extends AnyTensor, const A extends AxisArg = Default>(
    x: T, axis?: Arg<Op, AlongAxis<ShapeOf<T>, A>, A>): Tensor<ResultDType<Kind, T["dtype"]>, ShapeOf<T>>;
}

export const sum: Reduction<"sum", "accumulated"> = lift(reduction.sum);
export const prod: Reduction<"prod", "accumulated"> = lift(reduction.prod);
export const max: Extremum<"max"> = lift(reduction.max);
export const min: Extremum<"min"> = lift(reduction.min);
export const any: Reduction<"any", "bool"> = lift(reduction.any);
export const all: Reduction<"all", "bool"> = lift(reduction.all);
export const mean: Reduction<"mean", "float"> = lift(reduction.mean);
export const std: Reduction<"std", "float", { readonly ddof?: number }> = lift(reduction.std);
/** Exported under the name `var`, which no declaration may have: `export { variance as var }`. */
export const variance: Reduction<"var", "float", { readonly ddof?: number }> = lift(reduction.varOf);
export const logSumExp: Reduction<"logSumExp", "float"> = lift(reduction.logSumExp);
export const norm: Reduction<"norm", "float", { readonly ord?: number }> = lift(reduction.norm);
export const argmax: ArgReduction<"argmax"> = lift(reduction.argmax);
export const argmin: ArgReduction<"argmin"> = lift(reduction.argmin);
export const cumsum: Cumulative<"cumsum", "accumulated"> = lift(reduction.cumsum);
export const cumprod: Cumulative<"cumprod", "accumulated"> = lift(reduction.cumprod);
export const cummax: Cumulative<"cummax", "same"> = lift(reduction.cummax);
export const cummin: Cumulative<"cummin", "same"> = lift(reduction.cummin);
export const softmax: OverAxis<"softmax", "float", -1> = lift(softmaxes.softmax);
export const logSoftmax: OverAxis<"logSoftmax", "float", -1> = lift(softmaxes.logSoftmax);
export const flip: OverAxis<"flip", "same", null> = lift(movement.flip);
export const diff: {
  <T extends AnyTensor, const A extends number = -1>(x: T, axis?: Arg<"diff", Resize<ShapeOf<T>, A>, A>): Tensor<T["dtype"], Ok<Resize<ShapeOf<T>, A>>>;
} = lift(matrix.diff);
export const roll: {
  <T extends AnyTensor, const A extends number | null = null>(x: T, shift: number, axis?: Arg<"roll", AlongAxis<ShapeOf<T>, A>, A>): Tensor<T["dtype"], ShapeOf<T>>;
} = lift(movement.roll);
