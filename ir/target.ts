// What the passes must know of a target: a type here, a value in codegen/<target>/target.ts.

import type { ConvolutionGeometry, Convolve } from "./program/program.ts";
import type { OpDefinition } from "./op.ts";
import type { DType } from "./types.ts";

export interface TargetDescription {
  readonly name: "wasm" | "webgpu";
  readonly dtypes: readonly DType[];
  /** Ops that graphs are refused for; undefined: none. */
  readonly lacks: ((op: OpDefinition) => boolean) | undefined;
  /** Bytes of an element in memory. */
  readonly itemSize: { readonly [D in DType]: number };
  /**
   * Whether kernels work in blocks, for one processor with caches and vector registers: loops get lanes and tiles, reductions stream rows, and what becomes of a product
   * runs on its rows while they are warm. Otherwise a kernel stays a plain nest of loops, which the target shares out among many, and a product
   * has an epilogue of elements alone.
   */
  readonly inBlocks: boolean;
  /** Lanes of a loop whose values are at most 32 bits wide; wider values take several registers. */
  readonly lanes: number;
  /** Lanes of loops with few values alive at once: more registers hide latency. */
  readonly lightLanes: number;
  /** Terms of a reduction that are combined by themselves before their result is combined with that of others; undefined: all. */
  readonly reductionBlock: number | undefined;
  /** Contractions with fewer multiplications than this (when known) become plain fused loops. */
  readonly smallContraction: number;
  /** The most buffers that a kernel may have; undefined: any number. */
  readonly kernelBuffers: number | undefined;
  /** Bytes every slot is aligned to, and bytes after a tensor that may be read but not written. */
  readonly slotAlignment: number;
  readonly slotPadding: number;
  /** What work takes on one thread, in nanoseconds, roughly: it decides what is worth a second one. */
  readonly cost: WorkCost;
  /** Workspace bytes of a contraction kernel, as a function of its sizes. */
  contractionWorkspace(dtype: DType, m: number | undefined, n: number | undefined, k: number | undefined): WorkspaceFormula;
  /** Workspace bytes of a convolution; batches are worked off in blocks, so they are no part of it. For graphs that have some. */
  readonly convolutionWorkspace: ((dtype: "f32" | "f64", computes: Convolve["computes"], geometry: ConvolutionGeometry) => number) | undefined;
}

/** bytes = constant + perM * m + perN * n + perK * k: an upper bound that holds for all sizes, so that it can be symbolic. */
export interface WorkspaceFormula {
  readonly constant: number;
  readonly perM: number;
  readonly perN: number;
  readonly perK: number;
}

export interface WorkCost {
  /** A scalar operation on 32 bits in a loop with lanes, and out of one. */
  readonly laneOperation: number;
  readonly scalarOperation: number;
  /** A load or store of 32 bits. */
  readonly access: number;
  /** A multiplication and addition in a product of matrices, on 32 bits. */
  readonly product: number;
  /** A statement of so many nanoseconds is shared out: the threads' meeting and the other core's cold cache must pay. */
  readonly worthSharing: number;
}
