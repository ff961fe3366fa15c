// How a block's rows are cut into register tiles, and the loops over tiles and panels. Rows are shared out evenly
// (11 rows are tiles of 4, 4 and 3), so that no tile has to compute rows that it throws away.

import { type FunctionBuilder, type Local, type ModuleBuilder, countedLoop } from "../encode/index.ts";
import { type Element, elements } from "./element.ts";
import type { TileKernel } from "./kernels.ts";
import { emitMicroKernel } from "./micro-kernel.ts";

/** Emits a loop over the tiles of `count` >= 1 rows: `body` sees the tile's first row and number of rows. */
export function eachRowTile(f: FunctionBuilder, mr: number, count: Local, body: (row: Local, rows: Local) => void): void {
  const [tiles, row, rows, longer] = [f.local("i32"), f.local("i32"), f.local("i32"), f.local("i32")];
  f.get(count).i32(mr - 1).op("i32.add").i32(mr).op("i32.div_u").set(tiles);
  // The first count % tiles tiles have one row more than the others.
  f.get(count).get(count).get(tiles).op("i32.div_u").tee(rows).get(tiles).op("i32.mul").op("i32.sub").set(longer);
  f.get(rows).i32(1).op("i32.add").set(rows);
  f.i32(0).set(row);
  f.loop((next) => {
    f.get(rows).get(longer).op("i32.eqz").op("i32.sub").set(rows);
    f.get(longer).i32(1).op("i32.sub").set(longer);
    body(row, rows);
    f.get(row).get(rows).op("i32.add").tee(row).get(count).op("i32.lt_s").brIf(next);
  });
}

/**
 * Emits `(target, source, rowStep, stride, rows, k)`: packs a block of A, `mr` rows a panel, through `pack`.
 * `rowStep` is the distance in bytes between rows of the source, `stride` what `pack` takes.
 */
export function emitPackRows(module: ModuleBuilder, element: Element, mr: number, pack: number): number {
  return module.addFunction(`gemm_pack_a_${element.type}`, ["i32", "i32", "i32", "i32", "i32", "i32"], [], (f, target, source, rowStep, stride, count, k) => {
    eachRowTile(f, mr, count, (row, rows) => {
      f.get(target).get(source).get(row).get(rowStep).op("i32.mul").op("i32.add").get(stride).get(rows).get(k).call(pack);
      f.get(target).get(k).i32(mr * element.bytes).op("i32.mul").op("i32.add").set(target);
    });
  });
}

/** Emits `(target, source, columnStep, stride, columns, k)`: packs a block of B, `nr` columns a panel, through `pack`. */
export function emitPackColumns(module: ModuleBuilder, element: Element, nr: number, pack: number): number {
  return module.addFunction(`gemm_pack_b_${element.type}`, ["i32", "i32", "i32", "i32", "i32", "i32"], [], (f, target, source, columnStep, stride, columns, k) => {
    const [column, width] = [f.local("i32"), f.local("i32")];
    countedLoop(f, column, { from: () => f.i32(0), to: () => f.get(columns), step: nr }, () => {
      emitMinimum(f, width, () => f.get(columns).get(column).op("i32.sub"), nr);
      f.get(target).get(source).get(column).get(columnStep).op("i32.mul").op("i32.add").get(stride).get(width).get(k).call(pack);
      f.get(target).get(k).i32(nr * element.bytes).op("i32.mul").op("i32.add").set(target);
    });
  });
}

/**
 * Emits `(a, b, c, ldc, rows, columns, k, accumulate, spare)`: one panel of `columns` <= nr columns of B times all
 * panels of a block of A of `rows` rows, into C. Tiles narrower than nr, and those of one row, are computed in `spare`
 * by the smallest micro-kernel that holds them, and copied.
 */
