// The functions of `damo/fft` with their types. Complex numbers are pairs (real, imaginary) along the last axis, which no `axis` counts.

import { lift } from "../methods.ts";
import type { Tensor } from "../tensor.ts";
import type { AnyTensor, Arg, Broadcast, BroadcastOf, Float, Ok, Operand, Promote, PromoteOf, Resize, Shape, ShapeOf } from "../types/index.ts";
import * as numbers from "./complex.ts";
import * as convolutions from "./convolve.ts";
import * as shifts from "./shift.ts";
import * as transforms from "./transform.ts";
import type { Norm } from "./transform.ts";

export type { Norm };

type FloatDType = "f32" | "f64";

interface TransformOptions<A extends number, L extends number> {
  /** The axis, not counting that of the pairs; the last unless said otherwise. */
  readonly axis?: A;
  /** How many values there are: what is over is left out, what lacks is 0. */
  readonly length?: L;
  /** What is divided by the length: the backward transform unless said otherwise. */
  readonly norm?: Norm;
}

/** Shapes with and without the axis of the pairs. */
type Values<S extends Shape> = S extends readonly [...infer R extends Shape, 2] ? R : Shape;
type Pairs<S extends Shape> = number extends S["length"] ? Shape : [...S, 2];
type Resized<S extends Shape, A extends number, L extends number> = number extends L ? Ok<Resize<S, A>> : Ok<Resize<S, A, L>>;

interface Transform {
  <T extends AnyTensor>(z: T, options?: { readonly axis?: number; readonly norm?: Norm }): Tensor<Float<T["dtype"]>, ShapeOf<T>>;
  <T extends AnyTensor, const L extends number, const A extends number = -1>(z: T, options: TransformOptions<A, L> & { readonly length: L }): Tensor<Float<T["dtype"]>, Pairs<Resized<Values<ShapeOf<T>>, A, L>>>;
}

/** The Fourier transform along an axis: sums of z[j] e^(-2 pi i j k / n), for any length n that is known when the graph is built. */
export const fft: Transform = lift(transforms.fft);
/** The inverse of `fft`. */
export const ifft: Transform = lift(transforms.ifft);
/** Pairs 0 ... floor(n / 2) of the transform of a real tensor; the others are their conjugates. */
export const rfft: {
  <T extends AnyTensor, const A extends number = -1, const L extends number = number>(x: T, options?: TransformOptions<A, L>): Tensor<Float<T["dtype"]>, Pairs<Ok<Resize<ShapeOf<T>, A>>>>;
} = lift(transforms.rfft);
/** The real tensor of which the pairs are the first half of the transform, of `length` values: an even number unless it is said. */
export const irfft: {
  <T extends AnyTensor, const A extends number = -1, const L extends number = number>(z: T, options?: TransformOptions<A, L>): Tensor<Float<T["dtype"]>, Resized<Values<ShapeOf<T>>, A, L>>;
} = lift(transforms.irfft);

interface SeveralOptions {
  /** The axes, not counting that of the pairs; all unless they are said. */
  readonly axes?: readonly number[] | null;
  readonly norm?: Norm;
}
interface RealOptions<A extends readonly number[] | null> {
  /** The axes, not counting that of the pairs; all unless they are said. Of the last of them there is half. */
  readonly axes?: A;
  readonly norm?: Norm;
}
type Last<A extends readonly number[] | null> = A extends null ? -1 : A extends readonly [...unknown[], infer L extends number] ? L : number;
type Several = <T extends AnyTensor>(z: T, options?: SeveralOptions) => Tensor<Float<T["dtype"]>, ShapeOf<T>>;

/** `fft` along several axes. */
export const fftn: Several = lift(transforms.fftn);
/** The inverse of `fftn`. */
export const ifftn: Several = lift(transforms.ifftn);
/** The transform of a real tensor along several axes; of the last of them there is the first half. */
export const rfftn: <T extends AnyTensor, const A extends readonly number[] | null = null>(x: T, options?: RealOptions<A>) =>
  Tensor<Float<T["dtype"]>, Pairs<Ok<Resize<ShapeOf<T>, Last<A>>>>> = lift(transforms.rfftn);
