// Element types at the type level: promotion, and the result dtypes of the operator families.
// The run-time rules are the same table; a dtype that is not known (DType) stays not known.

import type { DType } from "../../ir/types.ts";

export type { DType };

/** What `A` and `B` meet in: f64 wins over all, f32 over all but f64, f16 over all but those, then the wider integer; bool yields to everything. */
interface Promotion {
  f16: { f16: "f16"; f32: "f32"; f64: "f64"; i32: "f16"; u32: "f16"; i64: "f16"; i8: "f16"; u8: "f16"; bool: "f16" };
  f32: { f16: "f32"; f32: "f32"; f64: "f64"; i32: "f32"; u32: "f32"; i64: "f32"; i8: "f32"; u8: "f32"; bool: "f32" };
  f64: { f16: "f64"; f32: "f64"; f64: "f64"; i32: "f64"; u32: "f64"; i64: "f64"; i8: "f64"; u8: "f64"; bool: "f64" };
  i32: { f16: "f16"; f32: "f32"; f64: "f64"; i32: "i32"; u32: "i64"; i64: "i64"; i8: "i32"; u8: "i32"; bool: "i32" };
  u32: { f16: "f16"; f32: "f32"; f64: "f64"; i32: "i64"; u32: "u32"; i64: "i64"; i8: "u32"; u8: "u32"; bool: "u32" };
  i64: { f16: "f16"; f32: "f32"; f64: "f64"; i32: "i64"; u32: "i64"; i64: "i64"; i8: "i64"; u8: "i64"; bool: "i64" };
  i8: { f16: "f16"; f32: "f32"; f64: "f64"; i32: "i32"; u32: "u32"; i64: "i64"; i8: "i8"; u8: "i32"; bool: "i8" };
  u8: { f16: "f16"; f32: "f32"; f64: "f64"; i32: "i32"; u32: "u32"; i64: "i64"; i8: "i32"; u8: "u8"; bool: "u8" };
  bool: { f16: "f16"; f32: "f32"; f64: "f64"; i32: "i32"; u32: "u32"; i64: "i64"; i8: "i8"; u8: "u8"; bool: "bool" };
}

/** The dtype two tensors are brought to before an elementwise operation or a contraction. */
export type Promote<A extends DType, B extends DType> = Promotion[A][B];

/** Floating-point result: integers and bool become f32, floats stay. True division: `Float<Promote<A, B>>`. */
export type Float<D extends DType> = {
  f16: "f16"; f32: "f32"; f64: "f64"; i32: "f32"; u32: "f32"; i64: "f32"; i8: "f32"; u8: "f32"; bool: "f32";
}[D];

/** Sums, products and their cumulative forms: integers narrower than 32 bits, and bool, are added up in i32. */
export type Accumulated<D extends DType> = {
  f16: "f16"; f32: "f32"; f64: "f64"; i32: "i32"; u32: "u32"; i64: "i64"; i8: "i32"; u8: "i32"; bool: "i32";
}[D];

/** Arithmetic of two bools is that of i32: "how many of these". */
export type Arithmetic<D extends DType> = D extends "bool" ? "i32" : D;

/** The dtype of an operator's result, by kind. */
export type ResultDType<Kind extends ResultKind, D extends DType> = {
  same: D; float: Float<D>; accumulated: Accumulated<D>; arithmetic: Arithmetic<D>; bool: "bool"; i32: "i32";
}[Kind];
export type ResultKind = "same" | "float" | "accumulated" | "arithmetic" | "bool" | "i32";

type Floating = "f16" | "f32" | "f64";
type Integer = Exclude<DType, Floating | "bool">;

/** For arithmetic on one operand and for order, which bool has not: [], or the message. */
export type NeedNumbers<D extends DType> = Need<D, Exclude<DType, "bool">, "numbers">;
/** For bitwise and logical operators: [], or the message. */
export type NeedBits<D extends DType> = Need<D, Integer | "bool", "integers or bool">;
/** For shifts, indices and labels: [], or the message. */
export type NeedInteger<D extends DType> = Need<D, Integer, "integers">;
/** For masks and conditions: [], or the message. */
export type NeedBool<D extends DType> = Need<D, "bool", "bool">;
/** For what a gradient can flow from: [], or the message. */
export type NeedFloat<D extends DType> = Need<D, Floating, "f16, f32 or f64">;

// DType itself means "not known": it passes, and is checked when the graph is built.
type Need<D extends DType, Wanted extends DType, Text extends string> =
  [D] extends [Wanted] ? [] : DType extends D ? [] : `needs ${Text}, not ${Exclude<D, Wanted>}`;
