// What the emitted module offers routines under the import module "damo": its matrix product.
//
//   product_<dtype>_<a><b>(m, n, k, a, lda, b, ldb, c, ldc, workspace, accumulate)
//
// C[m,n] = A[m,k] B[k,n], or C + A B where `accumulate` is 1. `a` is `k` where the rows of A are contiguous and `m` where its columns are, `b` is `n` or
// `k` likewise; C is row-major. `lda`, `ldb` and `ldc` are the bytes from one contiguous line to the next. No size may be 0. C overlaps neither A nor B; up to 12
// bytes behind A and B are read. The workspace is the argument that the routine gets for it (`Routine.product`).

import type { CodeVariant } from "../code-variant.ts";
import type { ModuleBuilder, Signature } from "../encode/index.ts";
import { declareBlockedGemm } from "../gemm/blocked-gemm.ts";
import type { GemmDtype } from "../gemm/element.ts";
import { tileKernel } from "../gemm/kernels.ts";
import { placeOfPack } from "../gemm/pack.ts";
import { once } from "../gemm/variant.ts";
import type { Offered } from "./link.ts";

const params = ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"] as const;
const signature: Signature = { params, results: [] };

/** By name. Nothing is emitted before its index is asked for. */
export function offeredBy(module: ModuleBuilder, code: CodeVariant): ReadonlyMap<string, Offered> {
  const offered = new Map<string, Offered>();
  for (const dtype of ["f32", "f64"] as const) {
    for (const a of ["k", "m"] as const) {
      for (const b of ["n", "k"] as const) {
        const name = `product_${dtype}_${a}${b}`;
        offered.set(name, { signature, index: () => once(module, name, () => emitProduct(module, name, dtype, a, b, code)) });
      }
    }
  }
  return offered;
}

function emitProduct(module: ModuleBuilder, name: string, dtype: GemmDtype, aLayout: "k" | "m", bLayout: "n" | "k", code: CodeVariant): number {
  const { heights: [mr], widths: [nr] } = tileKernel(dtype, code);
  const packA = placeOfPack(module, dtype, aLayout === "k" ? "k" : "across", mr);
  const packB = placeOfPack(module, dtype, bLayout === "k" ? "k" : "across", nr);
  const gemm = declareBlockedGemm(module, dtype, code);
  return module.addFunction(name, params, [], (f, m, n, k, a, lda, b, ldb, c, ldc, workspace, accumulate) => {
    f.get(m).get(n).get(k).get(a).get(lda).i32(packA).get(b).get(ldb).i32(packB);
    f.get(c).get(ldc).get(workspace).i32(0).i32(0).get(accumulate).call(gemm);
  });
}
