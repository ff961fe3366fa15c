// Whole numbers at the type level, as decimal strings with the least digit first. Adding and multiplying costs
// instantiations by the number of digits, where lengths of tuples would cost them by the number itself.

interface Unary {
  "0": []; "1": [0]; "2": [0, 0]; "3": [0, 0, 0]; "4": [0, 0, 0, 0]; "5": [0, 0, 0, 0, 0]; "6": [0, 0, 0, 0, 0, 0];
  "7": [0, 0, 0, 0, 0, 0, 0]; "8": [0, 0, 0, 0, 0, 0, 0, 0]; "9": [0, 0, 0, 0, 0, 0, 0, 0, 0];
}
type Digit = keyof Unary;

/** A number's text with its digits in reverse order. */
export type Flip<T extends string, Out extends string = ""> = T extends `${infer H}${infer R}` ? Flip<R, `${H}${Out}`> : Out;

export type Add<X extends string, Y extends string, Carry extends 0[] = []> =
  X extends `${infer A extends Digit}${infer XT}`
    ? Y extends `${infer B extends Digit}${infer YT}`
      ? `${[...Unary[A], ...Unary[B], ...Carry]["length"] & number}` extends infer N
        ? N extends `1${infer L extends Digit}` ? `${L}${Add<XT, YT, [0]>}` : `${N & string}${Add<XT, YT>}`
        : never
      : Carry extends [] ? X : Add<X, "1">
    : Carry extends [] ? Y : Y extends "" ? "1" : Add<Y, "1">;

type Times<X extends string> = {
  "0": ""; "1": X; "2": Add<X, X>; "3": Add<X, Add<X, X>>; "4": Times<Add<X, X>>["2"]; "5": Add<X, Times<X>["4"]>;
  "6": Times<Add<X, X>>["3"]; "7": Add<X, Times<X>["6"]>; "8": Times<Add<X, X>>["4"]; "9": Add<X, Times<X>["8"]>;
};

export type Multiply<X extends string, Y extends string> =
  Y extends `${infer D extends Digit}${infer T}` ? (T extends "" ? Times<X>[D] : Add<Times<X>[D], `0${Multiply<X, T>}`>) : "";

/** The number that a flipped text stands for; `number` if it is none. */
export type ToNumber<X extends string> = Flip<X> extends `${infer N extends number}` ? N : number;

/** X / N for small N, both in the usual order; never if there is a remainder. */
export type Divide<X extends number, N extends number> = DivideText<`${X}`, Times0<N>, [], "">;

// Long division: R is the remainder so far, Q the quotient's digits.
type DivideText<Text extends string, N extends 0[], R extends 0[], Q extends string> =
  Text extends `${infer D extends Digit}${infer T}`
    ? TakeOut<[...R, ...R, ...R, ...R, ...R, ...R, ...R, ...R, ...R, ...R, ...Unary[D]], N, []> extends [infer QD extends string, infer Rest extends 0[]]
      ? DivideText<T, N, Rest, `${Q}${QD}`>
      : never
    : R extends [] ? (Unpad<Q> extends `${infer V extends number}` ? V : never) : never;

type TakeOut<X extends 0[], N extends 0[], Q extends 0[]> =
  X extends [...N, ...infer Rest extends 0[]] ? TakeOut<Rest, N, [...Q, 0]> : [`${Q["length"]}`, X];

type Times0<N extends number, Out extends 0[] = []> = Out["length"] extends N ? Out : Times0<N, [...Out, 0]>;
type Unpad<T extends string> = T extends `0${infer R}` ? (R extends "" ? "0" : Unpad<R>) : T;
