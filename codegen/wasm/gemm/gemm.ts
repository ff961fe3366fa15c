// The matrix product C[m,n] = A[m,k] B[k,n], emitted as a function of a module. C is row-major; A and B may each have
// either axis contiguous. Every element of C is the sum ((0 + a0 b0) + a1 b1) + ..., rounded after each operation: the
// same bits in every layout, position, block size and path, and those of the textbook triple loop in the same dtype.

import { type FunctionBuilder, type Local, type ModuleBuilder, countedLoop } from "../encode/index.ts";
import { THIN_COLUMNS, blockings, thinRows } from "./blocking.ts";
import { type GemmDtype, elements } from "./element.ts";
import { emitPackContiguous, emitPackTransposed } from "./pack.ts";
import { emitThin } from "./thin.ts";
import { emitMinimum, emitPackColumns, emitPackRows, emitTileColumn } from "./tiles.ts";
import { PANEL_ALIGNMENT, type SizeAlgebra, spareTileBytes, workspaceBytes, workspaceSize } from "./workspace.ts";

export interface GemmVariant {
  readonly dtype: GemmDtype;
  /** The axis of A[m,k] with unit stride: "k" is row-major. */
  readonly aLayout: "k" | "m";
  /** The axis of B[k,n] with unit stride: "n" is row-major. */
  readonly bLayout: "n" | "k";
  /**
   * A function `(rowBegin, rowEnd, epilogueArgs)`, all i32, called for blocks of rows that together are 0..m, each
   * once, when all its columns are final and while they are likely in the cache.
   */
  readonly epilogue?: number;
}

const emitted = new WeakMap<ModuleBuilder, Map<string, number>>();

function once(module: ModuleBuilder, key: string, emit: () => number): number {
  let indices = emitted.get(module);
  if (indices === undefined) {
    indices = new Map();
    emitted.set(module, indices);
  }
  let index = indices.get(key);
  if (index === undefined) {
    index = emit();
    indices.set(key, index);
  }
  return index;
}

/**
 * The index of the variant's function, emitted at the first request:
 * `(m, n, k, a, lda, b, ldb, c, ldc, workspace, epilogueArgs)`, all i32. Addresses are in bytes; `lda`, `ldb` and `ldc`,
 * the distances between consecutive lines along the axis without unit stride, in elements. Sizes may be 0 (k = 0 gives
 * zeros). C may not overlap A, B or the workspace. Reads stay within 12 bytes after the last element of A and of B,
 * writes within C[m,n] and the first `gemmWorkspaceBytes` of the workspace.
 */
export function declareGemm(module: ModuleBuilder, variant: GemmVariant): number {
  const key = `${variant.dtype} ${variant.aLayout} ${variant.bLayout} ${variant.epilogue ?? ""}`;
  return once(module, key, () => emitGemm(module, variant));
}

/** Bytes that the function's `workspace` must have for these sizes. */
export function gemmWorkspaceBytes(variant: GemmVariant, m: number, n: number, k: number): number {
  return workspaceBytes(variant.dtype, m, n, k);
}

/** The same arithmetic over any representation of sizes. */
export function gemmWorkspaceSize<T>(variant: GemmVariant, m: T, n: T, k: T, algebra: SizeAlgebra<T>): T {
  return workspaceSize(variant.dtype, m, n, k, algebra);
}

function emitGemm(module: ModuleBuilder, variant: GemmVariant): number {
  const { dtype, aLayout, bLayout, epilogue } = variant;
  const element = elements[dtype];
  const thin = emitThinGemm(module, variant);
  const blocks = emitBlockedGemm(module, variant);
  const { rowLimit, columnLimit } = thinLimits(variant);
  const params = Array<"i32">(11).fill("i32");
  const index = module.declareFunction(`gemm_${dtype}_${aLayout}${bLayout}`, { params, results: [] });
  module.defineFunction(index, (f, ...locals) => {
    const [m, n, k, , lda, , ldb, c, ldc, , epilogueArgs] = locals as GemmLocals;
    f.get(m).op("i32.eqz").get(n).op("i32.eqz").op("i32.or").if(() => f.op("return"));
    for (const stride of [lda, ldb, ldc]) f.get(stride).i32(element.shift).op("i32.shl").set(stride);
    const forward = (target: number): void => {
      for (const local of locals) f.get(local);
      f.call(target);
    };
    f.get(k).op("i32.eqz").if(() => {
      const row = f.local("i32");
      countedLoop(f, row, { from: () => f.i32(0), to: () => f.get(m), step: 1 }, () => {
        f.get(c).get(row).get(ldc).op("i32.mul").op("i32.add").i32(0).get(n).i32(element.shift).op("i32.shl").memoryFill();
      });
      if (epilogue !== undefined) f.i32(0).get(m).get(epilogueArgs).call(epilogue);
      f.op("return");
    });
    f.get(m).i32(rowLimit).op("i32.le_s").get(n).i32(columnLimit).op("i32.le_s").op("i32.or").if(
      () => forward(thin),
      () => forward(blocks),
    );
  });
  return index;
}

