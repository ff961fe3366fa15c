// Tensor as users see it: every operator as a method, with the types that compute dtypes and shapes. The methods
// themselves stand in methods.ts, what they mean in ops/ and composites/.

import type {
  Accumulated, AlongAxis, AnyTensor, Arg, Args, Arithmetic, At, AtLeast, AxisArg, Broadcast, BroadcastOf, BroadcastOf3,
  BroadcastTo, Cumulate, Dims, Dot, DType, ExpandDims, Float, Index, List, MoveAxis, NeedBits, NeedInteger, NeedNumbers,
  Ok, Operand, Outer, Pad, Padding, Part, Parts, PromoteOf, Reduce, Repeat, Reshape, Resize, Sections, Shape, ShapeOf,
  Size, Squeeze, SwapAxes, Take, TakeAlong, Tensordot, TensordotAxes, Tile, Transpose, Weak,
} from "./types/index.ts";

/** The second operand of an elementwise operator. */
export type Second<Op extends string, A extends Operand, B extends Operand> = Arg<Op, BroadcastOf<A, B>, B>;
/** The shape of an elementwise result. */
export type Both<A extends Operand, B extends Operand> = Ok<BroadcastOf<A, B>>;
/** The second operand of a bitwise or logical operator. */
export type SecondBits<Op extends string, A extends Operand, B extends Operand> = Arg<Op, NeedBits<PromoteOf<A, B>>, Second<Op, A, B>>;
/** The receiver of an operator on integers or bool. */
export type Bits<Op extends string, T extends AnyTensor> = Arg<Op, NeedBits<T["dtype"]>, T>;

/** The receiver of an operator that bool has not. */
export type Numbers<Op extends string, T extends AnyTensor> = Arg<Op, NeedNumbers<T["dtype"]>, T>;

export type Axis<Op extends string, T extends AnyTensor, A extends AxisArg, K extends boolean> = Arg<Op, Reduce<ShapeOf<T>, A, K>, A>;
export type Reduced<T extends AnyTensor, A extends AxisArg, K extends boolean> = Ok<Reduce<ShapeOf<T>, A, K>>;
export interface KeepDims<K extends boolean> { readonly keepDims?: K }

/** A symbolic tensor: `Tensor<"f32", ["batch", 784]>`; `Tensor<"f32">` has unknown rank.
 *  A method that computes a shape takes it from `this`, not from the interface: its type is then one and the same for all
 *  tensors. That keeps Tensor covariant, comparison cheap, and inference from Input and Shared exact. */
export interface Tensor<out D extends DType = DType, out S extends List = Shape> extends AnyTensor<D, S> {
  readonly shape: Readonly<S>;
  readonly ndim: S["length"];

  // Elementwise, one operand.
  neg<T extends AnyTensor>(this: Numbers<"neg", T>): Tensor<T["dtype"], ShapeOf<T>>;
  abs<T extends AnyTensor>(this: Numbers<"abs", T>): Tensor<T["dtype"], ShapeOf<T>>;
  sign<T extends AnyTensor>(this: Numbers<"sign", T>): Tensor<T["dtype"], ShapeOf<T>>;
  square(): Tensor<Arithmetic<D>, S>;
  floor(): Tensor<D, S>;
  ceil(): Tensor<D, S>;
  round(): Tensor<D, S>;
  trunc(): Tensor<D, S>;
  relu<T extends AnyTensor>(this: Numbers<"relu", T>): Tensor<T["dtype"], ShapeOf<T>>;
  sqrt(): Tensor<Float<D>, S>;
  rsqrt(): Tensor<Float<D>, S>;
  cbrt(): Tensor<Float<D>, S>;
  reciprocal(): Tensor<Float<D>, S>;
  exp(): Tensor<Float<D>, S>;
  exp2(): Tensor<Float<D>, S>;
  expm1(): Tensor<Float<D>, S>;
  log(): Tensor<Float<D>, S>;
  log2(): Tensor<Float<D>, S>;
  log10(): Tensor<Float<D>, S>;
  log1p(): Tensor<Float<D>, S>;
  sin(): Tensor<Float<D>, S>;
  cos(): Tensor<Float<D>, S>;
  tan(): Tensor<Float<D>, S>;
  asin(): Tensor<Float<D>, S>;
  acos(): Tensor<Float<D>, S>;
  atan(): Tensor<Float<D>, S>;
  sinh(): Tensor<Float<D>, S>;
  cosh(): Tensor<Float<D>, S>;
  tanh(): Tensor<Float<D>, S>;
  asinh(): Tensor<Float<D>, S>;
  acosh(): Tensor<Float<D>, S>;
  atanh(): Tensor<Float<D>, S>;
  sigmoid(): Tensor<Float<D>, S>;
  erf(): Tensor<Float<D>, S>;
  erfc(): Tensor<Float<D>, S>;
  erfinv(): Tensor<Float<D>, S>;
  lgamma(): Tensor<Float<D>, S>;
  digamma(): Tensor<Float<D>, S>;
  leakyRelu(slope?: number): Tensor<Float<D>, S>;
  elu(alpha?: number): Tensor<Float<D>, S>;
  selu(): Tensor<Float<D>, S>;
  gelu(options?: { readonly approximate?: boolean }): Tensor<Float<D>, S>;
  silu(): Tensor<Float<D>, S>;
  softplus(): Tensor<Float<D>, S>;
  softsign(): Tensor<Float<D>, S>;
  hardSigmoid(): Tensor<Float<D>, S>;
  isNan(): Tensor<"bool", S>;
  isFinite(): Tensor<"bool", S>;
  /** Bitwise complement; of bool, the negation. */
  not<T extends AnyTensor>(this: Bits<"not", T>): Tensor<D, S>;

