// Packing: copies a panel of A or B into the order in which the micro-kernel reads it, `width` elements for each k. "Across" is the
// axis that the panel takes `width` of (rows of A, columns of B). Reads stay within 12 bytes after the matrix's last element, writes
// within the panel and its spare lines; what lies past the matrix's edge holds arbitrary values and reaches no result.

import type { FunctionBuilder, Local, ModuleBuilder } from "../encode/index.ts";
import { type Element, type GemmDtype, elements } from "./element.ts";
import { once } from "./variant.ts";

/**
 * What packs a panel: `(target, matrix, at, depth, count, depths, stride)`, all i32, takes `count` elements across from `at` on,
 * 1 <= count <= width, at `depths` >= 1 places from `depth` on. The stride is that of the other axis than the unit stride's, in
 * bytes. Which function packs is an operand of the product, a place in the module's table.
 */
export const packParams = ["i32", "i32", "i32", "i32", "i32", "i32", "i32"] as const;

/** How many lines longer a panel is than it is deep: rows are packed a vector at a time, and write past the last line. */
export function spareLines({ lanes }: Element): number {
  return lanes;
}

/** The place of the function that packs panels of a matrix whose unit stride is across, or along k. */
export function placeOfPack(module: ModuleBuilder, dtype: GemmDtype, unit: "across" | "k", width: number): number {
  const emit = unit === "across" ? emitPackLines : emitPackRows;
  return module.tablePlace(once(module, `pack ${dtype} ${unit} ${width}`, () => emit(module, elements[dtype], width)));
}

/** A line for each k. */
function emitPackLines(module: ModuleBuilder, { type, bytes, lanes, shift, load, store }: Element, width: number): number {
  return module.addFunction(`gemm_pack_lines_${type}_${width}`, packParams, [], (f, target, matrix, at, depth, count, depths, stride) => {
    const panelLine = width * bytes;
    f.get(matrix).get(at).i32(shift).op("i32.shl").op("i32.add").get(depth).get(stride).op("i32.mul").op("i32.add").set(matrix);

    /** Copies `columns` elements of every line. */
    const copyLines = (columns: number): void => {
      f.loop((next) => {
        let column = 0;
        for (; column + lanes <= columns; column += lanes) {
          f.get(target).get(matrix).load("v128.load", column * bytes).store("v128.store", column * bytes);
        }
        for (; column < columns; column++) {
          f.get(target).get(matrix).load(load, column * bytes).store(store, column * bytes);
        }
        f.get(matrix).get(stride).op("i32.add").set(matrix);
        f.get(target).i32(panelLine).op("i32.add").set(target);
        f.get(depths).i32(1).op("i32.sub").tee(depths).brIf(next);
      });
    };
    // Whole vectors, but nothing past the panel's width: what is left over of it has a loop of its own.
    const widest = Math.floor(width / lanes) * lanes;
    f.block((done) => {
      const copyIf = (columns: number, condition: () => void): void => {
        condition();
        f.if(() => {
          copyLines(columns);
          f.br(done);
        });
      };
      if (widest < width) copyIf(width, () => f.get(count).i32(widest).op("i32.gt_s"));
      for (let columns = lanes; columns < widest; columns += lanes) {
        copyIf(columns, () => f.get(count).i32(columns).op("i32.le_s"));
      }
      copyLines(widest);
    });
  });
}

/**
 * Two rows at a time, in the order in which memory is read ahead. Where the width is odd, the first row has itself for the one before: what is written before a line is the
 * end of the last one, which the last rows write over, and before the panel the end of what lies there: spare lines of another, or the spare tile.
 */