export function emitTileColumn(module: ModuleBuilder, { dtype, mr, widths, relaxed }: TileKernel): number {
  const element = elements[dtype];
  const [nr] = widths;
  const heights = Array.from({ length: mr - 1 }, (_, i) => mr - i);
  // By width, the narrowest first, then by height, the tallest first.
  const kernels = [...widths].reverse().map((columns) => ({
    columns,
    byHeight: heights.map((rows) => ({
      rows, index: emitMicroKernel(module, element, { rows, panelRows: mr, columns, panelColumns: nr, fused: relaxed }),
    })),
  }));
  const copyTile = emitCopyTile(module, element);

  return module.addFunction(
    `gemm_tiles_${element.type}`, ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"], [],
    (f, a, b, c, ldc, count, columns, k, accumulate, spare) => {
      const [target, targetStride, apart] = f.localsOf("i32", 3) as [Local, Local, Local];
      const spareStride = nr * element.bytes;
      eachRowTile(f, mr, count, (_row, rows) => {
        f.get(c).set(target).get(ldc).set(targetStride);
        f.get(columns).i32(nr).op("i32.lt_s").get(rows).i32(1).op("i32.eq").op("i32.or").tee(apart).if(() => {
          f.get(spare).set(target).i32(spareStride).set(targetStride);
          f.get(accumulate).if(() => f.get(spare).i32(spareStride).get(c).get(ldc).get(rows).get(columns).call(copyTile));
        });
        f.block((done) => {
          const multiply = (index: number): FunctionBuilder =>
            f.get(a).get(b).get(target).get(k).get(targetStride).get(accumulate).call(index).br(done);
          kernels.forEach(({ columns: width, byHeight }, i) => {
            const choose = (): void => byHeight.forEach(({ rows: height, index }, j) => {
              if (j === byHeight.length - 1) multiply(index);
              else f.get(rows).i32(height).op("i32.eq").if(() => multiply(index));
            });
            if (i === kernels.length - 1) choose();
            else f.get(columns).i32(width).op("i32.le_s").if(choose);
          });
        });
        f.get(apart).if(() => f.get(c).get(ldc).get(spare).i32(spareStride).get(rows).get(columns).call(copyTile));
        f.get(a).get(k).i32(mr * element.bytes).op("i32.mul").op("i32.add").set(a);
        f.get(c).get(ldc).get(rows).op("i32.mul").op("i32.add").set(c);
      });
    },
  );
}

/**
 * Emits `(target, targetStride, source, sourceStride, rows, columns)`, strides in bytes, at least one row and column.
 */
export function emitCopyTile(module: ModuleBuilder, element: Element): number {
  return module.addFunction(`gemm_copy_${element.type}`, ["i32", "i32", "i32", "i32", "i32", "i32"], [], (f, target, targetStride, source, sourceStride, rows, columns) => {
    const [offset, end] = [f.local("i32"), f.local("i32")];
    f.get(columns).i32(element.shift).op("i32.shl").set(end);
    f.loop((nextRow) => {
      f.i32(0).set(offset);
      f.block((done) => {
        f.get(end).i32(16).op("i32.lt_s").brIf(done);
        f.loop((next) => {
          f.get(target).get(offset).op("i32.add").get(source).get(offset).op("i32.add").load("v128.load").store("v128.store");
          f.get(offset).i32(16).op("i32.add").tee(offset).i32(16).op("i32.add").get(end).op("i32.le_s").brIf(next);
        });
      });
      f.block((done) => {
        f.get(offset).get(end).op("i32.eq").brIf(done);
        f.loop((next) => {
          f.get(target).get(offset).op("i32.add").get(source).get(offset).op("i32.add").load(element.load).store(element.store);
          f.get(offset).i32(element.bytes).op("i32.add").tee(offset).get(end).op("i32.ne").brIf(next);
        });
      });
      f.get(target).get(targetStride).op("i32.add").set(target);
      f.get(source).get(sourceStride).op("i32.add").set(source);
      f.get(rows).i32(1).op("i32.sub").tee(rows).brIf(nextRow);
    });
  });
}

/** Emits `result = min(value, limit)`, signed. */
export function emitMinimum(f: FunctionBuilder, result: Local, value: () => void, limit: number): void {
  value();
  f.tee(result).i32(limit).get(result).i32(limit).op("i32.lt_s").op("select").set(result);
}