  convert<D2 extends DType>(dtype: D2): Tensor<D2, S>;
  /** The same bits as another dtype of the same width. */
  bitcast<D2 extends DType>(dtype: D2): Tensor<D2, S>;
  /** States a shape that the types cannot derive, or that two names are equal; checked when the program runs. */
  assume<const N extends Shape>(shape: N): Tensor<D, Dims<N>>;

  // Elementwise, two operands: they broadcast, and their dtypes are promoted.
  add<T extends AnyTensor, B extends Operand>(this: T, other: Second<"add", T, B>): Tensor<Arithmetic<PromoteOf<T, B>>, Both<T, B>>;
  sub<T extends AnyTensor, B extends Operand>(this: T, other: Second<"sub", T, B>): Tensor<Arithmetic<PromoteOf<T, B>>, Both<T, B>>;
  mul<T extends AnyTensor, B extends Operand>(this: T, other: Second<"mul", T, B>): Tensor<Arithmetic<PromoteOf<T, B>>, Both<T, B>>;
  div<T extends AnyTensor, B extends Operand>(this: T, other: Second<"div", T, B>): Tensor<Float<PromoteOf<T, B>>, Both<T, B>>;
  rem<T extends AnyTensor, B extends Operand>(this: T, other: Second<"rem", T, B>): Tensor<Arithmetic<PromoteOf<T, B>>, Both<T, B>>;
  floorDiv<T extends AnyTensor, B extends Operand>(this: T, other: Second<"floorDiv", T, B>): Tensor<Arithmetic<PromoteOf<T, B>>, Both<T, B>>;
  pow<T extends AnyTensor, B extends Operand>(this: T, other: Second<"pow", T, B>): Tensor<Arithmetic<PromoteOf<T, B>>, Both<T, B>>;
  atan2<T extends AnyTensor, B extends Operand>(this: T, other: Second<"atan2", T, B>): Tensor<Float<PromoteOf<T, B>>, Both<T, B>>;
  maximum<T extends AnyTensor, B extends Operand>(this: T, other: Second<"maximum", T, B>): Tensor<Arithmetic<PromoteOf<T, B>>, Both<T, B>>;
  minimum<T extends AnyTensor, B extends Operand>(this: T, other: Second<"minimum", T, B>): Tensor<Arithmetic<PromoteOf<T, B>>, Both<T, B>>;
  eq<T extends AnyTensor, B extends Operand>(this: T, other: Second<"eq", T, B>): Tensor<"bool", Both<T, B>>;
  ne<T extends AnyTensor, B extends Operand>(this: T, other: Second<"ne", T, B>): Tensor<"bool", Both<T, B>>;
  lt<T extends AnyTensor, B extends Operand>(this: T, other: Second<"lt", T, B>): Tensor<"bool", Both<T, B>>;
  le<T extends AnyTensor, B extends Operand>(this: T, other: Second<"le", T, B>): Tensor<"bool", Both<T, B>>;
  gt<T extends AnyTensor, B extends Operand>(this: T, other: Second<"gt", T, B>): Tensor<"bool", Both<T, B>>;
  ge<T extends AnyTensor, B extends Operand>(this: T, other: Second<"ge", T, B>): Tensor<"bool", Both<T, B>>;
  and<T extends AnyTensor, B extends Operand>(this: T, other: SecondBits<"and", T, B>): Tensor<PromoteOf<T, B>, Both<T, B>>;
  or<T extends AnyTensor, B extends Operand>(this: T, other: SecondBits<"or", T, B>): Tensor<PromoteOf<T, B>, Both<T, B>>;
  xor<T extends AnyTensor, B extends Operand>(this: T, other: SecondBits<"xor", T, B>): Tensor<PromoteOf<T, B>, Both<T, B>>;
  shiftLeft<T extends AnyTensor, B extends Operand>(this: T, other: SecondBits<"shiftLeft", T, B>): Tensor<PromoteOf<T, B>, Both<T, B>>;
  shiftRight<T extends AnyTensor, B extends Operand>(this: T, other: SecondBits<"shiftRight", T, B>): Tensor<PromoteOf<T, B>, Both<T, B>>;
  /** Between `low` and `high`, either of which may be null. The dtype stays. */
  clip<T extends AnyTensor, A extends Operand | null, B extends Operand | null = null>(
    this: Numbers<"clip", T>, low: Arg<"clip", Broadcast<ShapeOf<T>, ShapeOf<A>>, A>, high?: Arg<"clip", BroadcastOf3<T, A, B>, B>): Tensor<T["dtype"], Ok<BroadcastOf3<T, A, B>>>;

