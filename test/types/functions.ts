// The public signatures of operators as functions. Those that only differ in name and dtype share a call signature.

import type {
  AlongAxis, AnyTensor, Arg, Args, Arithmetic, At, AtLeast, AxisArg, Broadcast, BroadcastOf, BroadcastOf3, BroadcastTo, Channels,
  Concat, Convolve, Cumulate, DType, Dims, Dot, Einsum, ExpandDims, Fits, Float, Index, MoveAxis, NeedBits, NeedBool, NeedInteger,
  NeedNumbers, Ok, Operand, Outer, OwnDType, Pad, Padding, Parameter, Part, Parts, PerChannel, PerClass, PerLabel, Pool, PromoteAll,
  PromoteOf, Reduce, Repeat, Reshape, Resize, ResultDType, ResultKind, Sections, Shape, ShapeOf, ShapesOf, Size, Squeeze, Stack,
  SwapAxes, Take, TakeAlong, Tensordot, TensordotAxes, Tile, Transpose, VectorOf, Weak,
} from "../../src/types/index.ts";
import type { Tensor } from "./surface.ts";

// --- elementwise ---

/** One operand, any dtype. */
interface Unary<Kind extends ResultKind> {
  <T extends Operand>(x: T): Tensor<ResultDType<Kind, OwnDType<T>>, ShapeOf<T>>;
}
/** One operand, numbers. */
interface UnaryNumbers<Op extends string> {
  <T extends Operand>(x: Arg<Op, NeedNumbers<OwnDType<T>>, T>): Tensor<OwnDType<T>, ShapeOf<T>>;
}
/** Two operands that broadcast and whose dtypes are promoted. */
interface Binary<Op extends string, Kind extends ResultKind> {
  <A extends Operand, B extends Operand>(a: A, b: Arg<Op, BroadcastOf<A, B>, B>): Tensor<ResultDType<Kind, PromoteOf<A, B>>, Ok<BroadcastOf<A, B>>>;
}
/** Two operands, integers or bool. */
interface BinaryBits<Op extends string> {
  <A extends Operand, B extends Operand>(a: A, b: Arg<Op, NeedBits<PromoteOf<A, B>>, Arg<Op, BroadcastOf<A, B>, B>>): Tensor<PromoteOf<A, B>, Ok<BroadcastOf<A, B>>>;
}

export declare const neg: UnaryNumbers<"neg">;
export declare const abs: UnaryNumbers<"abs">;
export declare const sign: UnaryNumbers<"sign">;
export declare const relu: UnaryNumbers<"relu">;
export declare const square: Unary<"arithmetic">;
export declare const floor: Unary<"same">;
export declare const ceil: Unary<"same">;
export declare const round: Unary<"same">;
export declare const trunc: Unary<"same">;
export declare const stopGradient: Unary<"same">;
export declare const sqrt: Unary<"float">;
export declare const rsqrt: Unary<"float">;
export declare const cbrt: Unary<"float">;
export declare const reciprocal: Unary<"float">;
export declare const exp: Unary<"float">;
export declare const exp2: Unary<"float">;
export declare const expm1: Unary<"float">;
export declare const log: Unary<"float">;
export declare const log2: Unary<"float">;
export declare const log10: Unary<"float">;
export declare const log1p: Unary<"float">;
export declare const sin: Unary<"float">;
export declare const cos: Unary<"float">;
export declare const tan: Unary<"float">;
export declare const asin: Unary<"float">;
export declare const acos: Unary<"float">;
export declare const atan: Unary<"float">;
export declare const sinh: Unary<"float">;
export declare const cosh: Unary<"float">;
export declare const tanh: Unary<"float">;
export declare const asinh: Unary<"float">;
export declare const acosh: Unary<"float">;
export declare const atanh: Unary<"float">;
export declare const sigmoid: Unary<"float">;
export declare const logSigmoid: Unary<"float">;
export declare const erf: Unary<"float">;
export declare const erfc: Unary<"float">;
export declare const erfinv: Unary<"float">;
export declare const lgamma: Unary<"float">;
export declare const digamma: Unary<"float">;
export declare const selu: Unary<"float">;
export declare const silu: Unary<"float">;
export declare const softplus: Unary<"float">;
export declare const softsign: Unary<"float">;
export declare const hardSigmoid: Unary<"float">;
export declare const isNan: Unary<"bool">;
export declare const isFinite: Unary<"bool">;
export declare function leakyRelu<T extends Operand>(x: T, slope?: number): Tensor<Float<OwnDType<T>>, ShapeOf<T>>;
export declare function elu<T extends Operand>(x: T, alpha?: number): Tensor<Float<OwnDType<T>>, ShapeOf<T>>;
export declare function gelu<T extends Operand>(x: T, options?: { readonly approximate?: boolean }): Tensor<Float<OwnDType<T>>, ShapeOf<T>>;
export declare function not<T extends Operand>(x: Arg<"not", NeedBits<OwnDType<T>>, T>): Tensor<OwnDType<T>, ShapeOf<T>>;
export declare function convert<T extends Operand, D extends DType>(x: T, dtype: D): Tensor<D, ShapeOf<T>>;
export declare function bitcast<T extends AnyTensor, D extends DType>(x: T, dtype: D): Tensor<D, ShapeOf<T>>;

