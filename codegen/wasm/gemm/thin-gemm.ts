// Products with few rows or few columns: how both forms use the thin product of thin.ts.

import { type FunctionBuilder, type Local, type ModuleBuilder, nonEmptyLoop } from "../encode/index.ts";
import { type GemmDtype, elements } from "./element.ts";
import { THIN_COLUMNS, type ThinLayout, thinRows } from "./kernels.ts";
import { wideLayout } from "./paths.ts";
import { emitThin } from "./thin.ts";
import { emitMinimum } from "./tiles.ts";
import { type GemmVariant, callEpilogue, gemmParams, once } from "./variant.ts";

/** Pushes whether a product with `few` rows (columns) and `many` columns (rows) takes the thin path. */
export function pushIsThin(f: FunctionBuilder, layout: ThinLayout, few: Local, many: Local): void {
  const { always, ifWide, wide } = thinRows[layout];
  f.get(few).i32(ifWide).i32(always).get(many).i32(wide).op("i32.ge_s").op("select").op("i32.le_s");
}

function thinProduct(module: ModuleBuilder, { dtype, code: { relaxed } }: GemmVariant, layout: ThinLayout): number {
  return once(module, `thin ${dtype} ${layout} ${relaxed}`, () => emitThin(module, elements[dtype], layout, relaxed));
}

/** Emits the product for few rows, with `gemmParams`; no size may be 0. */
export function emitFewRowsGemm(module: ModuleBuilder, variant: GemmVariant): number {
  const { dtype, aLayout, bLayout } = variant;
  const element = elements[dtype];
  const thin = thinProduct(module, variant, wideLayout.b(variant));
  return module.addFunction(`gemm_few_rows_${dtype}_${aLayout}${bLayout}`, gemmParams, [], (f, m, n, k, a, lda, b, ldb, c, ldc, _workspace, epilogue, epilogueArgs) => {
    const step = (unit: boolean, stride: Local): FunctionBuilder => (unit ? f.i32(element.bytes) : f.get(stride));
    eachColumnBlock(f, n, (start, count) => {
      f.get(m).get(count).get(k).get(a);
      step(aLayout === "m", lda);
      step(aLayout === "k", lda);
      f.get(b).get(start);
      step(bLayout === "n", ldb).op("i32.mul").op("i32.add").get(ldb);
      f.get(c).get(start).i32(element.bytes).op("i32.mul").op("i32.add").get(ldc).call(thin);
    });
    callEpilogue(module, f, epilogue, () => f.i32(0).get(m).get(epilogueArgs));
  });
}

/** Emits the product for few columns: the transposed problem, C' = B' A', whose result is transposed back block by block. */
export function emitFewColumnsGemm(module: ModuleBuilder, variant: GemmVariant): number {
  const { dtype, aLayout, bLayout } = variant;
  const element = elements[dtype];
  const thin = thinProduct(module, variant, wideLayout.a(variant));
  const scatter = once(module, `scatter ${dtype}`, () => emitScatter(module, dtype));
  return module.addFunction(`gemm_few_columns_${dtype}_${aLayout}${bLayout}`, gemmParams, [], (f, m, n, k, a, lda, b, ldb, c, ldc, workspace, epilogue, epilogueArgs) => {
    const step = (unit: boolean, stride: Local): FunctionBuilder => (unit ? f.i32(element.bytes) : f.get(stride));
    eachColumnBlock(f, m, (start, count) => {
      f.get(n).get(count).get(k).get(b);
      step(bLayout === "n", ldb);
      step(bLayout === "k", ldb);
      f.get(a).get(start);
      step(aLayout === "m", lda).op("i32.mul").op("i32.add").get(lda);
      f.get(workspace).get(count).i32(element.shift).op("i32.shl").call(thin);
      f.get(c).get(start).get(ldc).op("i32.mul").op("i32.add").get(ldc).get(workspace).get(n).get(count).call(scatter);
      callEpilogue(module, f, epilogue, () => f.get(start).get(start).get(count).op("i32.add").get(epilogueArgs));
    });
  });
}

function eachColumnBlock(f: FunctionBuilder, total: Local, body: (start: Local, count: Local) => void): void {
  const [start, count] = [f.local("i32"), f.local("i32")];
  nonEmptyLoop(f, start, { from: () => f.i32(0), to: () => f.get(total), step: THIN_COLUMNS }, () => {
    emitMinimum(f, count, () => f.get(total).get(start).op("i32.sub"), THIN_COLUMNS);
    body(start, count);
  });
}

/** Emits `(c, ldc, source, columns, rows)`: C[rows, columns] = the transpose of the dense source[columns, rows]. */
function emitScatter(module: ModuleBuilder, dtype: GemmDtype): number {
  const element = elements[dtype];
  return module.addFunction(`gemm_scatter_${dtype}`, ["i32", "i32", "i32", "i32", "i32"], [], (f, c, ldc, source, columns, rows) => {
    const [row, target] = [f.local("i32"), f.local("i32")];
    f.loop((nextColumn) => {
      f.get(c).set(target);
      nonEmptyLoop(f, row, { from: () => f.i32(0), to: () => f.get(rows), step: 1 }, () => {
        f.get(target).get(source).load(element.load).store(element.store);
        f.get(target).get(ldc).op("i32.add").set(target);
        f.get(source).i32(element.bytes).op("i32.add").set(source);
      });
      f.get(c).i32(element.bytes).op("i32.add").set(c);
      f.get(columns).i32(1).op("i32.sub").tee(columns).brIf(nextColumn);
    });
  });
}