  // Contractions.
  dot<T extends AnyTensor, B extends AnyTensor>(this: T, other: Arg<"dot", Dot<ShapeOf<T>, ShapeOf<B>>, B>): Tensor<Arithmetic<PromoteOf<T, B>>, Ok<Dot<ShapeOf<T>, ShapeOf<B>>>>;
  matmul<T extends AnyTensor, B extends AnyTensor>(this: T, other: Arg<"matmul", Dot<ShapeOf<T>, ShapeOf<B>>, B>): Tensor<Arithmetic<PromoteOf<T, B>>, Ok<Dot<ShapeOf<T>, ShapeOf<B>>>>;
  outer<T extends AnyTensor, B extends AnyTensor>(this: T, other: B): Tensor<Arithmetic<PromoteOf<T, B>>, Outer<ShapeOf<T>, ShapeOf<B>>>;
  tensordot<T extends AnyTensor, B extends AnyTensor, const N extends TensordotAxes = 2>(
    this: T, other: Arg<"tensordot", Tensordot<ShapeOf<T>, ShapeOf<B>, N>, B>, axes?: N): Tensor<Arithmetic<PromoteOf<T, B>>, Ok<Tensordot<ShapeOf<T>, ShapeOf<B>, N>>>;

  // Reductions: over one axis, several, or (null, absent) all.
  sum<T extends AnyTensor, const A extends AxisArg = null, K extends boolean = false>(this: T, axis?: Axis<"sum", T, A, K>, options?: KeepDims<K>): Tensor<Accumulated<T["dtype"]>, Reduced<T, A, K>>;
  prod<T extends AnyTensor, const A extends AxisArg = null, K extends boolean = false>(this: T, axis?: Axis<"prod", T, A, K>, options?: KeepDims<K>): Tensor<Accumulated<T["dtype"]>, Reduced<T, A, K>>;
  max<T extends AnyTensor, const A extends AxisArg = null, K extends boolean = false>(this: Numbers<"max", T>, axis?: Axis<"max", T, A, K>, options?: KeepDims<K>): Tensor<T["dtype"], Reduced<T, A, K>>;
  min<T extends AnyTensor, const A extends AxisArg = null, K extends boolean = false>(this: Numbers<"min", T>, axis?: Axis<"min", T, A, K>, options?: KeepDims<K>): Tensor<T["dtype"], Reduced<T, A, K>>;
  any<T extends AnyTensor, const A extends AxisArg = null, K extends boolean = false>(this: T, axis?: Axis<"any", T, A, K>, options?: KeepDims<K>): Tensor<"bool", Reduced<T, A, K>>;
  all<T extends AnyTensor, const A extends AxisArg = null, K extends boolean = false>(this: T, axis?: Axis<"all", T, A, K>, options?: KeepDims<K>): Tensor<"bool", Reduced<T, A, K>>;
  mean<T extends AnyTensor, const A extends AxisArg = null, K extends boolean = false>(this: T, axis?: Axis<"mean", T, A, K>, options?: KeepDims<K>): Tensor<Float<T["dtype"]>, Reduced<T, A, K>>;
  var<T extends AnyTensor, const A extends AxisArg = null, K extends boolean = false>(this: T, axis?: Axis<"var", T, A, K>, options?: KeepDims<K> & { readonly ddof?: number }): Tensor<Float<T["dtype"]>, Reduced<T, A, K>>;
  std<T extends AnyTensor, const A extends AxisArg = null, K extends boolean = false>(this: T, axis?: Axis<"std", T, A, K>, options?: KeepDims<K> & { readonly ddof?: number }): Tensor<Float<T["dtype"]>, Reduced<T, A, K>>;
  logSumExp<T extends AnyTensor, const A extends AxisArg = null, K extends boolean = false>(this: T, axis?: Axis<"logSumExp", T, A, K>, options?: KeepDims<K>): Tensor<Float<T["dtype"]>, Reduced<T, A, K>>;
  norm<T extends AnyTensor, const A extends AxisArg = null, K extends boolean = false>(this: T, axis?: Axis<"norm", T, A, K>, options?: KeepDims<K> & { readonly ord?: number }): Tensor<Float<T["dtype"]>, Reduced<T, A, K>>;
  /** Index of the first largest element; without an axis, as if x were flat. */
  argmax<T extends AnyTensor, const A extends number | null = null, K extends boolean = false>(this: T, axis?: Axis<"argmax", T, A, K>, options?: KeepDims<K>): Tensor<"i32", Reduced<T, A, K>>;
  argmin<T extends AnyTensor, const A extends number | null = null, K extends boolean = false>(this: T, axis?: Axis<"argmin", T, A, K>, options?: KeepDims<K>): Tensor<"i32", Reduced<T, A, K>>;

