// What the passes must know of a target: a type here, a value in codegen/<target>/target.ts.

import type { ConvolutionGeometry, Convolve } from "./program/program.ts";
import type { DType } from "./types.ts";

export interface TargetDescription {
  readonly name: "wasm" | "webgpu";
  readonly dtypes: readonly DType[];
  /** Lanes of a loop whose values are at most 32 bits wide; wider values take several registers. */
  readonly lanes: number;
  /** Lanes of loops with few values alive at once: more registers hide latency. */
  readonly lightLanes: number;
  /** Contractions with fewer multiplications than this (when known) become plain fused loops. */
  readonly smallContraction: number;
  /** Bytes every slot is aligned to, and bytes after a tensor that may be read but not written. */
  readonly slotAlignment: number;
  readonly slotPadding: number;
  /** Workspace bytes of a contraction kernel, as a function of its sizes. */
  contractionWorkspace(dtype: DType, m: number | undefined, n: number | undefined, k: number | undefined): WorkspaceFormula;
  /** Workspace bytes of a convolution; batches are worked off in blocks, so they are no part of it. */
  convolutionWorkspace(dtype: "f32" | "f64", computes: Convolve["computes"], geometry: ConvolutionGeometry): number;
}

/** bytes = constant + perM * m + perN * n + perK * k: an upper bound that holds for all sizes, so that it can be symbolic. */
export interface WorkspaceFormula {
  readonly constant: number;
  readonly perM: number;
  readonly perN: number;
  readonly perK: number;
}