export declare const add: Binary<"add", "arithmetic">;
export declare const sub: Binary<"sub", "arithmetic">;
export declare const mul: Binary<"mul", "arithmetic">;
export declare const div: Binary<"div", "float">;
export declare const rem: Binary<"rem", "arithmetic">;
export declare const floorDiv: Binary<"floorDiv", "arithmetic">;
export declare const pow: Binary<"pow", "arithmetic">;
export declare const atan2: Binary<"atan2", "float">;
export declare const maximum: Binary<"maximum", "arithmetic">;
export declare const minimum: Binary<"minimum", "arithmetic">;
export declare const eq: Binary<"eq", "bool">;
export declare const ne: Binary<"ne", "bool">;
export declare const lt: Binary<"lt", "bool">;
export declare const le: Binary<"le", "bool">;
export declare const gt: Binary<"gt", "bool">;
export declare const ge: Binary<"ge", "bool">;
export declare const and: BinaryBits<"and">;
export declare const or: BinaryBits<"or">;
export declare const xor: BinaryBits<"xor">;
export declare const shiftLeft: BinaryBits<"shiftLeft">;
export declare const shiftRight: BinaryBits<"shiftRight">;

/** `yes` where the condition holds, `no` elsewhere; all three broadcast. */
interface Select<Op extends string> {
  <C extends AnyTensor, A extends Operand, B extends Operand>(
    condition: Arg<Op, NeedBool<C["dtype"]>, C>, yes: Arg<Op, BroadcastOf<C, A>, A>, no: Arg<Op, BroadcastOf3<C, A, B>, B>,
  ): Tensor<PromoteOf<A, B>, Ok<BroadcastOf3<C, A, B>>>;
}
export declare const select: Select<"select">;
export declare const where: Select<"where">;
export declare function clip<T extends AnyTensor, A extends Operand | null, B extends Operand | null = null>(
  x: Arg<"clip", NeedNumbers<T["dtype"]>, T>, low: Arg<"clip", Broadcast<ShapeOf<T>, ShapeOf<A>>, A>, high?: Arg<"clip", BroadcastOf3<T, A, B>, B>,
): Tensor<T["dtype"], Ok<BroadcastOf3<T, A, B>>>;

// --- reductions ---

