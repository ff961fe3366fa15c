// The packed product: blocks of B and A are packed into panels, then multiplied tile by tile in registers.

import { type FunctionBuilder, type Local, type ModuleBuilder, countedLoop } from "../encode/index.ts";
import { elements } from "./element.ts";
import { tileKernel } from "./kernels.ts";
import { emitPackContiguous, emitPackTransposed } from "./pack.ts";
import { emitMinimum, emitPackColumns, emitPackRows, emitTileColumn } from "./tiles.ts";
import { type GemmVariant, gemmParams, once } from "./variant.ts";
import { PANEL_ALIGNMENT, spareTileBytes } from "./workspace.ts";

/**
 * Emits the product with `gemmParams`, but strides in bytes; no size may be 0. With a `gather` (see GatheredVariant), `lda`
 * is not 0 where the product is added to C.
 */
export function emitBlockedGemm(module: ModuleBuilder, variant: GemmVariant, gather?: number): number {
  const { dtype, aLayout, bLayout, epilogue } = variant;
  const element = elements[dtype];
  const kernel = tileKernel(dtype, variant.code);
  const { mr, widths: [nr], kc, mc, nc } = kernel;
  const name = `${dtype} ${mr}x${nr}`;
  const contiguous = (width: number): number => once(module, `lines ${dtype} ${width}`, () => emitPackContiguous(module, element, width));
  const transposed = (width: number): number => once(module, `rows ${dtype} ${width}`, () => emitPackTransposed(module, element, width));
  const packA = gather ?? once(module, `a ${name} ${aLayout}`, () =>
    emitPackRows(module, element, mr, aLayout === "m" ? contiguous(mr) : transposed(mr)));
  const packB = once(module, `b ${name} ${bLayout}`, () =>
    emitPackColumns(module, element, nr, bLayout === "n" ? contiguous(nr) : transposed(nr)));
  const tileColumn = once(module, `tiles ${name}`, () => emitTileColumn(module, kernel));

  return module.addFunction(`gemm_blocks_${dtype}_${aLayout}${bLayout}`, gemmParams, [], (f, m, n, k, a, lda, b, ldb, c, ldc, workspace, epilogueArgs) => {
    const [rowBlocks, row, rows] = [f.local("i32"), f.local("i32"), f.local("i32")];
    const [depthBlocks, depth, depths] = [f.local("i32"), f.local("i32"), f.local("i32")];
    const [column, columns, tile, width] = [f.local("i32"), f.local("i32"), f.local("i32"), f.local("i32")];
    const [panelsA, panelsB, panel] = [f.local("i32"), f.local("i32"), f.local("i32")];
    const [blockB, single] = [f.local("i32"), f.local("i32")];
    /** Pushes the bytes from one index to the next along an axis. */
    const step = (unit: boolean, stride: Local): FunctionBuilder => (unit ? f.i32(element.bytes) : f.get(stride));
    const distance = (index: Local, unit: boolean, stride: Local): FunctionBuilder =>
      (unit ? f.get(index).i32(element.shift).op("i32.shl") : f.get(index).get(stride).op("i32.mul"));

    f.get(workspace).i32(PANEL_ALIGNMENT - 1).op("i32.add").i32(-PANEL_ALIGNMENT).op("i32.and").tee(workspace);
    f.i32(spareTileBytes(kernel)).op("i32.add").set(panelsA);
    // Panels of B start after room for the largest block of A. The first of balanced blocks is the deepest.
    emitMinimum(f, rows, () => f.get(m), mc);
    f.get(k).i32(kc - 1).op("i32.add").i32(kc).op("i32.div_u").set(depthBlocks);
    f.get(k).get(depthBlocks).op("i32.add").i32(1).op("i32.sub").get(depthBlocks).op("i32.div_u").set(depths);
    f.get(rows).i32(mr - 1).op("i32.add").i32(mr).op("i32.div_u").i32(mr * element.bytes).op("i32.mul").get(depths).op("i32.mul");
    f.get(panelsA).op("i32.add").i32(PANEL_ALIGNMENT - 1).op("i32.add").i32(-PANEL_ALIGNMENT).op("i32.and").set(panelsB);

    countedLoop(f, column, { from: () => f.i32(0), to: () => f.get(n), step: nc }, () => {
      emitMinimum(f, columns, () => f.get(n).get(column).op("i32.sub"), nc);
      eachBalancedBlock(f, k, kc, { blocks: depthBlocks, start: depth, size: depths }, () => {
        f.get(b);
        distance(depth, bLayout === "k", ldb).op("i32.add");
        distance(column, bLayout === "n", ldb).op("i32.add").set(blockB);
        const packPanels = (count: Local): void => {
          f.get(panelsB).get(blockB);
          step(bLayout === "n", ldb).get(ldb).get(count).get(depths).call(packB);
        };
        // With a single block of rows a panel of B is used once: it is packed then, and stays in L1.
        f.get(m).i32(mc).op("i32.le_s").tee(single).op("i32.eqz").if(() => packPanels(columns));
        eachBalancedBlock(f, m, mc, { blocks: rowBlocks, start: row, size: rows }, () => {
          f.get(panelsA).get(a);
          if (gather === undefined) {
            distance(depth, aLayout === "k", lda).op("i32.add");
            distance(row, aLayout === "m", lda).op("i32.add");
            step(aLayout === "m", lda).get(lda);
          } else {
            f.get(row).get(depth);
          }
          f.get(rows).get(depths).call(packA);
          f.get(panelsB).set(panel);
          countedLoop(f, tile, { from: () => f.i32(0), to: () => f.get(columns), step: nr }, () => {
            emitMinimum(f, width, () => f.get(columns).get(tile).op("i32.sub"), nr);
            f.get(single).if(() => {
              packPanels(width);
              f.get(blockB);
              step(bLayout === "n", ldb).i32(nr).op("i32.mul").op("i32.add").set(blockB);
            });
            f.get(panelsA).get(panel);
            f.get(c).get(row).get(ldc).op("i32.mul").op("i32.add");
            f.get(column).get(tile).op("i32.add").i32(element.shift).op("i32.shl").op("i32.add");
            f.get(ldc).get(rows).get(width).get(depths).get(depth);
            if (gather !== undefined) f.get(lda).op("i32.or");
            f.get(workspace).call(tileColumn);
            f.get(single).op("i32.eqz").if(() => f.get(panel).get(depths).i32(nr * element.bytes).op("i32.mul").op("i32.add").set(panel));
          });
          if (epilogue !== undefined) {
            f.get(depthBlocks).i32(1).op("i32.eq").get(column).get(columns).op("i32.add").get(n).op("i32.eq").op("i32.and");
            f.if(() => f.get(row).get(row).get(rows).op("i32.add").get(epilogueArgs).call(epilogue));
          }
        });
      });
    });
  });
}

/**
 * Emits a loop over 0..total in ceil(total / limit) blocks whose sizes differ by at most 1. In the body `blocks` is the
 * number of blocks that are left, the present one included.
 */
function eachBalancedBlock(
  f: FunctionBuilder,
  total: Local,
  limit: number,
  { blocks, start, size }: { blocks: Local; start: Local; size: Local },
  body: () => void,
): void {
  f.get(total).i32(limit - 1).op("i32.add").i32(limit).op("i32.div_u").set(blocks);
  f.i32(0).set(start);
  f.loop((next) => {
    f.get(total).get(start).op("i32.sub").get(blocks).op("i32.add").i32(1).op("i32.sub").get(blocks).op("i32.div_u").set(size);
    body();
    f.get(start).get(size).op("i32.add").set(start);
    f.get(blocks).i32(1).op("i32.sub").tee(blocks).brIf(next);
  });
}
