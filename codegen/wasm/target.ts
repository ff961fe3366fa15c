// WebAssembly with 128-bit SIMD, as the passes see it.

import type { TargetDescription } from "../../ir/target.ts";
import { itemSize } from "../../ir/types.ts";
import type { CodeVariant } from "./code-variant.ts";
import type { ConvolutionVariant } from "./conv/convolution.ts";
import { gemmWorkspaceBytes } from "./gemm/gemm.ts";
import { slotAlignment, slotPadding } from "./module/allocator.ts";

/** Larger than every block of the product: for a size that is not known, the workspace is that of the largest block. */
const unknownSize = 2 ** 24;

/** For code of this variant, which the emitter must be given, too. Without `workspaceOf` for graphs without convolutions. */
export function describeTarget(code: CodeVariant, workspaceOf?: (variant: ConvolutionVariant) => number): TargetDescription {
  return {
    name: "wasm",
    dtypes: ["f32", "f64", "i32", "u32", "i64", "i8", "u8", "bool"],
    lacks: undefined,
    itemSize,
    inBlocks: true,
    lanes: 8,
    lightLanes: 16,
    // Long enough for the end of a block to cost nothing, short enough for fair shares of 100,000 terms.
    reductionBlock: 16_384,
    // Below this a call of the packed kernel costs more than it saves.
    smallContraction: 4096,
    kernelBuffers: undefined,
    slotAlignment,
    slotPadding,
    // Measured on x86-64 (bench/threads.ts); meeting at a barrier takes about half a microsecond while all threads are awake.
    cost: { laneOperation: 0.06, scalarOperation: 0.3, access: 0.15, product: 0.04, worthSharing: 20_000 },
    contractionWorkspace: contractionWorkspace(code),
    convolutionWorkspace: workspaceOf && ((dtype, computes, geometry) => workspaceOf({ dtype, code, computes, geometry })),
  };
}

function contractionWorkspace(code: CodeVariant): TargetDescription["contractionWorkspace"] {
  return (dtype, m = unknownSize, n = unknownSize, k = unknownSize) => {
    const constant = dtype === "f32" || dtype === "f64" ? gemmWorkspaceBytes(dtype, code, m, n, k) : 0;
    return { constant, perM: 0, perN: 0, perK: 0 };
  };
}