interface Reduction<Op extends string, Kind extends ResultKind, Options = unknown> {
  <T extends AnyTensor, const A extends AxisArg = null, K extends boolean = false>(
    x: T, axis?: Arg<Op, Reduce<ShapeOf<T>, A, K>, A>, options?: Options & { readonly keepDims?: K },
  ): Tensor<ResultDType<Kind, T["dtype"]>, Ok<Reduce<ShapeOf<T>, A, K>>>;
}
interface Extremum<Op extends string> {
  <T extends AnyTensor, const A extends AxisArg = null, K extends boolean = false>(
    x: Arg<Op, NeedNumbers<T["dtype"]>, T>, axis?: Arg<Op, Reduce<ShapeOf<T>, A, K>, A>, options?: { readonly keepDims?: K },
  ): Tensor<T["dtype"], Ok<Reduce<ShapeOf<T>, A, K>>>;
}
interface ArgReduction<Op extends string> {
  <T extends AnyTensor, const A extends number | null = null, K extends boolean = false>(
    x: T, axis?: Arg<Op, Reduce<ShapeOf<T>, A, K>, A>, options?: { readonly keepDims?: K },
  ): Tensor<"i32", Ok<Reduce<ShapeOf<T>, A, K>>>;
}
interface Cumulative<Op extends string, Kind extends ResultKind> {
  <T extends AnyTensor, const A extends number | null = null>(
    x: T, axis?: Arg<Op, Cumulate<ShapeOf<T>, A>, A>): Tensor<ResultDType<Kind, T["dtype"]>, Ok<Cumulate<ShapeOf<T>, A>>>;
}
/** Keeps the shape; `axis` is one or several. */
interface OverAxis<Op extends string, Kind extends ResultKind, Default extends AxisArg> {
  <T extends AnyTensor, const A extends AxisArg = Default>(
    x: T, axis?: Arg<Op, AlongAxis<ShapeOf<T>, A>, A>): Tensor<ResultDType<Kind, T["dtype"]>, ShapeOf<T>>;
}

export declare const sum: Reduction<"sum", "accumulated">;
export declare const prod: Reduction<"prod", "accumulated">;
export declare const max: Extremum<"max">;
export declare const min: Extremum<"min">;
export declare const any: Reduction<"any", "bool">;
export declare const all: Reduction<"all", "bool">;
export declare const mean: Reduction<"mean", "float">;
export declare const std: Reduction<"std", "float", { readonly ddof?: number }>;
/** Exported under the name `var`, which no declaration may have: `export { variance as var }`. */
export declare const variance: Reduction<"var", "float", { readonly ddof?: number }>;
export declare const logSumExp: Reduction<"logSumExp", "float">;
export declare const norm: Reduction<"norm", "float", { readonly ord?: number }>;
export declare const argmax: ArgReduction<"argmax">;
export declare const argmin: ArgReduction<"argmin">;
export declare const cumsum: Cumulative<"cumsum", "accumulated">;
export declare const cumprod: Cumulative<"cumprod", "accumulated">;
export declare const cummax: Cumulative<"cummax", "same">;
export declare const cummin: Cumulative<"cummin", "same">;
export declare const softmax: OverAxis<"softmax", "float", -1>;
export declare const logSoftmax: OverAxis<"logSoftmax", "float", -1>;
export declare const flip: OverAxis<"flip", "same", null>;
export declare function diff<T extends AnyTensor, const A extends number = -1>(x: T, axis?: Arg<"diff", Resize<ShapeOf<T>, A>, A>): Tensor<T["dtype"], Ok<Resize<ShapeOf<T>, A>>>;
export declare function roll<T extends AnyTensor, const A extends number | null = null>(x: T, shift: number, axis?: Arg<"roll", AlongAxis<ShapeOf<T>, A>, A>): Tensor<T["dtype"], ShapeOf<T>>;

// --- contractions ---

interface Product<Op extends string> {
  <A extends AnyTensor, B extends AnyTensor>(a: A, b: Arg<Op, Dot<ShapeOf<A>, ShapeOf<B>>, B>): Tensor<Arithmetic<PromoteOf<A, B>>, Ok<Dot<ShapeOf<A>, ShapeOf<B>>>>;
}
export declare const dot: Product<"dot">;
export declare const matmul: Product<"matmul">;
export declare function outer<A extends AnyTensor, B extends AnyTensor>(a: A, b: B): Tensor<Arithmetic<PromoteOf<A, B>>, Outer<ShapeOf<A>, ShapeOf<B>>>;
export declare function tensordot<A extends AnyTensor, B extends AnyTensor, const N extends TensordotAxes = 2>(
  a: A, b: B, axes?: Arg<"tensordot", Tensordot<ShapeOf<A>, ShapeOf<B>, N>, N>): Tensor<Arithmetic<PromoteOf<A, B>>, Ok<Tensordot<ShapeOf<A>, ShapeOf<B>, N>>>;
export declare function einsum<const Spec extends string, const L extends readonly AnyTensor[]>(
  specification: Arg<"einsum", Einsum<Spec, ShapesOf<L>>, Spec>, ...operands: L): Tensor<Arithmetic<PromoteAll<DTypesOf<L>>>, Ok<Einsum<Spec, ShapesOf<L>>>>;
