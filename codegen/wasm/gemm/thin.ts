// Products with at most a few rows (or, transposed, columns), where packing would cost more than multiplying:
// Y[rows, columns] = T[rows, k] W[k, columns], with a small T and a wide W that is read in place, once.
// Each element of Y is a strictly sequential sum over k, as in the packed product.

import { type FunctionBuilder, type Local, type ModuleBuilder, countedLoop } from "../encode/index.ts";
import { type Element, emitMultiplyAdd } from "./element.ts";
import type { ThinLayout } from "./kernels.ts";
import { emitTranspose } from "./pack.ts";
import { emitMinimum } from "./tiles.ts";

const PAIR = 2;
/** Lines of W added in one pass over Y. */
const DEPTH = 4;
/** Vectors of columns that a single row adds to in one turn. */
const SINGLE_ROW_VECTORS = 2;
/** Vectors of columns that are summed side by side, to hide the latency of additions. */
const GROUPS = 2;

/**
 * Emits `(rows, columns, k, t, tRow, tK, w, wStride, y, yStride)`; all strides in bytes, every count at least 1 and
 * `rows` 1 for the layout "k". `columns` is one block: Y's rows and DEPTH lines of W should fit the L1 cache.
 */
export function emitThin(module: ModuleBuilder, element: Element, layout: ThinLayout, fused: boolean): number {
  return layout === "columns" ? emitThinLines(module, element, fused) : emitThinRow(module, element, fused);
}

const signature = ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"] as const;
type ThinLocals = [
  rows: Local, columns: Local, k: Local, t: Local, tRow: Local, tK: Local, w: Local, wStride: Local, y: Local, yStride: Local,
];

/** Modules with thin products of depths that are not known to be multiples of DEPTH. */
const anyDepth = new WeakSet<ModuleBuilder>();

/** To be told of the depth of every product that may be thin. */
export function noteDepth(module: ModuleBuilder, k: number | undefined): void {
  if (k === undefined || k % DEPTH !== 0) anyDepth.add(module);
}

function emitThinLines(module: ModuleBuilder, element: Element, fused: boolean): number {
  const addLines = [emitAddLines(module, element, fused, 1, DEPTH), emitAddLines(module, element, fused, PAIR, DEPTH)] as const;
  const sumRest = emitSumRest(module, element, fused);
  const index = module.declareFunction(`gemm_thin_lines_${element.type}`, { params: signature, results: [] });
  module.defineLater(index, (f, ...params) => {
    const [rows, columns, k, t, tRow, tK, w, wStride, y, yStride] = params as ThinLocals;
    const addLine = anyDepth.has(module) ? emitAddLines(module, element, fused, 1, 1) : undefined;
    const [row, yRow, tCursor, rest, height, depth] = f.localsOf("i32", 6) as [Local, Local, Local, Local, Local, Local];
    /** Emits a loop over the rows: `body` handles the first `height` of the `row` that are left. */
    const eachRow = (body: () => void): void => {
      f.get(y).set(yRow).get(t).set(tCursor).get(rows).set(row);
      f.loop((next) => {
        body();
        f.get(yRow).get(yStride).get(height).op("i32.mul").op("i32.add").set(yRow);
        f.get(tCursor).get(tRow).get(height).op("i32.mul").op("i32.add").set(tCursor);
        f.get(row).get(height).op("i32.sub").tee(row).brIf(next);
      });
    };
    f.get(columns).get(columns).i32(element.lanes - 1).op("i32.and").tee(rest).op("i32.sub").i32(element.shift).op("i32.shl").set(columns);
    f.i32(1).set(height);
    eachRow(() => {
      f.get(yRow).i32(0).get(columns).memoryFill();
      f.get(rest).if(() => f.get(rest).get(k).get(tCursor).get(tK).get(w).get(columns).op("i32.add").get(wStride).get(yRow).get(columns).op("i32.add").call(sumRest));
    });
    f.get(columns).op("i32.eqz").if(() => f.op("return"));
    const add = (index: number): FunctionBuilder => f.get(yRow).get(yStride).get(w).get(wStride).get(columns).get(tCursor).get(tRow).get(tK).call(index);
    const pushDepth = (): FunctionBuilder => (addLine === undefined ? f.i32(DEPTH) : f.get(depth));
    // DEPTH lines a turn, then what is left of them one by one.
    f.loop((next) => {
      if (addLine !== undefined) f.i32(DEPTH).i32(1).get(k).i32(DEPTH).op("i32.ge_s").op("select").set(depth);
      eachRow(() => {
        const addDepth = (): FunctionBuilder =>
          f.get(row).i32(1).op("i32.eq").if(() => add(addLines[0]), () => add(addLines[1]).i32(PAIR).set(height));
        f.i32(1).set(height);
        if (addLine === undefined) addDepth();
        else f.get(depth).i32(1).op("i32.eq").if(() => add(addLine), addDepth);
      });
      f.get(w).get(wStride);
      pushDepth().op("i32.mul").op("i32.add").set(w).get(t).get(tK);
      pushDepth().op("i32.mul").op("i32.add").set(t).get(k);
      pushDepth().op("i32.sub").tee(k).brIf(next);
    });
  });
  return index;
}