type GemmLocals = [
  m: Local, n: Local, k: Local, a: Local, lda: Local, b: Local, ldb: Local, c: Local, ldc: Local,
  workspace: Local, epilogueArgs: Local,
];
const gemmParams = ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"] as const;

/** Products with so few rows, or so few columns, take the thin path. */
function thinLimits({ aLayout, bLayout }: GemmVariant): { rowLimit: number; columnLimit: number } {
  return { rowLimit: thinRows[bLayout === "n" ? "columns" : "k"], columnLimit: thinRows[aLayout === "m" ? "columns" : "k"] };
}

/** The same parameters with strides in bytes and no size 0; m at least 2. */
function emitBlockedGemm(module: ModuleBuilder, { dtype, aLayout, bLayout, epilogue }: GemmVariant): number {
  const element = elements[dtype];
  const blocking = blockings[dtype];
  const { mr, nr, kc, mc, nc } = blocking;
  const contiguous = (width: number): number => once(module, `lines ${dtype} ${width}`, () => emitPackContiguous(module, element, width));
  const transposed = (width: number): number => once(module, `rows ${dtype} ${width}`, () => emitPackTransposed(module, element, width));
  const packA = once(module, `a ${dtype} ${aLayout}`, () =>
    emitPackRows(module, element, blocking, aLayout === "m" ? contiguous(mr) : transposed(mr)));
  const packB = once(module, `b ${dtype} ${bLayout}`, () =>
    emitPackColumns(module, element, blocking, bLayout === "n" ? contiguous(nr) : transposed(nr)));
  const tileColumn = once(module, `tiles ${dtype}`, () => emitTileColumn(module, element, blocking));

  return module.addFunction(`gemm_blocks_${dtype}_${aLayout}${bLayout}`, gemmParams, [], (f, m, n, k, a, lda, b, ldb, c, ldc, workspace, epilogueArgs) => {
    const [rowBlocks, row, rows] = [f.local("i32"), f.local("i32"), f.local("i32")];
    const [depthBlocks, depth, depths] = [f.local("i32"), f.local("i32"), f.local("i32")];
    const [column, columns, tile, width] = [f.local("i32"), f.local("i32"), f.local("i32"), f.local("i32")];
    const [panelsA, panelsB, panel] = [f.local("i32"), f.local("i32"), f.local("i32")];
    const scaled = (index: Local, unit: boolean, stride: Local): void => {
      f.get(index);
      if (unit) f.i32(element.shift).op("i32.shl");
      else f.get(stride).op("i32.mul");
    };
    const unitStep = (unit: boolean, stride: Local): void => {
      if (unit) f.i32(element.bytes);
      else f.get(stride);
    };

    f.get(workspace).i32(PANEL_ALIGNMENT - 1).op("i32.add").i32(-PANEL_ALIGNMENT).op("i32.and").tee(workspace);
    f.i32(spareTileBytes(blocking, element)).op("i32.add").set(panelsA);
    // Panels of B start after room for the largest block of A.
    emitMinimum(f, rows, () => f.get(m), mc);
    emitMinimum(f, depths, () => f.get(k), kc);
    f.get(rows).i32(mr - 1).op("i32.add").i32(mr).op("i32.div_u").i32(mr * element.bytes).op("i32.mul").get(depths).op("i32.mul");
    f.get(panelsA).op("i32.add").i32(PANEL_ALIGNMENT - 1).op("i32.add").i32(-PANEL_ALIGNMENT).op("i32.and").set(panelsB);

    countedLoop(f, column, { from: () => f.i32(0), to: () => f.get(n), step: nc }, () => {
      emitMinimum(f, columns, () => f.get(n).get(column).op("i32.sub"), nc);
      eachBalancedBlock(f, k, kc, { blocks: depthBlocks, start: depth, size: depths }, () => {
        f.get(panelsB).get(b);
        scaled(depth, bLayout === "k", ldb);
        f.op("i32.add");
        scaled(column, bLayout === "n", ldb);
        f.op("i32.add");
        unitStep(bLayout === "n", ldb);
        f.get(ldb).get(columns).get(depths).call(packB);
        eachBalancedBlock(f, m, mc, { blocks: rowBlocks, start: row, size: rows }, () => {
          f.get(panelsA).get(a);
          scaled(depth, aLayout === "k", lda);
          f.op("i32.add");
          scaled(row, aLayout === "m", lda);
          f.op("i32.add");
          unitStep(aLayout === "m", lda);
          f.get(lda).get(rows).get(depths).call(packA);
          f.get(panelsB).set(panel);
          countedLoop(f, tile, { from: () => f.i32(0), to: () => f.get(columns), step: nr }, () => {
            emitMinimum(f, width, () => f.get(columns).get(tile).op("i32.sub"), nr);
            f.get(panelsA).get(panel);
            f.get(c).get(row).get(ldc).op("i32.mul").op("i32.add");
            f.get(column).get(tile).op("i32.add").i32(element.shift).op("i32.shl").op("i32.add");
            f.get(ldc).get(rows).get(width).get(depths).get(depth).get(workspace).call(tileColumn);
            f.get(panel).get(depths).i32(nr * element.bytes).op("i32.mul").op("i32.add").set(panel);
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

/** The same parameters with strides in bytes and no size 0; m or n within the limits. */
function emitThinGemm(module: ModuleBuilder, variant: GemmVariant): number {
  const { dtype, aLayout, bLayout, epilogue } = variant;
  const { rowLimit } = thinLimits(variant);
  const element = elements[dtype];
  const thinPath = (layout: "columns" | "k"): number => once(module, `thin ${dtype} ${layout}`, () => emitThin(module, element, layout));
  const fewRows = thinPath(bLayout === "n" ? "columns" : "k");
  const fewColumns = thinPath(aLayout === "m" ? "columns" : "k");
  const scatter = once(module, `scatter ${dtype}`, () => emitScatter(module, dtype));

  return module.addFunction(`gemm_thin_${dtype}_${aLayout}${bLayout}`, gemmParams, [], (f, m, n, k, a, lda, b, ldb, c, ldc, workspace, epilogueArgs) => {
    const [start, count] = [f.local("i32"), f.local("i32")];
    const step = (unit: boolean, stride: Local): FunctionBuilder => (unit ? f.i32(element.bytes) : f.get(stride));
    const address = (base: Local, unit: boolean, stride: Local): void => {
      f.get(base).get(start);
      step(unit, stride).op("i32.mul").op("i32.add");
    };
    const eachBlock = (total: Local, body: () => void): void =>
      countedLoop(f, start, { from: () => f.i32(0), to: () => f.get(total), step: THIN_COLUMNS }, () => {
        emitMinimum(f, count, () => f.get(total).get(start).op("i32.sub"), THIN_COLUMNS);
        body();
      });
    f.get(m).i32(rowLimit).op("i32.le_s").if(
      () => {
        eachBlock(n, () => {
          f.get(m).get(count).get(k).get(a);
          step(aLayout === "m", lda);
          step(aLayout === "k", lda);
          address(b, bLayout === "n", ldb);
          f.get(ldb);
          address(c, true, ldc);
          f.get(ldc).call(fewRows);
        });
        if (epilogue !== undefined) f.i32(0).get(m).get(epilogueArgs).call(epilogue);
      },
      () => {
        eachBlock(m, () => {
          f.get(n).get(count).get(k).get(b);
          step(bLayout === "n", ldb);
          step(bLayout === "k", ldb);
          address(a, aLayout === "m", lda);
          f.get(lda).get(workspace).get(count).i32(element.shift).op("i32.shl").call(fewColumns);
          address(c, false, ldc);
          f.get(ldc).get(workspace).get(n).get(count).call(scatter);
          if (epilogue !== undefined) f.get(start).get(start).get(count).op("i32.add").get(epilogueArgs).call(epilogue);
        });
      },
    );
  });
}

/** Emits `(c, ldc, source, columns, rows)`: C[rows, columns] = the transpose of the dense source[columns, rows]. */
function emitScatter(module: ModuleBuilder, dtype: GemmDtype): number {
  const element = elements[dtype];
  return module.addFunction(`gemm_scatter_${dtype}`, ["i32", "i32", "i32", "i32", "i32"], [], (f, c, ldc, source, columns, rows) => {
    const [row, target] = [f.local("i32"), f.local("i32")];
    f.loop((nextColumn) => {
      f.get(c).set(target);
      countedLoop(f, row, { from: () => f.i32(0), to: () => f.get(rows), step: 1 }, () => {
        f.get(target).get(source).load(element.load).store(element.store);
        f.get(target).get(ldc).op("i32.add").set(target);
        f.get(source).i32(element.bytes).op("i32.add").set(source);
      });
      f.get(c).i32(element.bytes).op("i32.add").set(c);
      f.get(columns).i32(1).op("i32.sub").tee(columns).brIf(nextColumn);
    });
  });
}
