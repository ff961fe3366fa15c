// Routines: functions in WebAssembly, written by hand, that an op calls once for each element of its batch. The contract of
// such a function is in docs/adr/0025; this is its declaration, and how a node's types fall into batch and element.

import type { TypedArray } from "./data.ts";
import type { Attributes, Node } from "./node.ts";
import { type Dim, productOfDims } from "./size.ts";
import type { FloatDType, Shape, TensorType } from "./types.ts";

/** What one call works on: the types of operands and results without the batch. */
export interface RoutineSite {
  readonly operands: readonly TensorType[];
  readonly results: readonly TensorType[];
  readonly attributes: Attributes;
}

export interface Routine {
  /** The family of routines that ship with Damo, or a relocatable object that a user brought. */
  readonly object: string | Uint8Array;
  /** The name under which the object exports the function. */
  symbol(site: RoutineSite): string;
  /** Trailing axes of each operand and result that one call works on. The axes before them are the batch. An operand without them is the same for all elements. */
  readonly operandRanks: readonly number[];
  readonly resultRanks: readonly number[];
  /** The i32 arguments between the addresses and the workspace. */
  sizes(site: RoutineSite): readonly Dim[];
  /** Bytes, aligned to 64, that the call may write and that mean nothing before or after. */
  workspace(site: RoutineSite): Dim;
  /** The dtype on which the routine calls the module's product: it then gets the address of the product's workspace behind that of its own. */
  product?(site: RoutineSite): FloatDType;
  /** What a code that is not 0 says: code i is entry i - 1, `the matrix is singular`. */
  readonly failures: readonly string[];
  /** Operands that are indices (i32) from -limit to below the limit, negative ones from the end. Looked at before the call, which fails with E601. */
  readonly indices?: readonly { readonly operand: number; limit(site: RoutineSite): Dim }[];
  /** How many parts of its results one call makes that do not depend on each other: of a routine that gives no code. It gets two more sizes, the first part and the
   *  one after the last, and writes what belongs to these. Threads share them. */
  parts?(site: RoutineSite): Dim;
  /** [operand, result]: the result may lie where the operand lies. */
  readonly inPlace?: readonly (readonly [operand: number, result: number])[];
  /** Arithmetic operations of one call, roughly. */
  operations(site: RoutineSite): Dim;
  /** The same in naive loops: fills the results of one element and gives the code. Its own implementation, for it is what the routine is tested against. */
  perform(operands: readonly TypedArray[], results: readonly TypedArray[], sizes: readonly number[]): number;
}

/** The axes before the elements, which all operands that have any share. */
export function batchShape({ operandRanks }: Pick<Routine, "operandRanks">, operands: readonly TensorType[]): Shape {
  const batches = operands.map(({ shape }, i) => shape.slice(0, shape.length - operandRanks[i]!));
  return batches.reduce((longest, batch) => (batch.length > longest.length ? batch : longest), []);
}

const lastAxes = ({ dtype, shape }: TensorType, rank: number): TensorType => ({ dtype, shape: shape.slice(shape.length - rank) });

/** A node, or the types of one. */
type Typed = Pick<Node, "results" | "attributes"> & { readonly inputs: readonly { readonly type: TensorType }[] };

export function siteOf({ operandRanks, resultRanks }: Routine, { inputs, results, attributes }: Typed): RoutineSite {
  return {
    operands: inputs.map(({ type }, i) => lastAxes(type, operandRanks[i]!)),
    results: results.map((type, i) => lastAxes(type, resultRanks[i]!)), attributes,
  };
}

/** Elements of a tensor from one element of the batch to the next: 0 for an operand that all share. */
export function strideOf({ shape }: TensorType, rank: number, batchRank: number): Dim {
  return batchRank > 0 && shape.length === rank ? 0 : productOfDims(shape.slice(shape.length - rank));
}