  // Along an axis.
  cumsum<T extends AnyTensor, const A extends number | null = null>(this: T, axis?: Arg<"cumsum", Cumulate<ShapeOf<T>, A>, A>): Tensor<Accumulated<T["dtype"]>, Ok<Cumulate<ShapeOf<T>, A>>>;
  cumprod<T extends AnyTensor, const A extends number | null = null>(this: T, axis?: Arg<"cumprod", Cumulate<ShapeOf<T>, A>, A>): Tensor<Accumulated<T["dtype"]>, Ok<Cumulate<ShapeOf<T>, A>>>;
  cummax<T extends AnyTensor, const A extends number | null = null>(this: Numbers<"cummax", T>, axis?: Arg<"cummax", Cumulate<ShapeOf<T>, A>, A>): Tensor<T["dtype"], Ok<Cumulate<ShapeOf<T>, A>>>;
  cummin<T extends AnyTensor, const A extends number | null = null>(this: Numbers<"cummin", T>, axis?: Arg<"cummin", Cumulate<ShapeOf<T>, A>, A>): Tensor<T["dtype"], Ok<Cumulate<ShapeOf<T>, A>>>;
  diff<T extends AnyTensor, const A extends number = -1>(this: T, axis?: Arg<"diff", Resize<ShapeOf<T>, A>, A>): Tensor<T["dtype"], Ok<Resize<ShapeOf<T>, A>>>;
  softmax<T extends AnyTensor, const A extends AxisArg = -1>(this: T, axis?: Arg<"softmax", AlongAxis<ShapeOf<T>, A>, A>): Tensor<Float<T["dtype"]>, ShapeOf<T>>;
  logSoftmax<T extends AnyTensor, const A extends AxisArg = -1>(this: T, axis?: Arg<"logSoftmax", AlongAxis<ShapeOf<T>, A>, A>): Tensor<Float<T["dtype"]>, ShapeOf<T>>;
  flip<T extends AnyTensor, const A extends AxisArg = null>(this: T, axis?: Arg<"flip", AlongAxis<ShapeOf<T>, A>, A>): Tensor<T["dtype"], ShapeOf<T>>;
  roll<T extends AnyTensor, const A extends number | null = null>(this: T, shift: number, axis?: Arg<"roll", AlongAxis<ShapeOf<T>, A>, A>): Tensor<T["dtype"], ShapeOf<T>>;

