// What the outside must know of a compiled module: the JSON of an artifact's `damo` section, and the numbers that its
// functions return. docs/abi.md is the specification.

import type { DType } from "../types.ts";
import type { Print } from "./log.ts";

/** Of the exports and what they mean; `damo_abi()` returns it. */
export const abiVersion = 1;
/** Of the signature's JSON. Readers refuse a larger one. */
export const formatVersion = 1;
/** The custom section that holds the signature. */
export const signatureSection = "damo";

/** What `f_prepare` and `f_run` return; numbers from `firstMessageNumber` on are the model's own messages. */
export const errorNumbers = {
  ok: 0,
  /** f_run before a successful f_prepare, of a function with symbolic sizes. */
  unprepared: 1,
  /** f_run before weights_loaded, of a module whose weights are kept elsewhere. */
  weightsMissing: 2,
  /** A size is negative, or an expression of sizes is negative where it counts something, or does not fit. */
  badSize: 3,
  /** The memory that the sizes need is over 4 GiB, or was refused. */
  outOfMemory: 4,
  /** f_run of a module for threads: a worker did not come in time. The state may be half written; nothing runs any more. */
  threadLost: 5,
} as const;

export const firstMessageNumber = 16;

/** Names that a module exports by itself, and endings of what it exports for a function. */
export const reservedExports: readonly string[] = ["memory", "damo_abi", "state", "error_info", "weights_loaded", "damo_log"];
export const reservedSuffixes: readonly string[] = ["_prepare", "_input", "_output", "_output_dim", "_run"];

export interface TensorSignature {
  readonly name: string;
  readonly dtype: DType;
  /** Integers, and expressions over the function's sizes as text. */
  readonly shape: readonly (number | string)[];
  readonly doc?: string;
}

export interface FunctionSignature {
  readonly name: string;
  readonly doc?: string;
  /** Names of the symbolic sizes, in the order of f_prepare's arguments: those of the inputs, then those that only the caller knows. */
  readonly sizes: readonly string[];
  readonly inputs: readonly TensorSignature[];
  readonly outputs: readonly TensorSignature[];
}

export interface Signature {
  readonly format: number;
  readonly abi: number;
  readonly functions: readonly FunctionSignature[];
  readonly state: readonly TensorSignature[];
  /** Whether the state's initial values are in the module. */
  readonly weights: "embedded" | "external";
  /** Error number -> text; the numbers below firstMessageNumber included. `{0}` and `{1}` stand for the detail words. */
  readonly messages: { readonly [number: string]: string };
  /** What its records of prints are of, by number; absent where nothing prints. */
  readonly prints?: readonly Print[];
  /** WebAssembly proposals beyond the MVP that the engine must have. */
  readonly features: readonly string[];
  readonly build: { readonly [key: string]: string };
  /** Linked routines that the functions call, with the bytes of their code and of all that it calls; equal code is in the module once. */
  readonly routines?: readonly { readonly name: string; readonly bytes: number }[];
  /** Of a module for threads: how many there may be, and the pages of the shared memory that it imports. */
  readonly threads?: { readonly most: number; readonly pages: number };
}

export const fixedMessages: { readonly [number: string]: string } = {
  [errorNumbers.unprepared]: "E603 the function was run before it was prepared",
  [errorNumbers.weightsMissing]: "E603 the function was run before its weights were loaded",
  [errorNumbers.badSize]: "E605 a size is negative or too large",
  [errorNumbers.outOfMemory]: "E602 the memory that these sizes need cannot be had",
  [errorNumbers.threadLost]: "E508 a thread did not answer in time",
};

/** Sizes that calls pass: those that stand bare in no input. */
export function passedSizes({ sizes, inputs }: FunctionSignature): readonly string[] {
  return sizes.filter((size) => !inputs.some(({ shape }) => shape.includes(size)));
}
