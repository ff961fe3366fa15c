// A row of docs/semantics.md as cases: an op on operands with the elements that it must give, or a check of its own.
// Expected elements are written down from IEEE 754, C99, NumPy's documentation or the definition.

import type { createBuilder } from "../../ir/build.ts";
import type { Attributes, Node } from "../../ir/node.ts";
import type { DType } from "../../ir/types.ts";

export type Element = number | bigint;
type Builder = ReturnType<typeof createBuilder>;

/** A vector in the dtype of the case, or a tensor of a shape and perhaps a dtype of its own. */
export type Operand = readonly Element[] | { readonly shape: readonly number[]; readonly values: readonly Element[]; readonly dtype?: DType };

export interface Case {
  /** An op, or what is built from the operands. */
  readonly op: string | ((b: Builder, ...operands: Node[]) => Node);
  readonly dtypes: readonly DType[];
  readonly operands: readonly Operand[];
  readonly attributes?: Attributes;
  /** Elements of the result. */
  readonly gives?: readonly Element[];
  /** Per float operand, elements of the gradient of the result's sum. */
  readonly gradient?: readonly (readonly Element[])[];
}

/** What a case cannot say: errors, several steps. Runs its own assertions. */
export type Check = () => void | Promise<void>;

/** `operation | edge` as the page has them, without backquotes -> cases. */
export type Rows = Readonly<Record<string, readonly (Case | Check)[]>>;

export const floats = ["f32", "f64"] as const;
export const signed = ["i8", "i32", "i64"] as const;
export const integers = ["i8", "u8", "i32", "u32", "i64"] as const;

export const gives = (dtypes: readonly DType[], op: Case["op"], operands: readonly Operand[], elements: readonly Element[], attributes: Attributes = {}): Case =>
  ({ op, dtypes, operands, attributes, gives: elements });

export const gradient = (op: Case["op"], operands: readonly Operand[], elements: readonly (readonly Element[])[], attributes: Attributes = {}): Case =>
  ({ op, dtypes: floats, operands, attributes, gradient: elements });

export const i32 = (...values: readonly number[]): Operand => ({ dtype: "i32", shape: [values.length], values });
export const bool = (...values: readonly number[]): Operand => ({ dtype: "bool", shape: [values.length], values });
export const matrix = (rows: number, columns: number, ...values: readonly Element[]): Operand => ({ shape: [rows, columns], values });