  // Movement.
  transpose<T extends AnyTensor, const P extends readonly number[] | undefined = undefined>(this: T, axes?: Arg<"transpose", Transpose<ShapeOf<T>, P>, P>): Tensor<T["dtype"], Ok<Transpose<ShapeOf<T>, P>>>;
  swapAxes<T extends AnyTensor, const A extends number, const B extends number>(this: T, a: Arg<"swapAxes", SwapAxes<ShapeOf<T>, A, B>, A>, b: B): Tensor<T["dtype"], Ok<SwapAxes<ShapeOf<T>, A, B>>>;
  moveAxis<T extends AnyTensor, const A extends number, const B extends number>(this: T, from: Arg<"moveAxis", MoveAxis<ShapeOf<T>, A, B>, A>, to: B): Tensor<T["dtype"], Ok<MoveAxis<ShapeOf<T>, A, B>>>;
  reshape<T extends AnyTensor, const N extends Shape>(this: T, shape: Arg<"reshape", Reshape<ShapeOf<T>, N>, N>): Tensor<T["dtype"], Ok<Reshape<ShapeOf<T>, N>>>;
  flatten<T extends AnyTensor>(this: T): Tensor<T["dtype"], [Size<ShapeOf<T>>]>;
  expandDims<T extends AnyTensor, const A extends number>(this: T, axis: Arg<"expandDims", ExpandDims<ShapeOf<T>, A>, A>): Tensor<T["dtype"], Ok<ExpandDims<ShapeOf<T>, A>>>;
  squeeze<T extends AnyTensor, const A extends AxisArg = null>(this: T, axis?: Arg<"squeeze", Squeeze<ShapeOf<T>, A>, A>): Tensor<T["dtype"], Ok<Squeeze<ShapeOf<T>, A>>>;
  broadcastTo<T extends AnyTensor, const N extends Shape>(this: T, shape: Arg<"broadcastTo", BroadcastTo<ShapeOf<T>, N>, N>): Tensor<T["dtype"], Ok<BroadcastTo<ShapeOf<T>, N>>>;
  /** From `start` to before `stop` along one axis. */
  slice<T extends AnyTensor, const A extends number>(this: T, axis: Arg<"slice", Resize<ShapeOf<T>, A>, A>, start: number, stop?: number | null, step?: number): Tensor<T["dtype"], Ok<Resize<ShapeOf<T>, A>>>;
  /** NumPy's indexing: `x.at(0)`, `x.at("...", { start: 1 }, null)`, `x.at(indices)`, `x.at(mask)`. */
  at<T extends AnyTensor, const I extends readonly Index[]>(this: T, ...index: Args<"at", At<ShapeOf<T>, I>, I>): Tensor<T["dtype"], Ok<At<ShapeOf<T>, I>>>;
  take<T extends AnyTensor, B extends AnyTensor, const A extends number | null = null>(this: T, indices: Arg<"take", NeedInteger<B["dtype"]>, B>, axis?: Arg<"take", Take<ShapeOf<T>, ShapeOf<B>, A>, A>): Tensor<T["dtype"], Ok<Take<ShapeOf<T>, ShapeOf<B>, A>>>;
  takeAlongAxis<T extends AnyTensor, B extends AnyTensor, const A extends number>(this: T, indices: Arg<"takeAlongAxis", NeedInteger<B["dtype"]>, B>, axis: Arg<"takeAlongAxis", TakeAlong<ShapeOf<T>, ShapeOf<B>, A>, A>): Tensor<T["dtype"], Ok<TakeAlong<ShapeOf<T>, ShapeOf<B>, A>>>;
  split<T extends AnyTensor, const N extends Sections, const A extends number = 0>(this: T, sections: Arg<"split", Part<ShapeOf<T>, N, A>, N>, axis?: A): Parts<Tensor<T["dtype"], Ok<Part<ShapeOf<T>, N, A>>>, N>;
  tile<T extends AnyTensor, const R extends readonly number[]>(this: T, reps: R): Tensor<T["dtype"], Tile<ShapeOf<T>, R>>;
  repeat<T extends AnyTensor, const N extends number, const A extends number>(this: T, times: N, axis: Arg<"repeat", Repeat<ShapeOf<T>, A, N>, A>): Tensor<T["dtype"], Ok<Repeat<ShapeOf<T>, A, N>>>;
  pad<T extends AnyTensor, const P extends Padding>(this: T, widths: Arg<"pad", Pad<ShapeOf<T>, P>, P>, value?: Weak): Tensor<T["dtype"], Ok<Pad<ShapeOf<T>, P>>>;
  tril<T extends AnyTensor>(this: Arg<"tril", AtLeast<ShapeOf<T>, 2>, T>, k?: number): Tensor<D, S>;
  triu<T extends AnyTensor>(this: Arg<"triu", AtLeast<ShapeOf<T>, 2>, T>, k?: number): Tensor<D, S>;
}


/** An input of a compiled function. */
export interface Input<out D extends DType = DType, out S extends List = Shape> extends Tensor<D, S> {
  readonly kind: "input";
  readonly name: string;
}
/** A variable that keeps its value between calls. */
export interface Shared<out D extends DType = DType, out S extends List = Shape> extends Tensor<D, S> {
  readonly kind: "shared";
  readonly name: string;
}
