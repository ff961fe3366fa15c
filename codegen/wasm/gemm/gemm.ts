// The matrix product C[m,n] = A[m,k] B[k,n], emitted as a function of a module. C is row-major; A and B may each have
// either axis contiguous. Every element of C is the sum ((0 + a0 b0) + a1 b1) + ..., rounded after each operation: the
// same bits in every layout, position, block size and path, and those of the textbook triple loop in the same dtype.
// Relaxed code sums in the same order, with one rounding for a product and its addition where the machine fuses them.

import { type FunctionBuilder, type ModuleBuilder, countedLoop } from "../encode/index.ts";
import { declareBlockedGemm } from "./blocked-gemm.ts";
import { elements } from "./element.ts";
import { tileKernel } from "./kernels.ts";
import { placeOfPack } from "./pack.ts";
import { type Path, possiblePaths, wideLayout } from "./paths.ts";
import { emitFewColumnsGemm, emitFewRowsGemm, pushIsThin } from "./thin-gemm.ts";
import { noteDepth } from "./thin.ts";
import { type GemmLocals, type GemmVariant, callEpilogue, gemmParams, once } from "./variant.ts";

export type { GemmVariant } from "./variant.ts";
export { gemmWorkspaceBytes } from "./workspace.ts";

/**
 * The index of the variant's function, emitted at the first request:
 * `(m, n, k, a, lda, b, ldb, c, ldc, workspace, epilogue, epilogueArgs)`, all i32. Addresses and `lda`, `ldb` and `ldc`, the distances
 * between consecutive lines along the axis without unit stride, are in bytes; `epilogue` is what `callEpilogue` takes. Sizes may be 0
 * (k = 0 gives zeros). C may not overlap A, B or the workspace. Reads stay within 12 bytes after the last element of A and of B,
 * writes within C[m,n] and the first `gemmWorkspaceBytes` of the workspace.
 *
 * A part of a product is a product, with the same bits. For rows r0 to r1 call the same function with m = r1 - r0, and
 * with the addresses of row r0 in A and C; for columns c0 to c1 with n = c1 - c0, and with those of column c0 in B and C
 * (no epilogue then, since no row is complete). Strides stay. Parts that run at the same time need a workspace each, and
 * an epilogue that knows r0: it is told rows from 0 on.
 */
export function declareGemm(module: ModuleBuilder, variant: GemmVariant): number {
  const { dtype, code, aLayout, bLayout, k } = variant;
  const key = `${dtype} ${code.relaxed} ${code.wide} ${aLayout} ${bLayout}`;
  const paths = possiblePaths(variant);
  if (paths[0] !== "packed") noteDepth(module, k);
  return once(module, `${paths.join()} ${key} ${(k ?? 0) > 0}`, () => emitGemm(module, variant, key));
}

function emitGemm(module: ModuleBuilder, variant: GemmVariant, key: string): number {
  const { dtype, aLayout, bLayout } = variant;
  const index = module.declareFunction(`gemm_${dtype}_${aLayout}${bLayout}`, { params: gemmParams, results: [] });
  module.defineFunction(index, (f, ...params) => {
    const locals = params as GemmLocals;
    const [m, n, k, , , , , c, ldc, , epilogue, epilogueArgs] = locals;
    const forward = (target: number): FunctionBuilder => {
      for (const local of locals) f.get(local);
      return f.call(target);
    };
    const emitPath: { readonly [P in Path]: () => void } = {
      "few rows": () => forward(once(module, `few rows ${key}`, () => emitFewRowsGemm(module, variant))),
      "few columns": () => forward(once(module, `few columns ${key}`, () => emitFewColumnsGemm(module, variant))),
      packed: () => callPacked(module, f, variant, locals),
    };
    const pushCondition: { readonly [P in Path]?: () => void } = {
      "few rows": () => pushIsThin(f, wideLayout.b(variant), m, n),
      "few columns": () => pushIsThin(f, wideLayout.a(variant), n, m),
    };

    f.get(m).op("i32.eqz").get(n).op("i32.eqz").op("i32.or").if(() => f.op("return"));
    if ((variant.k ?? 0) === 0) {
      f.get(k).op("i32.eqz").if(() => {
        const row = f.local("i32");
        countedLoop(f, row, { from: () => f.i32(0), to: () => f.get(m), step: 1 }, () => {
          f.get(c).get(row).get(ldc).op("i32.mul").op("i32.add").i32(0).get(n).i32(elements[dtype].shift).op("i32.shl").memoryFill();
        });
        callEpilogue(module, f, epilogue, () => f.i32(0).get(m).get(epilogueArgs));
        f.op("return");
      });
    }
    const paths = possiblePaths(variant);
    for (const path of paths.slice(0, -1)) {
      pushCondition[path]!();
      f.if(() => {
        emitPath[path]();
        f.op("return");
      });
    }
    emitPath[paths.at(-1)!]();
  });
  return index;
}

function callPacked(module: ModuleBuilder, f: FunctionBuilder, { dtype, code, aLayout, bLayout }: GemmVariant, locals: GemmLocals): void {
  const { heights: [mr], widths: [nr] } = tileKernel(dtype, code);
  const packA = placeOfPack(module, dtype, aLayout === "k" ? "k" : "across", mr);
  const packB = placeOfPack(module, dtype, bLayout === "k" ? "k" : "across", nr);
  const [m, n, k, a, lda, b, ldb, c, ldc, workspace, epilogue, epilogueArgs] = locals;
  f.get(m).get(n).get(k).get(a).get(lda).i32(packA).get(b).get(ldb).i32(packB);
  f.get(c).get(ldc).get(workspace).get(epilogue).get(epilogueArgs).i32(0).call(declareBlockedGemm(module, dtype, code));
}
