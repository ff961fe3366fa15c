// The packed product: blocks of B and A are packed into panels, then multiplied tile by tile in registers. One function for each
// element and variant of the code: layouts and epilogues are operands, functions in the module's table.

import type { CodeVariant } from "../code-variant.ts";
import { type FunctionBuilder, type Local, type ModuleBuilder, nonEmptyLoop } from "../encode/index.ts";
import { type GemmDtype, elements } from "./element.ts";
import { tileKernel } from "./kernels.ts";
import { packParams, spareLines } from "./pack.ts";
import { eachRowTile, emitMinimum, emitTile } from "./tiles.ts";
import { callEpilogue, once } from "./variant.ts";
import { PANEL_ALIGNMENT, spareTileBytes } from "./workspace.ts";

/**
 * The index of `(m, n, k, a, lda, packA, b, ldb, packB, c, ldc, workspace, epilogue, epilogueArgs, accumulate)`, all i32, strides in
 * bytes; no size may be 0. `packA` and `packB` are places in the table of functions with `packParams`,
 * `epilogue` is one of a function as `callEpilogue` calls it, or 0. The product is added to C if `accumulate` is not 0.
 */
export function declareBlockedGemm(module: ModuleBuilder, dtype: GemmDtype, code: CodeVariant): number {
  return once(module, `blocks ${dtype} ${code.relaxed} ${code.wide}`, () => emitBlockedGemm(module, dtype, code));
}

const params = new Array<"i32">(15).fill("i32");
type BlockedLocals = [
  m: Local, n: Local, k: Local, a: Local, lda: Local, packA: Local, b: Local, ldb: Local, packB: Local, c: Local, ldc: Local,
  workspace: Local, epilogue: Local, epilogueArgs: Local, accumulate: Local,
];

function emitBlockedGemm(module: ModuleBuilder, dtype: GemmDtype, code: CodeVariant): number {
  const element = elements[dtype];
  const kernel = tileKernel(dtype, code);
  const { heights: [mr], widths: [nr], kc, mc, nc } = kernel;
  const index = module.declareFunction(`gemm_blocks_${dtype}`, { params, results: [] });
  module.defineFunction(index, (f, ...locals) => {
    const [m, n, k, a, lda, packA, b, ldb, packB, c, ldc, workspace, epilogue, epilogueArgs, accumulate] = locals as BlockedLocals;
    const [rowBlocks, row, rows, depthBlocks, depth, depths] = f.localsOf("i32", 6) as [Local, Local, Local, Local, Local, Local];
    const [column, columns, tile, width, lines] = f.localsOf("i32", 5) as [Local, Local, Local, Local, Local];
    const [panelsA, panelsB, panelA, panelB, stepB, corner] = f.localsOf("i32", 6) as [Local, Local, Local, Local, Local, Local];
    /** Pushes the bytes of a panel. */
    const panelBytes = (size: number): FunctionBuilder => f.get(lines).i32(size * element.bytes).op("i32.mul");
    const align = (): FunctionBuilder => f.i32(PANEL_ALIGNMENT - 1).op("i32.add").i32(-PANEL_ALIGNMENT).op("i32.and");
    /** Packs `count` rows or columns from the sum of `from` on. */
    const pack = (how: Local, panel: Local, matrix: Local, from: readonly [Local, Local], count: Local, stride: Local): void => {
      f.get(panel).get(matrix).get(from[0]).get(from[1]).op("i32.add").get(depth).get(count).get(depths).get(stride);
      f.get(how).callIndirect(module.typeIndex({ params: packParams, results: [] }));
    };

    f.get(workspace);
    align().tee(workspace).i32(spareTileBytes(kernel)).op("i32.add").set(panelsA);
    nonEmptyLoop(f, column, { from: () => f.i32(0), to: () => f.get(n), step: nc }, () => {
      emitMinimum(f, columns, () => f.get(n).get(column).op("i32.sub"), nc);
      eachBalancedBlock(f, k, kc, { blocks: depthBlocks, start: depth, size: depths }, () => {
        // Panels of B start after the largest block of A. With a single block of rows a panel of B is used once: all lie in one place,
        // which stays in L1.
        f.get(depths).i32(spareLines(element)).op("i32.add").set(lines);
        emitMinimum(f, rows, () => f.get(m), mc);
        f.get(rows).i32(mr - 1).op("i32.add").i32(mr).op("i32.div_u");
        panelBytes(mr).op("i32.mul").get(panelsA).op("i32.add");
        align().set(panelsB).i32(0);
        panelBytes(nr).get(m).i32(mc).op("i32.le_s").op("select").set(stepB);
        eachBalancedBlock(f, m, mc, { blocks: rowBlocks, start: row, size: rows }, () => {
          f.get(panelsB).set(panelB);
          nonEmptyLoop(f, tile, { from: () => f.i32(0), to: () => f.get(columns), step: nr }, () => {
            emitMinimum(f, width, () => f.get(columns).get(tile).op("i32.sub"), nr);
            // Panels are packed where they are first needed: those of B for the first block of rows, those of A for its first columns.
            f.get(row).op("i32.eqz").if(() => pack(packB, panelB, b, [column, tile], width, ldb));
            f.get(panelsA).set(panelA);
            f.get(row).get(ldc).op("i32.mul").get(column).get(tile).op("i32.add").i32(element.shift).op("i32.shl").op("i32.add");
            f.get(c).op("i32.add").set(corner);
            eachRowTile(f, mr, rows, (first, height) => {
              f.get(tile).op("i32.eqz").if(() => pack(packA, panelA, a, [row, first], height, lda));
              emitTile(module, f, kernel, {
                a: panelA, b: panelB, depth: depths, c: corner, ldc, rows: height, columns: width, spare: workspace,
                pushAccumulate: () => f.get(depth).get(accumulate).op("i32.or"),
              });
              f.get(panelA);
              panelBytes(mr).op("i32.add").set(panelA);
              f.get(corner).get(ldc).get(height).op("i32.mul").op("i32.add").set(corner);
            });
            f.get(panelB).get(stepB).op("i32.add").set(panelB);
          });
          f.get(depthBlocks).i32(1).op("i32.eq").get(column).get(columns).op("i32.add").get(n).op("i32.eq").op("i32.and");
          f.if(() => callEpilogue(module, f, epilogue, () => f.get(row).get(row).get(rows).op("i32.add").get(epilogueArgs)));
        });
      });
    });
  });
  return index;
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