/**
 * Emits `(count, k, t, tK, w, wStride, y)`: a row of T times the last `count` columns, fewer than a vector. Loads run past them, at most
 * 12 bytes past the end of W.
 */
function emitSumRest(module: ModuleBuilder, element: Element, fused: boolean): number {
  return module.addFunction(`gemm_sum_rest_${element.type}`, ["i32", "i32", "i32", "i32", "i32", "i32", "i32"], [], (f, count, k, t, tK, w, wStride, y) => {
    const [sum, factor] = f.localsOf("v128", 2) as [Local, Local];
    f.loop((next) => {
      f.get(t).load(element.loadSplat).set(factor);
      emitMultiplyAdd(f, element, fused, sum, factor, () => f.get(w).load("v128.load"));
      f.get(t).get(tK).op("i32.add").set(t).get(w).get(wStride).op("i32.add").set(w);
      f.get(k).i32(1).op("i32.sub").tee(k).brIf(next);
    });
    storeLanes(f, element, y, [sum], count);
  });
}

/** Emits `(y, yStride, w, wStride, bytes, t, tRow, tK)`: Y += T W for a T of exactly `rows` x `depth` and whole vectors of columns. */
function emitAddLines(module: ModuleBuilder, element: Element, fused: boolean, rows: number, depth: number): number {
  const { type } = element;
  return module.addFunction(
    `gemm_add_lines_${type}_${rows}x${depth}`, ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"], [],
    (f, y, yStride, w, wStride, width, t, tRow, tK) => {
      const factors = Array.from({ length: rows }, () => f.localsOf("v128", depth));
      const [line, yRow] = [f.local("i32"), f.local("i32")];
      const [end, cursor] = [f.local("i32"), f.local("i32")];
      const wide = f.localsOf("v128", depth);
      const sums = f.localsOf("v128", SINGLE_ROW_VECTORS);

      factors.forEach((rowFactors, i) => {
        if (i > 0) f.get(t).get(tRow).op("i32.add").set(t);
        walk(f, t, cursor, tK, depth, (p, place) => place().load(element.loadSplat).set(rowFactors[p] as Local));
      });
      // Only the first line's address lives across turns: engines add a stride more cheaply than they keep a pointer.
      const eachLine = (visit: Visit): void => walk(f, w, line, wStride, depth, visit);
      const eachRow = (visit: Visit): void => walk(f, y, yRow, yStride, rows, visit);
      /** Turns of so many vectors of columns, while there are as many. */
      const turns = (vectors: number, body: () => void): void => {
        f.loop((next) => f.get(y).i32(16 * vectors).op("i32.add").get(end).op("i32.le_u").if(() => {
          body();
          f.get(w).i32(16 * vectors).op("i32.add").set(w);
          f.get(y).i32(16 * vectors).op("i32.add").set(y).br(next);
        }));
      };

      f.get(y).get(width).op("i32.add").set(end);
      if (rows === 1) {
        // One row: a line's vector is used once, and several of them share the steps from line to line.
        for (const vectors of depth === 1 ? [1] : [SINGLE_ROW_VECTORS, 1]) {
          const turnSums = sums.slice(0, vectors);
          turns(vectors, () => {
            turnSums.forEach((vector, j) => f.get(y).load("v128.load", 16 * j).set(vector));
            eachLine((p, place) => turnSums.forEach((vector, j) =>
              emitMultiplyAdd(f, element, fused, vector, factors[0]![p] as Local, () => place().load("v128.load", 16 * j))));
            turnSums.forEach((vector, j) => f.get(y).get(vector).store("v128.store", 16 * j));
          });
        }
        return;
      }
      turns(1, () => {
        const [vector] = sums as [Local];
        eachLine((p, place) => place().load("v128.load").set(wide[p] as Local));
        eachRow((i, place) => {
          place().load("v128.load").set(vector);
          factors[i]!.forEach((factor, p) => emitMultiplyAdd(f, element, fused, vector, factor, () => f.get(wide[p] as Local)));
          place().get(vector).store("v128.store");
        });
      });
    },
  );
}

/** Of the i-th place, whose address `place` pushes. */
type Visit = (i: number, place: () => FunctionBuilder) => void;

/** Visits `count` places from `start` on, `stride` apart; `cursor` goes along, a step where a place is first used. */
function walk(f: FunctionBuilder, start: Local, cursor: Local, stride: Local, count: number, visit: Visit): void {
  f.get(start).set(cursor);
  for (let i = 0; i < count; i++) {
    let reached = i === 0;
    visit(i, () => {
      if (reached) return f.get(cursor);
      reached = true;
      return f.get(cursor).get(stride).op("i32.add").tee(cursor);
    });
  }
}