type DTypesOf<L extends readonly AnyTensor[]> = { [K in keyof L]: L[K]["dtype"] };

// --- movement ---

export declare function transpose<T extends AnyTensor, const P extends readonly number[] | undefined = undefined>(
  x: T, axes?: Arg<"transpose", Transpose<ShapeOf<T>, P>, P>): Tensor<T["dtype"], Ok<Transpose<ShapeOf<T>, P>>>;
export declare function swapAxes<T extends AnyTensor, const A extends number, const B extends number>(
  x: T, a: Arg<"swapAxes", SwapAxes<ShapeOf<T>, A, B>, A>, b: B): Tensor<T["dtype"], Ok<SwapAxes<ShapeOf<T>, A, B>>>;
export declare function moveAxis<T extends AnyTensor, const A extends number, const B extends number>(
  x: T, from: Arg<"moveAxis", MoveAxis<ShapeOf<T>, A, B>, A>, to: B): Tensor<T["dtype"], Ok<MoveAxis<ShapeOf<T>, A, B>>>;
export declare function reshape<T extends AnyTensor, const N extends Shape>(
  x: T, shape: Arg<"reshape", Reshape<ShapeOf<T>, N>, N>): Tensor<T["dtype"], Ok<Reshape<ShapeOf<T>, N>>>;
export declare function flatten<T extends AnyTensor>(x: T): Tensor<T["dtype"], [Size<ShapeOf<T>>]>;
export declare function expandDims<T extends AnyTensor, const A extends number>(
  x: T, axis: Arg<"expandDims", ExpandDims<ShapeOf<T>, A>, A>): Tensor<T["dtype"], Ok<ExpandDims<ShapeOf<T>, A>>>;
export declare function squeeze<T extends AnyTensor, const A extends AxisArg = null>(
  x: T, axis?: Arg<"squeeze", Squeeze<ShapeOf<T>, A>, A>): Tensor<T["dtype"], Ok<Squeeze<ShapeOf<T>, A>>>;
export declare function broadcastTo<T extends Operand, const N extends Shape>(
  x: T, shape: Arg<"broadcastTo", BroadcastTo<ShapeOf<T>, N>, N>): Tensor<OwnDType<T>, Ok<BroadcastTo<ShapeOf<T>, N>>>;
export declare function assume<T extends AnyTensor, const N extends Shape>(x: T, shape: N): Tensor<T["dtype"], Dims<N>>;
export declare function slice<T extends AnyTensor, const A extends number>(
  x: T, axis: Arg<"slice", Resize<ShapeOf<T>, A>, A>, start: number, stop?: number | null, step?: number): Tensor<T["dtype"], Ok<Resize<ShapeOf<T>, A>>>;
export declare function at<T extends AnyTensor, const I extends readonly Index[]>(
  x: T, ...index: Args<"at", At<ShapeOf<T>, I>, I>): Tensor<T["dtype"], Ok<At<ShapeOf<T>, I>>>;

/** x with a value written to, or added at, an index: `setSubtensor(x, [0, ":"], row)`. */
interface Write<Op extends string> {
  <T extends AnyTensor, const I extends readonly Index[], V extends Operand>(
    x: T, index: Arg<Op, At<ShapeOf<T>, I>, I>, value: Arg<Op, Fits<Ok<At<ShapeOf<T>, I>>, ShapeOf<V>>, V>): Tensor<T["dtype"], ShapeOf<T>>;
}
export declare const setSubtensor: Write<"setSubtensor">;
export declare const incSubtensor: Write<"incSubtensor">;
export declare function take<T extends AnyTensor, B extends AnyTensor, const A extends number | null = null>(
  x: T, indices: Arg<"take", NeedInteger<B["dtype"]>, B>, axis?: Arg<"take", Take<ShapeOf<T>, ShapeOf<B>, A>, A>): Tensor<T["dtype"], Ok<Take<ShapeOf<T>, ShapeOf<B>, A>>>;
