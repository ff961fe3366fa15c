// Nodes of the tensor IR: immutable, made only through a GraphBuilder, which checks and types them.

import type { TensorData } from "./data.ts";
import type { Dim } from "./size.ts";
import type { DType, TensorType } from "./types.ts";

/** Where the user wrote it; resolved lazily, since most nodes never appear in a message. */
export interface SourceLocation {
  /** `model.ts:12`, or undefined where the stack names no user code. */
  describe(): string | undefined;
  /** The function that the user called there, if it is made of ops and what fails in them is to bear its name: `solve`. */
  readonly call?: string | undefined;
}

/** What attributes may hold. Dimensions are sizes; a Graph is a region. */
export type Attribute =
  | string | number | bigint | boolean | Dim | DType | TensorData | Graph
  | readonly Attribute[]
  | { readonly [key: string]: Attribute };

export type Attributes = { readonly [name: string]: Attribute };

export interface Node {
  /** Unique and increasing: an input's id is always smaller than its reader's. */
  readonly id: number;
  readonly op: string;
  readonly inputs: readonly Node[];
  readonly attributes: Attributes;
  /** The type of the first result. */
  readonly type: TensorType;
  /** All results' types. An op with several is read only through `result` nodes. */
  readonly results: readonly TensorType[];
  readonly location: SourceLocation | undefined;
}

/** A function of tensors: parameters (op `parameter`) and results. State enters and leaves like any other value. */
export interface Graph {
  readonly name: string;
  readonly parameters: readonly Node[];
  readonly results: readonly Node[];
}