/** For a single row of T: with two or more, packing W is the faster way to transpose it. */
function emitThinRow(module: ModuleBuilder, element: Element, fused: boolean): number {
  const width = GROUPS * element.lanes;
  const dotRows = emitDotRows(module, element, fused);
  return module.addFunction(`gemm_thin_row_${element.type}`, signature, [], (f, _rows, columns, k, t, _tRow, tK, w, wStride, y, _yStride) => {
    const [column, count] = [f.local("i32"), f.local("i32")];
    countedLoop(f, column, { from: () => f.i32(0), to: () => f.get(columns), step: width }, () => {
      emitMinimum(f, count, () => f.get(columns).get(column).op("i32.sub"), width);
      f.get(count).get(k).get(t).get(tK);
      f.get(w).get(column).get(wStride).op("i32.mul").op("i32.add").get(wStride);
      f.get(y).get(column).i32(element.shift).op("i32.shl").op("i32.add").call(dotRows);
    });
  });
}

/**
 * Emits `(count, k, t, tK, w, wStride, y)`: a row of T times `count` <= GROUPS * lanes rows of W, whose unit stride
 * is k. Squares of W are transposed in registers, so that lanes are columns of Y.
 */
function emitDotRows(module: ModuleBuilder, element: Element, fused: boolean): number {
  const { bytes, lanes, type } = element;
  const width = GROUPS * lanes;
  return module.addFunction(`gemm_dot_rows_${type}`, ["i32", "i32", "i32", "i32", "i32", "i32", "i32"], [], (f, count, k, t, tK, w, wStride, y) => {
    const wRows = f.localsOf("i32", width);
    const last = f.local("i32");
    const sums = f.localsOf("v128", GROUPS);
    const factors = f.localsOf("v128", lanes);
    const [square, columns] = [f.localsOf("v128", lanes), f.localsOf("v128", lanes)];

    // Rows past the last repeat it.
    f.get(count).i32(1).op("i32.sub").set(last);
    wRows.forEach((wRow, i) => {
      f.get(w).i32(i).get(last).i32(i).get(last).op("i32.lt_s").op("select").get(wStride).op("i32.mul").op("i32.add").set(wRow);
    });
    const nextFactor = (factor: Local): FunctionBuilder =>
      f.get(t).load(element.loadSplat).set(factor).get(t).get(tK).op("i32.add").set(t);
    const accumulate = (sum: Local, factor: Local, column: Local): void =>
      emitMultiplyAdd(f, element, fused, sum, factor, () => f.get(column));
    const advance = (steps: number): void => {
      for (const wRow of wRows) f.get(wRow).i32(steps * bytes).op("i32.add").set(wRow);
    };
    f.block((done) => {
      f.get(k).i32(lanes).op("i32.lt_s").brIf(done);
      f.loop((next) => {
        factors.forEach(nextFactor);
        sums.forEach((sum, group) => {
          square.forEach((vector, i) => {
            f.get(wRows[group * lanes + i] as Local).load("v128.load").set(vector);
          });
          emitTranspose(f, square, columns);
          columns.forEach((column, i) => {
            accumulate(sum, factors[i] as Local, column);
          });
        });
        advance(lanes);
        f.get(k).i32(lanes).op("i32.sub").tee(k).i32(lanes).op("i32.ge_s").brIf(next);
      });
    });
    f.block((done) => {
      f.get(k).op("i32.eqz").brIf(done);
      f.loop((next) => {
        const [factor, column] = [factors[0] as Local, columns[0] as Local];
        nextFactor(factor);
        sums.forEach((sum, group) => {
          f.get(wRows[group * lanes] as Local).load(element.loadSplat).set(column);
          for (let lane = 1; lane < lanes; lane++) {
            f.get(wRows[group * lanes + lane] as Local).get(column);
            f.loadLane(bytes === 4 ? "v128.load32_lane" : "v128.load64_lane", lane).set(column);
          }
          accumulate(sum, factor, column);
        });
        advance(1);
        f.get(k).i32(1).op("i32.sub").tee(k).brIf(next);
      });
    });
    f.get(count).i32(width).op("i32.eq").if(
      () => {
        sums.forEach((sum, group) => {
          f.get(y).get(sum).store("v128.store", 16 * group);
        });
      },
      () => storeLanes(f, element, y, sums, count),
    );
  });
}

/** Stores the first `count` >= 1 lanes of several vectors. */
function storeLanes(f: FunctionBuilder, element: Element, address: Local, vectors: readonly Local[], count: Local): void {
  f.block((done) => {
    vectors.forEach((vector, group) => {
      for (let lane = 0; lane < element.lanes; lane++) {
        const index = group * element.lanes + lane;
        f.get(count).i32(index).op("i32.le_s").brIf(done);
        f.get(address).get(vector).storeLane(element.bytes === 4 ? "v128.store32_lane" : "v128.store64_lane", lane, index * element.bytes);
      }
    });
  });
}