export declare function takeAlongAxis<T extends AnyTensor, B extends AnyTensor, const A extends number>(
  x: T, indices: Arg<"takeAlongAxis", NeedInteger<B["dtype"]>, B>, axis: Arg<"takeAlongAxis", TakeAlong<ShapeOf<T>, ShapeOf<B>, A>, A>): Tensor<T["dtype"], Ok<TakeAlong<ShapeOf<T>, ShapeOf<B>, A>>>;

export declare function concat<const L extends readonly AnyTensor[], const A extends number = 0>(
  list: Arg<"concat", Concat<ShapesOf<L>, A>, L>, axis?: A): Tensor<PromoteAll<DTypesOf<L>>, Ok<Concat<ShapesOf<L>, A>>>;
export declare function stack<const L extends readonly AnyTensor[], const A extends number = 0>(
  list: Arg<"stack", Stack<ShapesOf<L>, A>, L>, axis?: A): Tensor<PromoteAll<DTypesOf<L>>, Ok<Stack<ShapesOf<L>, A>>>;
export declare function split<T extends AnyTensor, const N extends Sections, const A extends number = 0>(
  x: T, sections: N, axis?: Arg<"split", Part<ShapeOf<T>, N, A>, A>): Parts<Tensor<T["dtype"], Ok<Part<ShapeOf<T>, N, A>>>, N>;
export declare function tile<T extends AnyTensor, const R extends readonly number[]>(x: T, reps: R): Tensor<T["dtype"], Tile<ShapeOf<T>, R>>;
export declare function repeat<T extends AnyTensor, const N extends number, const A extends number>(
  x: T, times: N, axis: Arg<"repeat", Repeat<ShapeOf<T>, A, N>, A>): Tensor<T["dtype"], Ok<Repeat<ShapeOf<T>, A, N>>>;
export declare function pad<T extends AnyTensor, const P extends Padding>(
  x: T, widths: Arg<"pad", Pad<ShapeOf<T>, P>, P>, value?: Weak): Tensor<T["dtype"], Ok<Pad<ShapeOf<T>, P>>>;
interface Triangle<Op extends string> {
  <T extends AnyTensor>(x: Arg<Op, AtLeast<ShapeOf<T>, 2>, T>, k?: number): Tensor<T["dtype"], ShapeOf<T>>;
}
export declare const tril: Triangle<"tril">;
export declare const triu: Triangle<"triu">;

/** A new last axis with 1 at the label's place. */
export declare function oneHot<T extends AnyTensor, const N extends number | string, D extends DType = "f32">(
  labels: Arg<"oneHot", NeedInteger<T["dtype"]>, T>, classes: N, options?: { readonly dtype?: D }): Tensor<NoInfer<D>, [...ShapeOf<T>, N]>;

// --- layers and losses ---

interface LossByLabel<Op extends string> {
  <T extends AnyTensor, Y extends AnyTensor>(
    logits: T, labels: Arg<Op, NeedInteger<Y["dtype"]>, Arg<Op, PerLabel<ShapeOf<T>, ShapeOf<Y>>, Y>>): Tensor<Float<T["dtype"]>, Ok<PerLabel<ShapeOf<T>, ShapeOf<Y>>>>;
}
/** The mean over all elements. */
interface MeanLoss<Op extends string> {
  <A extends Operand, B extends Operand>(predictions: A, targets: Arg<Op, BroadcastOf<A, B>, B>): Tensor<Float<PromoteOf<A, B>>, []>;
}
/** -log softmax(logits)[label], one per label. */
export declare const softmaxCrossEntropy: LossByLabel<"softmaxCrossEntropy">;
/** -log(probabilities)[label], one per label. */
export declare const crossEntropyOfLabels: LossByLabel<"crossEntropyOfLabels">;
/** -sum(targets * log softmax(logits)) over the last axis. */
export declare function categoricalCrossEntropy<T extends AnyTensor, Y extends AnyTensor>(
  logits: T, targets: Arg<"categoricalCrossEntropy", PerClass<ShapeOf<T>, ShapeOf<Y>>, Y>): Tensor<Float<PromoteOf<T, Y>>, Ok<PerClass<ShapeOf<T>, ShapeOf<Y>>>>;
