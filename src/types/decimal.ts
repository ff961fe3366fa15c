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

/** X / Y of flipped texts, as a number; never if there is a remainder. */
export type Divide<X extends string, Y extends string> =
  DivideFrom<Flip<X>, Y, "", ""> extends [infer Q, infer R] ? (R extends "" ? Q : never) : never;

/** floor(X / Y) of flipped texts, as a number. */
export type FloorDivide<X extends string, Y extends string> =
  DivideFrom<Flip<X>, Y, "", ""> extends [infer Q extends number, unknown] ? Q : number;

/** X - Y of flipped texts, flipped; never if it is negative. */
export type Minus<X extends string, Y extends string> = AtLeast<X, Y> extends true ? Trim<Subtract<X, Y>> : never;

// Long division from the first digit on: R is the remainder so far, flipped and without leading zeros, Q the quotient's
// digits. Both come out.
type DivideFrom<X extends string, Y extends string, R extends string, Q extends string> =
  X extends `${infer D extends Digit}${infer T}`
    ? TakeOut<R extends "" ? (D extends "0" ? "" : D) : `${D}${R}`, Y, []> extends [infer QD extends string, infer Rest extends string]
      ? DivideFrom<T, Y, Rest, Q extends "" ? (QD extends "0" ? "" : QD) : `${Q}${QD}`>
      : never
  : [Q extends `${infer N extends number}` ? N : 0, R];

/** How often Y goes into R, and what is left. */
type TakeOut<R extends string, Y extends string, Q extends 0[]> =
  AtLeast<R, Y> extends true ? TakeOut<Trim<Subtract<R, Y>>, Y, [...Q, 0]> : [`${Q["length"]}`, R];

// From the last digit on: a later difference outweighs an earlier one, a longer number a shorter one.
type AtLeast<X extends string, Y extends string, State = true> =
  X extends `${infer A}${infer XT}`
    ? Y extends `${infer B}${infer YT}` ? AtLeast<XT, YT, A extends B ? State : "0123456789" extends `${string}${B}${string}${A}${string}` ? true : false> : true
    : Y extends "" ? State : false;

type Subtract<X extends string, Y extends string, Borrow extends 0[] = []> =
  X extends `${infer A extends Digit}${infer XT}`
    ? (Y extends `${infer B extends Digit}${infer YT}` ? [B, YT] : ["0", ""]) extends [infer B extends Digit, infer YT extends string]
      ? Unary[A] extends [...Unary[B], ...Borrow, ...infer Rest]
        ? `${Rest["length"]}${Subtract<XT, YT>}`
        : [...Unary[A], ...Unary[9], 0] extends [...Unary[B], ...Borrow, ...infer Rest] ? `${Rest["length"]}${Subtract<XT, YT, [0]>}` : never
      : never
    : "";

type Trim<X extends string> = X extends `${infer H}0` ? Trim<H> : X;
