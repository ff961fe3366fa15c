// The matrix product C[m,n] = A[m,k] B[k,n], emitted as a function of a module. C is row-major; A and B may each have
// either axis contiguous. Every element of C is the sum ((0 + a0 b0) + a1 b1) + ..., rounded after each operation: the
// same bits in every layout, position, block size and path, and those of the textbook triple loop in the same dtype.

import { type ModuleBuilder, countedLoop } from "../encode/index.ts";
import { emitBlockedGemm } from "./blocked-gemm.ts";
import { elements } from "./element.ts";
import { emitFewColumnsGemm, emitFewRowsGemm, pushIsThin, wideLayout } from "./thin-gemm.ts";
import { type GemmLocals, type GemmVariant, gemmParams, once } from "./variant.ts";
import { type SizeAlgebra, workspaceBytes, workspaceSize } from "./workspace.ts";

export type { GemmVariant } from "./variant.ts";
export type { SizeAlgebra } from "./workspace.ts";

/**
 * The index of the variant's function, emitted at the first request:
 * `(m, n, k, a, lda, b, ldb, c, ldc, workspace, epilogueArgs)`, all i32. Addresses are in bytes; `lda`, `ldb` and `ldc`,
 * the distances between consecutive lines along the axis without unit stride, in elements. Sizes may be 0 (k = 0 gives
 * zeros). C may not overlap A, B or the workspace. Reads stay within 12 bytes after the last element of A and of B,
 * writes within C[m,n] and the first `gemmWorkspaceBytes` of the workspace.
 */
export function declareGemm(module: ModuleBuilder, variant: GemmVariant): number {
  const key = `${variant.dtype} ${variant.aLayout} ${variant.bLayout} ${variant.epilogue ?? ""}`;
  return once(module, key, () => emitGemm(module, variant));
}

/** Bytes that the function's `workspace` must have for these sizes. */
export function gemmWorkspaceBytes(variant: GemmVariant, m: number, n: number, k: number): number {
  return workspaceBytes(variant.dtype, m, n, k);
}

/** The same arithmetic over any representation of sizes. */
export function gemmWorkspaceSize<T>(variant: GemmVariant, m: T, n: T, k: T, algebra: SizeAlgebra<T>): T {
  return workspaceSize(variant.dtype, m, n, k, algebra);
}

function emitGemm(module: ModuleBuilder, variant: GemmVariant): number {
  const { dtype, aLayout, bLayout, epilogue } = variant;
  const element = elements[dtype];
  const fewRows = emitFewRowsGemm(module, variant);
  const fewColumns = emitFewColumnsGemm(module, variant);
  const blocked = emitBlockedGemm(module, variant);
  const index = module.declareFunction(`gemm_${dtype}_${aLayout}${bLayout}`, { params: gemmParams, results: [] });
  module.defineFunction(index, (f, ...locals) => {
    const [m, n, k, , lda, , ldb, c, ldc, , epilogueArgs] = locals as GemmLocals;
    f.get(m).op("i32.eqz").get(n).op("i32.eqz").op("i32.or").if(() => f.op("return"));
    for (const stride of [lda, ldb, ldc]) f.get(stride).i32(element.shift).op("i32.shl").set(stride);
    const forward = (target: number): void => {
      for (const local of locals) f.get(local);
      f.call(target);
    };
    f.get(k).op("i32.eqz").if(() => {
      const row = f.local("i32");
      countedLoop(f, row, { from: () => f.i32(0), to: () => f.get(m), step: 1 }, () => {
        f.get(c).get(row).get(ldc).op("i32.mul").op("i32.add").i32(0).get(n).i32(element.shift).op("i32.shl").memoryFill();
      });
      if (epilogue !== undefined) f.i32(0).get(m).get(epilogueArgs).call(epilogue);
      f.op("return");
    });
    pushIsThin(f, wideLayout.b(variant), m, n);
    f.if(
      () => forward(fewRows),
      () => {
        pushIsThin(f, wideLayout.a(variant), n, m);
        f.if(() => forward(fewColumns), () => forward(blocked));
      },
    );
  });
  return index;
}