export declare const binaryCrossEntropy: Binary<"binaryCrossEntropy", "float">;
export declare const binaryCrossEntropyWithLogits: Binary<"binaryCrossEntropyWithLogits", "float">;
export declare const mse: MeanLoss<"mse">;
export declare const mae: MeanLoss<"mae">;
export declare function huber<A extends Operand, B extends Operand>(predictions: A, targets: Arg<"huber", BroadcastOf<A, B>, B>, delta?: number): Tensor<Float<PromoteOf<A, B>>, []>;

export declare function layerNorm<T extends AnyTensor, G extends Operand = 1, B extends Operand = 0, const A extends AxisArg = -1>(
  x: T, scale?: Arg<"layerNorm", Parameter<ShapeOf<T>, ShapeOf<G>>, G>, offset?: Arg<"layerNorm", Parameter<ShapeOf<T>, ShapeOf<B>>, B>,
  options?: { readonly axis?: Arg<"layerNorm", AlongAxis<ShapeOf<T>, A>, A>; readonly epsilon?: number }): Tensor<Float<T["dtype"]>, ShapeOf<T>>;

type ChannelArg<Op extends string, T extends AnyTensor, A extends number, P extends Operand> = Arg<Op, PerChannel<ShapeOf<T>, A, ShapeOf<P>>, P>;
interface ChannelOptions<A extends number> { readonly axis?: A; readonly epsilon?: number }
export declare function batchNormTrain<T extends AnyTensor, G extends Operand, B extends Operand, const A extends number = -1>(
  x: T, scale: ChannelArg<"batchNormTrain", T, A, G>, offset: ChannelArg<"batchNormTrain", T, A, B>, options?: ChannelOptions<A>,
): { readonly output: Tensor<Float<T["dtype"]>, ShapeOf<T>>; readonly mean: Tensor<Float<T["dtype"]>, Ok<VectorOf<ShapeOf<T>, A>>>; readonly variance: Tensor<Float<T["dtype"]>, Ok<VectorOf<ShapeOf<T>, A>>> };
export declare function batchNormInfer<T extends AnyTensor, M extends Operand, V extends Operand, G extends Operand, B extends Operand, const A extends number = -1>(
  x: T, mean: ChannelArg<"batchNormInfer", T, A, M>, variance: ChannelArg<"batchNormInfer", T, A, V>,
  scale: ChannelArg<"batchNormInfer", T, A, G>, offset: ChannelArg<"batchNormInfer", T, A, B>, options?: ChannelOptions<A>): Tensor<Float<T["dtype"]>, ShapeOf<T>>;

interface ConvOptions<C extends Channels, G extends number> {
  readonly stride?: number | readonly number[];
  readonly padding?: "valid" | "same" | "full" | number | Padding;
  readonly dilation?: number | readonly number[];
  readonly channels?: C;
  readonly groups?: G;
}
interface Convolution<Op extends string, Rank extends 1 | 2 | 3> {
  <T extends AnyTensor, W extends AnyTensor, C extends Channels = "last", G extends number = 1>(
    x: T, filters: Arg<Op, Convolve<ShapeOf<T>, ShapeOf<W>, Rank, C, G extends 1 ? false : true>, W>, options?: ConvOptions<C, G>,
  ): Tensor<Arithmetic<PromoteOf<T, W>>, Ok<Convolve<ShapeOf<T>, ShapeOf<W>, Rank, C, G extends 1 ? false : true>>>;
}
export declare const conv1d: Convolution<"conv1d", 1>;
export declare const conv2d: Convolution<"conv2d", 2>;
export declare const conv3d: Convolution<"conv3d", 3>;

interface PoolOptions<C extends Channels> {
  readonly stride?: number | readonly number[];
  readonly padding?: "valid" | "same" | number | Padding;
  readonly channels?: C;
}
interface Pooling<Op extends string, Kind extends ResultKind, Rank extends 1 | 2 | 3> {
  <T extends AnyTensor, C extends Channels = "last">(
    x: Arg<Op, Pool<ShapeOf<T>, Rank, C>, T>, window: number | readonly number[], options?: PoolOptions<C>,
  ): Tensor<ResultDType<Kind, T["dtype"]>, Ok<Pool<ShapeOf<T>, Rank, C>>>;
}
export declare const maxPool2d: Pooling<"maxPool2d", "same", 2>;
export declare const avgPool2d: Pooling<"avgPool2d", "float", 2>;
