// Packing: copies a panel of A or B into the order the micro kernel reads it in, `width` elements for each k.
// "Across" is the axis that the panel takes `width` of (rows of A, columns of B). Reads stay within 12 bytes after the
// panel's last element; lanes of the panel past the matrix's edge hold arbitrary values and reach no result.

import type { FunctionBuilder, Local, ModuleBuilder } from "../encode/index.ts";
import type { Element } from "./element.ts";

/**
 * Emits `(target, source, stride, count, k)` for a source whose unit stride is across: k lines of `count` elements,
 * `stride` bytes apart. 1 <= count <= width.
 */
export function emitPackContiguous(module: ModuleBuilder, element: Element, width: number): number {
  const { bytes, lanes } = element;
  return module.addFunction(`gemm_pack_lines_${element.type}_${width}`, ["i32", "i32", "i32", "i32", "i32"], [], (f, target, source, stride, count, k) => {
    const end = f.local("i32");
    const panelLine = width * bytes;
    f.get(target).get(k).i32(panelLine).op("i32.mul").op("i32.add").set(end);

    /** Copies `columns` elements of every line. */
    const copyLines = (columns: number): void => {
      f.loop((next) => {
        let column = 0;
        for (; column + lanes <= columns; column += lanes) {
          f.get(target).get(source).load("v128.load", column * bytes).store("v128.store", column * bytes);
        }
        for (; column < columns; column++) {
          f.get(target).get(source).load(element.load, column * bytes).store(element.store, column * bytes);
        }
        f.get(source).get(stride).op("i32.add").set(source);
        f.get(target).i32(panelLine).op("i32.add").tee(target).get(end).op("i32.ne").brIf(next);
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
 * Emits `(target, source, stride, count, k)` for a source whose unit stride is k: `count` rows of k elements, `stride`
 * bytes apart. 1 <= count <= width; missing rows repeat the last one.
 */
export function emitPackTransposed(module: ModuleBuilder, element: Element, width: number): number {
  const { bytes, lanes } = element;
  const panelLine = width * bytes;
  return module.addFunction(`gemm_pack_rows_${element.type}_${width}`, ["i32", "i32", "i32", "i32", "i32"], [], (f, target, source, stride, count, k) => {
    const [start, rest, last] = [f.local("i32"), f.local("i32"), f.local("i32")];
    const rows = f.localsOf("i32", lanes);
    const vectors = f.localsOf("v128", lanes);
    const columns = f.localsOf("v128", lanes);
    f.get(target).set(start);
    for (let group = 0; group < width; group += lanes) {
      const size = Math.min(lanes, width - group);
      const used = rows.slice(0, size);
      used.forEach((row, i) => {
        // min(group + i, count - 1), as a signed select
        f.get(source);
        f.i32(group + i).get(count).i32(1).op("i32.sub").tee(last);
        f.i32(group + i).get(last).op("i32.lt_s").op("select");
        f.get(stride).op("i32.mul").op("i32.add").set(row);
      });
      f.get(start).i32(group * bytes).op("i32.add").set(target);
      f.get(k).set(rest);
      if (size === lanes) {
        f.block((done) => {
          f.get(rest).i32(lanes).op("i32.lt_s").brIf(done);
          f.loop((next) => {
            used.forEach((row, i) => {
              f.get(row).load("v128.load").set(vectors[i] as Local);
              f.get(row).i32(16).op("i32.add").set(row);
            });
            emitTranspose(f, vectors, columns);
            columns.forEach((column, i) => {
              f.get(target).get(column).store("v128.store", i * panelLine);
            });
            f.get(target).i32(lanes * panelLine).op("i32.add").set(target);
            f.get(rest).i32(lanes).op("i32.sub").tee(rest).i32(lanes).op("i32.ge_s").brIf(next);
          });
        });
      }
      f.block((done) => {
        f.get(rest).op("i32.eqz").brIf(done);
        f.loop((next) => {
          used.forEach((row, i) => {
            f.get(target).get(row).load(element.load).store(element.store, i * bytes);
            f.get(row).i32(bytes).op("i32.add").set(row);
          });
          f.get(target).i32(panelLine).op("i32.add").set(target);
          f.get(rest).i32(1).op("i32.sub").tee(rest).brIf(next);
        });
      });
    }
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