function emitPackRows(module: ModuleBuilder, { type, bytes, lanes, shift }: Element, width: number): number {
  const before = width % 2;
  return module.addFunction(`gemm_pack_rows_${type}_${width}`, packParams, [], (f, target, matrix, at, depth, count, depths, stride) => {
    const [row, first, second, cursor, rest] = f.localsOf("i32", 5) as [Local, Local, Local, Local, Local];
    const vectors = f.localsOf("v128", 3) as [Local, Local, Local];
    const panelLine = width * bytes;
    f.get(matrix).get(at).get(stride).op("i32.mul").op("i32.add").get(depth).i32(shift).op("i32.shl").op("i32.add").set(matrix);
    // The row is the second of its pair where the width is odd, else the first.
    f.loop((nextRows) => {
      f.get(matrix).get(row);
      if (before === 1) f.get(row).i32(0).op("i32.gt_s").op("i32.sub");
      f.get(stride).op("i32.mul").op("i32.add").tee(first);
      // A row without a second one is taken twice.
      f.get(stride).i32(0);
      if (before === 1) f.get(row).i32(0).op("i32.gt_s").get(row).get(count).op("i32.lt_s").op("i32.and");
      else f.get(row).i32(1).op("i32.add").get(count).op("i32.lt_s");
      f.op("select").op("i32.add").set(second);
      f.get(target).get(row).i32(shift).op("i32.shl").op("i32.add");
      if (before === 1) f.i32(bytes).op("i32.sub");
      f.set(cursor).get(depths).set(rest);
      f.loop((next) => {
        f.get(first).load("v128.load").set(vectors[0]).get(second).load("v128.load").set(vectors[1]);
        for (let half = 0; half < lanes; half += lanes / 2) {
          const pairs = Array.from({ length: lanes }, (_, i) => half + (i >> 1) + (i & 1) * lanes);
          f.get(cursor).get(vectors[0]).get(vectors[1]).shuffle(pairs);
          if (lanes === 2) {
            f.store("v128.store", half * panelLine);
          } else {
            f.tee(vectors[2]).storeLane("v128.store64_lane", 0, half * panelLine);
            f.get(cursor).get(vectors[2]).storeLane("v128.store64_lane", 1, (half + 1) * panelLine);
          }
        }
        for (const source of [first, second]) f.get(source).i32(16).op("i32.add").set(source);
        f.get(cursor).i32(lanes * panelLine).op("i32.add").set(cursor);
        f.get(rest).i32(lanes).op("i32.sub").tee(rest).i32(0).op("i32.gt_s").brIf(next);
      });
      f.get(row).i32(2).op("i32.add").tee(row).get(count).op(before === 1 ? "i32.le_s" : "i32.lt_s").brIf(nextRows);
    });
  });
}

/** Transposes a square of vectors (4x4 lanes of 32 bits or 2x2 of 64) from `rows` into `columns`; clobbers `rows`. */
export function emitTranspose(f: FunctionBuilder, rows: readonly Local[], columns: readonly Local[]): void {
  const at = (locals: readonly Local[], i: number): Local => locals[i] as Local;
  const shuffle = (a: Local, b: Local, lanes: readonly number[], into: Local): void => {
    f.get(a).get(b).shuffle(lanes).set(into);
  };
  if (rows.length === 2) {
    shuffle(at(rows, 0), at(rows, 1), [0, 2], at(columns, 0));
    shuffle(at(rows, 0), at(rows, 1), [1, 3], at(columns, 1));
    return;
  }
  // Interleave rows 0, 1 and rows 2, 3, then join halves.
  shuffle(at(rows, 0), at(rows, 1), [0, 4, 1, 5], at(columns, 0));
  shuffle(at(rows, 0), at(rows, 1), [2, 6, 3, 7], at(columns, 2));
  shuffle(at(rows, 2), at(rows, 3), [0, 4, 1, 5], at(rows, 0));
  shuffle(at(rows, 2), at(rows, 3), [2, 6, 3, 7], at(rows, 1));
  shuffle(at(columns, 0), at(rows, 0), [2, 3, 6, 7], at(columns, 1));
  shuffle(at(columns, 0), at(rows, 0), [0, 1, 4, 5], at(columns, 0));
  shuffle(at(columns, 2), at(rows, 1), [2, 3, 6, 7], at(columns, 3));
  shuffle(at(columns, 2), at(rows, 1), [0, 1, 4, 5], at(columns, 2));
}
