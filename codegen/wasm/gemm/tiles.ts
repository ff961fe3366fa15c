// How a block's rows are cut into register tiles, and what multiplies a tile. Rows are shared out evenly (11 rows are tiles of 4, 4
// and 3), so that few tiles are lower than the micro-kernels.

import type { FunctionBuilder, Local, ModuleBuilder } from "../encode/index.ts";
import { type Element, elements } from "./element.ts";
import type { Sizes, TileKernel } from "./kernels.ts";
import { emitMicroKernel } from "./micro-kernel.ts";
import { once } from "./variant.ts";

/** Emits a loop over the tiles of `count` >= 1 rows: `body` sees the tile's first row and number of rows. */
export function eachRowTile(f: FunctionBuilder, mr: number, count: Local, body: (row: Local, rows: Local) => void): void {
  const [tiles, row, rows, longer] = [f.local("i32"), f.local("i32"), f.local("i32"), f.local("i32")];
  f.get(count).i32(mr - 1).op("i32.add").i32(mr).op("i32.div_u").set(tiles);
  // The first count % tiles tiles have one row more than the others.
  f.get(count).get(tiles).op("i32.div_u").i32(1).op("i32.add").set(rows);
  f.get(count).get(tiles).op("i32.rem_u").set(longer);
  f.i32(0).set(row);
  f.loop((next) => {
    f.get(rows).get(longer).op("i32.eqz").op("i32.sub").set(rows);
    f.get(longer).i32(1).op("i32.sub").set(longer);
    body(row, rows);
    f.get(row).get(rows).op("i32.add").tee(row).get(count).op("i32.lt_s").brIf(next);
  });
}

/** A tile of C: addresses and sizes in locals. */
export interface Tile {
  /** The panel of A, that of B, and how deep they are. */
  readonly a: Local;
  readonly b: Local;
  readonly depth: Local;
  /** Address of the first element of C, and the bytes from row to row. */
  readonly c: Local;
  readonly ldc: Local;
  readonly rows: Local;
  readonly columns: Local;
  /** Pushes whether the product is added to what C holds. */
  readonly pushAccumulate: () => FunctionBuilder;
  /** Room for a whole tile: one that no micro-kernel fits exactly is computed there, by the smallest that holds it, and copied. */
  readonly spare: Local;
}

/** Emits the product of a panel of A and one of B. */
export function emitTile(module: ModuleBuilder, f: FunctionBuilder, kernel: TileKernel, tile: Tile): void {
  const { dtype, heights, widths, relaxed } = kernel;
  const [[mr], [nr]] = [heights, widths];
  const element = elements[dtype];
  const { rows, columns, c, ldc, spare, pushAccumulate } = tile;
  const [target, stride, apart] = [f.local("i32"), f.local("i32"), f.local("i32")];
  const spareStride = nr * element.bytes;
  const copyTile = once(module, `copy tile ${dtype}`, () => emitCopyTile(module, element));
  const micro = (height: number, width: number): number => once(module, `tile ${dtype} ${height}x${width} ${mr} ${nr} ${relaxed}`, () =>
    emitMicroKernel(module, element, { rows: height, panelRows: mr, columns: width, panelColumns: nr, fused: relaxed }));

  f.get(c).set(target).get(ldc).set(stride);
  f.get(columns).i32(nr).op("i32.lt_s").get(rows).i32(heights.at(-1)!).op("i32.lt_s").op("i32.or").tee(apart).if(() => {
    f.get(spare).set(target).i32(spareStride).set(stride);
    pushAccumulate().if(() => f.get(spare).i32(spareStride).get(c).get(ldc).get(rows).get(columns).call(copyTile));
  });
  chooseSmallest(f, columns, widths, (width) => chooseSmallest(f, rows, heights, (height) => {
    f.get(tile.a).get(tile.b).get(target).get(tile.depth).get(stride);
    pushAccumulate().call(micro(height, width));
  }));
  f.get(apart).if(() => f.get(c).get(ldc).get(spare).i32(spareStride).get(rows).get(columns).call(copyTile));
}

/** Emits a choice of the smallest size that holds `count`; sizes are given the largest first. */
function chooseSmallest(f: FunctionBuilder, count: Local, [size, next, ...smaller]: Sizes, choose: (size: number) => void): void {
  if (next === undefined) choose(size);
  else f.get(count).i32(next).op("i32.gt_s").if(() => choose(size), () => chooseSmallest(f, count, [next, ...smaller], choose));
}

/**
 * Emits `(target, targetStride, source, sourceStride, rows, columns)`, strides in bytes, at least one row and column.
 */
function emitCopyTile(module: ModuleBuilder, element: Element): number {
  return module.addFunction(`gemm_copy_${element.type}`, ["i32", "i32", "i32", "i32", "i32", "i32"], [], (f, target, targetStride, source, sourceStride, rows, columns) => {
    const offset = f.local("i32");
    f.get(columns).i32(element.shift).op("i32.shl").set(columns);
    f.loop((nextRow) => {
      f.i32(0).set(offset);
      /** `bytes` a turn, while there are as many. */
      const turns = (bytes: number, copy: () => void): void => {
        f.block((done) => f.loop((next) => {
          f.get(offset).i32(bytes).op("i32.add").get(columns).op("i32.gt_u").brIf(done);
          f.get(target).get(offset).op("i32.add").get(source).get(offset).op("i32.add");
          copy();
          f.get(offset).i32(bytes).op("i32.add").set(offset).br(next);
        }));
      };
      turns(16, () => f.load("v128.load").store("v128.store"));
      turns(element.bytes, () => f.load(element.load).store(element.store));
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
