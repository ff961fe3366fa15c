// What the emitted module offers routines under the import module "damo": its matrix product, and the tile that the product is made of.
//
//   product_<dtype>_<a><b>(m, n, k, a, lda, b, ldb, c, ldc, workspace, accumulate)
//
// C[m,n] = A[m,k] B[k,n], or C + A B where `accumulate` is 1. `a` is `k` where the rows of A are contiguous and `m` where its columns are, `b` is `n` or
// `k` likewise; C is row-major. `lda`, `ldb` and `ldc` are the bytes from one contiguous line to the next. No size may be 0. C overlaps neither A nor B; up to 12
// bytes behind A and B are read. The workspace is the argument that the routine gets for it (`Routine.product`).
//
//   tile_rows_<dtype>() -> R, tile_columns_<dtype>() -> S
//   subtract_tile_<dtype>(a, b, c, k, ldc, accumulate)
//
// C[R,S] becomes C - A B, or -A B where `accumulate` is 0, over packed panels: R numbers of A, and S of B, for each of k >= 0 steps. R is 5 or 6, S two or four vectors, as the code is strict, relaxed
// or wide. C takes the products one after the other in the order of k.

import type { CodeVariant } from "../code-variant.ts";
import type { ModuleBuilder, Signature } from "../encode/index.ts";
import { declareBlockedGemm } from "../gemm/blocked-gemm.ts";
import { type Element, elements, type GemmDtype } from "../gemm/element.ts";
import { tileKernel } from "../gemm/kernels.ts";
import { emitMicroKernel } from "../gemm/micro-kernel.ts";
import { placeOfPack } from "../gemm/pack.ts";
import { once } from "../gemm/variant.ts";
import type { Offered } from "./link.ts";

const productParams = ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"] as const;
const product: Signature = { params: productParams, results: [] };
const tile: Signature = { params: ["i32", "i32", "i32", "i32", "i32", "i32"], results: [] };
const size: Signature = { params: [], results: ["i32"] };

/** Where a product would be added, it is subtracted. */
const subtracting: { readonly [D in GemmDtype]: Element } = {
  f32: { ...elements.f32, vectorAdd: "f32x4.sub", vectorFma: "f32x4.relaxed_nmadd" },
  f64: { ...elements.f64, vectorAdd: "f64x2.sub", vectorFma: "f64x2.relaxed_nmadd" },
};

/** By name. Nothing is emitted before its index is asked for. */
export function offeredBy(module: ModuleBuilder, code: CodeVariant): ReadonlyMap<string, Offered> {
  const offered = new Map<string, Offered>();
  const offer = (name: string, signature: Signature, emit: (name: string) => number): void => {
    offered.set(name, { signature, index: () => once(module, name, () => emit(name)) });
  };
  for (const dtype of ["f32", "f64"] as const) {
    for (const a of ["k", "m"] as const) {
      for (const b of ["n", "k"] as const) offer(`product_${dtype}_${a}${b}`, product, (name) => emitProduct(module, name, dtype, a, b, code));
    }
    const { heights: [rows], widths: [columns] } = tileKernel(dtype, code);
    offer(`tile_rows_${dtype}`, size, (name) => module.addFunction(name, [], ["i32"], (f) => f.i32(rows)));
    offer(`tile_columns_${dtype}`, size, (name) => module.addFunction(name, [], ["i32"], (f) => f.i32(columns)));
    offer(`subtract_tile_${dtype}`, tile, () =>
      emitMicroKernel(module, subtracting[dtype], { rows, panelRows: rows, columns, panelColumns: columns, fused: code.relaxed }));
  }
  return offered;
}

function emitProduct(module: ModuleBuilder, name: string, dtype: GemmDtype, aLayout: "k" | "m", bLayout: "n" | "k", code: CodeVariant): number {
  const { heights: [mr], widths: [nr] } = tileKernel(dtype, code);
  const packA = placeOfPack(module, dtype, aLayout === "k" ? "k" : "across", mr);
  const packB = placeOfPack(module, dtype, bLayout === "k" ? "k" : "across", nr);
  const gemm = declareBlockedGemm(module, dtype, code);
  return module.addFunction(name, productParams, [], (f, m, n, k, a, lda, b, ldb, c, ldc, workspace, accumulate) => {
    f.get(m).get(n).get(k).get(a).get(lda).i32(packA).get(b).get(ldb).i32(packB);
    f.get(c).get(ldc).get(workspace).i32(0).i32(0).get(accumulate).call(gemm);
  });
}
