// The innermost loop of the matrix product: a tile of C held in registers, over packed panels of A and B.
// Each element of C is a strictly sequential sum over k, started from what C holds or from zero.

import type { FunctionBuilder, Local, ModuleBuilder } from "../encode/index.ts";
import { type Element, emitMultiplyAdd } from "./element.ts";

export interface MicroKernelShape {
  /** Rows computed, at most `panelRows`. */
  readonly rows: number;
  /** Rows that a packed panel of A holds. */
  readonly panelRows: number;
  /** Columns computed, a multiple of the lane count, at most `panelColumns`. */
  readonly columns: number;
  /** Columns that a packed panel of B holds. */
  readonly panelColumns: number;
  /** Fused multiply-add, whose rounding depends on the machine. */
  readonly fused: boolean;
}

/**
 * Emits `(a, b, c, k, ldc, accumulate)`, all i32: C[rows, columns] at `c` with a row stride of `ldc` bytes becomes the
 * product of the panels `a` (k x panelRows) and `b` (k x panelColumns), added to C where `accumulate` is not 0.
 *
 * The loop's form matters twice over. It is not unrolled, since V8 would hoist the loads of all copies and spill. And a
 * branch around it makes the sums meet in phis after it: without them V8's scheduler puts a turn's loads
 * first, too, and runs at half the speed.
 */
export function emitMicroKernel(module: ModuleBuilder, element: Element, shape: MicroKernelShape): number {
  const { rows, panelRows, columns, panelColumns, fused } = shape;
  const vectors = columns / element.lanes;
  return module.addFunction(`gemm_tile_${element.type}_${rows}x${columns}`, ["i32", "i32", "i32", "i32", "i32", "i32"], [], (f, a, b, c, k, ldc, accumulate) => {
    const sums = Array.from({ length: rows }, () => f.localsOf("v128", vectors));
    const row = f.localsOf("v128", vectors);
    const broadcast = f.local("v128");
    const c1 = f.local("i32");

    f.get(accumulate).if(() => {
      eachRow(f, sums, c, c1, ldc, (sum, offset) => f.load("v128.load", offset).set(sum));
    });
    f.get(a).get(k).i32(panelRows * element.bytes).op("i32.mul").op("i32.add").set(k);
    f.get(a).get(k).op("i32.ne").if(() => {
      f.loop((next) => {
        row.forEach((vector, j) => {
          f.get(b).load("v128.load", 16 * j).set(vector);
        });
        sums.forEach((rowSums, i) => {
          f.get(a).load(element.loadSplat, i * element.bytes).set(broadcast);
          rowSums.forEach((sum, j) => {
            emitMultiplyAdd(f, element, fused, sum, broadcast, () => f.get(row[j] as Local));
          });
        });
        f.get(b).i32(panelColumns * element.bytes).op("i32.add").set(b);
        f.get(a).i32(panelRows * element.bytes).op("i32.add").tee(a).get(k).op("i32.ne").brIf(next);
      });
    });
    eachRow(f, sums, c, c1, ldc, (sum, offset) => f.get(sum).store("v128.store", offset));
  });
}

/** Visits the vectors of C with the address of their row on the stack. */
function eachRow(
  f: FunctionBuilder, sums: readonly (readonly Local[])[], c: Local, cursor: Local, ldc: Local, visit: (sum: Local, offset: number) => void,
): void {
  sums.forEach((rowSums, i) => rowSums.forEach((sum, j) => {
    if (i === 0) f.get(c);
    else if (j > 0) f.get(cursor);
    else f.get(i === 1 ? c : cursor).get(ldc).op("i32.add").tee(cursor);
    visit(sum, 16 * j);
  }));
}