/** The inverse of `rfftn`; `length` is the size of the last of the axes, an even number unless it is said. */
export const irfftn: <T extends AnyTensor, const A extends readonly number[] | null = null, const L extends number = number>(z: T, options?: RealOptions<A> & { readonly length?: L }) =>
  Tensor<Float<T["dtype"]>, Resized<Values<ShapeOf<T>>, Last<A>, L>> = lift(transforms.irfftn);

type AxesArg = number | readonly number[] | null;
/** The axes turned so that the frequency 0, which comes first, stands in the middle. That of pairs is an axis, too: name those that are meant. */
export const fftShift: <T extends AnyTensor>(x: T, axes?: AxesArg) => Tensor<T["dtype"], ShapeOf<T>> = lift(shifts.fftShift);
/** What undoes `fftShift`. */
export const ifftShift: <T extends AnyTensor>(x: T, axes?: AxesArg) => Tensor<T["dtype"], ShapeOf<T>> = lift(shifts.ifftShift);

interface FrequencyOptions<D extends FloatDType> {
  /** From one value to the next; 1 unless said otherwise. */
  readonly spacing?: number;
  readonly dtype?: D;
}
/** The frequencies of the n places of a transform, in cycles per unit of the spacing. */
export const fftFreq: <const N extends number, D extends FloatDType = "f32">(n: N, options?: FrequencyOptions<D>) => Tensor<D, [N]> = lift(shifts.fftFreq);
/** Those of the floor(n / 2) + 1 places of the transform of a real tensor. */
export const rfftFreq: <D extends FloatDType = "f32">(n: number, options?: FrequencyOptions<D>) => Tensor<D, [number]> = lift(shifts.rfftFreq);

/** The convolution of real tensors, sums of x[j] kernel[i - j], as a product of spectra: all places where they meet (`full`), as many as x has, or those
 *  where all of the kernel lies inside. */
export const fftConvolve: {
  <T extends AnyTensor, K extends AnyTensor>(x: T, kernel: K, options: { readonly mode: "same"; readonly axes?: null }): Tensor<Float<PromoteOf<T, K>>, ShapeOf<T>>;
  <T extends AnyTensor, K extends AnyTensor>(x: T, kernel: K, options?: { readonly mode?: "full" | "same" | "valid"; readonly axes?: readonly number[] | null }):
    Tensor<Float<PromoteOf<T, K>>, Ranked<ShapeOf<T>>>;
} = lift(convolutions.fftConvolve);
type Ranked<S extends Shape> = number extends S["length"] ? Shape : { -readonly [I in keyof S]: number };

/** Pairs of their parts, which broadcast. */
export const complex: {
  <A extends Operand, B extends Operand>(re: A, im: Arg<"complex", BroadcastOf<A, B>, B>): Tensor<Float<PromoteOf<A, B>>, Ok<BroadcastOf<A, B>> extends infer S extends Shape ? Pairs<S> : Shape>;
} = lift(numbers.complex);
type Part = <T extends AnyTensor>(z: T) => Tensor<Float<T["dtype"]>, Values<ShapeOf<T>>>;
export const real: Part = lift(numbers.real);
export const imag: Part = lift(numbers.imag);
/** The modulus; its gradient at 0 is 0. */
export const complexAbs: Part = lift(numbers.complexAbs);
export const conj: <T extends AnyTensor>(z: T) => Tensor<Float<T["dtype"]>, ShapeOf<T>> = lift(numbers.conj);
/** Products of complex numbers, which broadcast. */
export const complexMul: {
  <A extends AnyTensor, B extends AnyTensor>(a: A, b: Arg<"complexMul", Broadcast<ShapeOf<A>, ShapeOf<B>>, B>): Tensor<Promote<Float<A["dtype"]>, Float<B["dtype"]>>, Ok<Broadcast<ShapeOf<A>, ShapeOf<B>>>>;
} = lift(numbers.complexMul);
