// The matrix product C[m,n] = A[m,k] B[k,n], emitted as a function of a module. C is row-major; A and B may each have
// either axis contiguous. Every element of C is the sum ((0 + a0 b0) + a1 b1) + ..., rounded after each operation: the
// same bits in every layout, position, block size and path, and those of the textbook triple loop in the same dtype.
// Relaxed code sums in the same order, with one rounding for a product and its addition where the machine fuses them.

import { type FunctionBuilder, type ModuleBuilder, countedLoop } from "../encode/index.ts";
import { emitBlockedGemm } from "./blocked-gemm.ts";
import { elements } from "./element.ts";
import { type Path, possiblePaths, wideLayout } from "./paths.ts";
import { emitFewColumnsGemm, emitFewRowsGemm, pushIsThin } from "./thin-gemm.ts";
import { type GatheredVariant, type GemmLocals, type GemmVariant, gemmParams, once } from "./variant.ts";

export type { GemmVariant } from "./variant.ts";
export { gemmWorkspaceBytes } from "./workspace.ts";

/**
 * The index of the variant's function, emitted at the first request:
 * `(m, n, k, a, lda, b, ldb, c, ldc, workspace, epilogueArgs)`, all i32. Addresses are in bytes; `lda`, `ldb` and `ldc`,
 * the distances between consecutive lines along the axis without unit stride, in elements. Sizes may be 0 (k = 0 gives
 * zeros). C may not overlap A, B or the workspace. Reads stay within 12 bytes after the last element of A and of B,
 * writes within C[m,n] and the first `gemmWorkspaceBytes` of the workspace.
 *
 * A part of a product is a product, with the same bits. For rows r0 to r1 call the same function with m = r1 - r0, and
 * with the addresses of row r0 in A and C; for columns c0 to c1 with n = c1 - c0, and with those of column c0 in B and C
 * (no epilogue then, since no row is complete). Strides stay. Parts that run at the same time need a workspace each, and
 * an epilogue that knows r0: it is told rows from 0 on.
 */
export function declareGemm(module: ModuleBuilder, variant: GemmVariant): number {
  const { dtype, code, aLayout, bLayout, k, epilogue } = variant;
  const key = `${dtype} ${code.relaxed} ${code.wide} ${aLayout} ${bLayout} ${epilogue ?? ""}`;
  const targets = possiblePaths(variant).map((path) => ({
    path, index: once(module, `${path} ${key}`, () => emitPath[path](module, variant)),
  }));
  const names = targets.map(({ path }) => path).join();
  return once(module, `${names} ${key} ${(k ?? 0) > 0}`, () => emitGemm(module, variant, targets));
}

/**
 * The same for a product whose A is gathered, with `ldb` and `ldc` in bytes and, in place of `lda`, whether the product is
 * added to what C holds. No size may be 0.
 */
export function declareGatheredGemm(module: ModuleBuilder, { dtype, code, gather }: GatheredVariant): number {
  const key = `gathered ${dtype} ${code.relaxed} ${code.wide} ${gather}`;
  return once(module, key, () => emitBlockedGemm(module, { dtype, code, aLayout: "k", bLayout: "n" }, gather));
}

function emitGemm(module: ModuleBuilder, variant: GemmVariant, targets: readonly { readonly path: Path; readonly index: number }[]): number {
  const { dtype, aLayout, bLayout, epilogue } = variant;
  const element = elements[dtype];
  const index = module.declareFunction(`gemm_${dtype}_${aLayout}${bLayout}`, { params: gemmParams, results: [] });
  module.defineFunction(index, (f, ...locals) => {
    const [m, n, k, , lda, , ldb, c, ldc, , epilogueArgs] = locals as GemmLocals;
    f.get(m).op("i32.eqz").get(n).op("i32.eqz").op("i32.or").if(() => f.op("return"));
    for (const stride of [lda, ldb, ldc]) f.get(stride).i32(element.shift).op("i32.shl").set(stride);
    if ((variant.k ?? 0) === 0) {
      f.get(k).op("i32.eqz").if(() => {
        const row = f.local("i32");
        countedLoop(f, row, { from: () => f.i32(0), to: () => f.get(m), step: 1 }, () => {
          f.get(c).get(row).get(ldc).op("i32.mul").op("i32.add").i32(0).get(n).i32(element.shift).op("i32.shl").memoryFill();
        });
        if (epilogue !== undefined) f.i32(0).get(m).get(epilogueArgs).call(epilogue);
        f.op("return");
      });
    }
    const forward = (target: number): FunctionBuilder => {
      for (const local of locals) f.get(local);
      return f.call(target);
    };
    targets.forEach(({ path, index: target }, i) => {
      if (i === targets.length - 1) {
        forward(target);
      } else {
        if (path === "few rows") pushIsThin(f, wideLayout.b(variant), m, n);
        else pushIsThin(f, wideLayout.a(variant), n, m);
        f.if(() => forward(target).op("return"));
      }
    });
  });
  return index;
}

const emitPath: { readonly [P in Path]: (module: ModuleBuilder, variant: GemmVariant) => number } = {
  "few rows": emitFewRowsGemm,
  "few columns": emitFewColumnsGemm,
  packed: emitBlockedGemm,
};
