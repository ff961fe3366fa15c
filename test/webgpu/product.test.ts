// Products of matrices on the adapter against sums in f64: tiles and their tails, layouts, strides, batches, thin matrices, and sizes that
// are known only when they run. Integers must come out exactly; fractions within what k roundings in any order may lose.
import { afterAll, describe, expect, test } from "vitest";
import { emitProduct } from "../../codegen/wgsl/product/emit-product.ts";
import type { OperandStrides, ProductDescription } from "../../codegen/wgsl/product/describe-product.ts";
import { multiplyMatrices } from "../../codegen/wgsl/product/multiply-matrices.ts";
import { emitTiled } from "../../codegen/wgsl/product/tiled.ts";
import { chooseTile, type DeviceKind, type Tile, tiles } from "../../codegen/wgsl/product/tiles.ts";
import type { Shader } from "../../codegen/wgsl/shader.ts";
import { isMissing, reportMissing, requestTestDevice } from "./adapter.ts";
import { runShader } from "./run-shader.ts";

interface Strides { readonly offset: number; readonly batchStride: number; readonly rowStride: number; readonly columnStride: number }
type Layout = "rows" | "columns";

interface Case {
  readonly batch?: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Which of its lines lie together in memory. */
  readonly a?: Layout;
  readonly b?: Layout;
  /** Elements between lines, and before the first. */
  readonly gap?: number;
  /** One matrix for the whole batch. */
  readonly sharedB?: boolean;
  readonly most?: number;
}

const device = await requestTestDevice();
if (isMissing(device)) reportMissing(device, "products are not tried");

function stridesOf(layout: Layout, rows: number, columns: number, gap: number, shared = false): { strides: Strides; elements: (batch: number) => number; described: OperandStrides } {
  const line = (layout === "rows" ? columns : rows) + gap;
  const strides = { offset: gap, batchStride: shared ? 0 : line * (layout === "rows" ? rows : columns), rowStride: layout === "rows" ? line : 1, columnStride: layout === "rows" ? 1 : line };
  const lines = layout === "rows" ? rows : columns;
  return { strides, elements: (batch) => gap + line * lines * (shared ? 1 : batch), described: { ...strides, unit: layout === "rows" ? "column" : "row" } };
}

const words = ({ offset, batchStride, rowStride, columnStride }: Strides): number[] => [offset, batchStride, rowStride, columnStride];

async function check(of: Case, known: boolean, emit: (description: ProductDescription) => Shader = (description) => emitProduct(description, "gpu")): Promise<Shader> {
  const { batch = 1, m, n, k, gap = 0 } = of;
  const a = stridesOf(of.a ?? "rows", m, k, gap);
  const b = stridesOf(of.b ?? "rows", k, n, gap, of.sharedB);
  const shader = emit(known
    ? { sizes: { batch, m, n, k }, a: a.described, b: b.described }
    : { sizes: { batch: undefined, m: undefined, n: undefined, k: undefined }, a: forget(a.described), b: forget(b.described) });
  for (const kind of ["integers", "fractions"] as const) {
    const left = fill(a.elements(batch), 1, kind);
    const right = fill(b.elements(batch), 2, kind);
    const result = new Float32Array(batch * m * n).fill(Number.NaN);
    await runShader({ device: (device as { device: GPUDevice }).device, shader, buffers: [left, right, result], sizes: [batch, m, n, k, ...words(a.strides), ...words(b.strides)], ...(of.most === undefined ? {} : { most: of.most }) });
    const wrong = firstWrong(result, left, a.strides, right, b.strides, { batch, m, n, k }, kind === "integers" ? 0 : 2 ** -23 * k);
    expect(wrong, `${shader.name}, ${kind}`).toBeUndefined();
  }
  return shader;
}

const inTiles = (tile: Tile) => (description: ProductDescription): Shader => emitTiled(multiplyMatrices(description), tile);
const smallest = tiles[tiles.length - 1]!;

const forget = ({ unit }: OperandStrides): OperandStrides => ({ offset: undefined, batchStride: undefined, rowStride: undefined, columnStride: undefined, unit });

/** Integers of -4 to 4, or fractions of [-1, 1), without a pattern that the strides could hide. */
function fill(length: number, seed: number, kind: "integers" | "fractions"): Float32Array {
  let state = seed * 7919;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return kind === "integers" ? (state >>> 16) % 9 - 4 : (state >>> 8) / 2 ** 23 - 1;
  });
}

function firstWrong(
  c: Float32Array, a: Float32Array, sa: Strides, b: Float32Array, sb: Strides,
  { batch, m, n, k }: { batch: number; m: number; n: number; k: number }, relative: number,
): string | undefined {
  for (let g = 0; g < batch; g++) for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) {
    let [sum, size] = [0, 0];
    for (let l = 0; l < k; l++) {
      const product = a[sa.offset + g * sa.batchStride + i * sa.rowStride + l * sa.columnStride]! * b[sb.offset + g * sb.batchStride + l * sb.rowStride + j * sb.columnStride]!;
      sum += product;
      size += Math.abs(product);
    }
    const got = c[(g * m + i) * n + j]!;
    if (!(Math.abs(got - sum) <= relative * size)) return `element [${g}, ${i}, ${j}] is ${got}, not ${sum}`;
  }
  return undefined;
}

const layouts: readonly (readonly [Layout, Layout])[] = [["rows", "rows"], ["rows", "columns"], ["columns", "rows"], ["columns", "columns"]];

describe.skipIf(isMissing(device))("a product on the adapter", () => {
  afterAll(() => (device as { device: GPUDevice }).device.destroy());

  describe.each(layouts)("of a in %s and b in %s", (a, b) => {
    test("in tiles, with a part of a tile at each end", async () => {
      for (const known of [true, false]) {
        await check({ m: 44, n: 36, k: 36, a, b }, known, inTiles(smallest));
        await check({ m: 37, n: 25, k: 17, a, b }, known, inTiles(smallest));
      }
    });

    test("of sizes from 1 on", async () => {
      for (const [m, n, k] of [[1, 1, 1], [5, 6, 7], [9, 1, 33], [2, 70, 5], [33, 34, 1], [8, 8, 8]] as const) await check({ m, n, k, a, b }, false);
      await check({ m: 5, n: 6, k: 7, a, b }, true);
    });

    test("with elements between the lines", async () => {
      await check({ m: 20, n: 24, k: 28, a, b, gap: 4 }, true);
      await check({ m: 20, n: 24, k: 28, a, b, gap: 3 }, false);
    });

    test("of a batch", async () => {
      await check({ batch: 5, m: 12, n: 20, k: 16, a, b }, true);
      await check({ batch: 3, m: 7, n: 9, k: 11, a, b, sharedB: true }, false);
    });

    test("with few rows or few columns", async () => {
      for (const kind of ["gpu", "software"] as const) for (const [few, many, k] of [[1, 64, 132], [3, 41, 37]] as const) {
        const rows = await check({ m: few, n: many, k, a, b }, true, (description) => emitProduct(description, kind));
        const columns = await check({ m: many, n: few, k, a, b }, true, (description) => emitProduct(description, kind));
        expect([rows.name, columns.name]).toEqual([`product with ${few} rows`, `product with ${few} columns`]);
      }
      await check({ batch: 3, m: 2, n: 40, k: 24, a, b }, true);
    });
  });

  // They differ from the smallest in numbers alone, and a software adapter takes long to compile them.
  test.each(tiles)("in tiles of $rows by $columns", async (tile) => {
    await check({ m: tile.rows + 12, n: tile.columns + 4, k: 20, b: "columns" }, true, inTiles(tile));
    await check({ m: tile.rows + 5, n: tile.columns - 7, k: 17, a: "columns" }, false, inTiles(tile));
  });

  test("has the same bits in every tile", async () => {
    const [m, n, k] = [40, 36, 50];
    const [left, right] = [fill(m * k, 1, "fractions"), fill(k * n, 2, "fractions")];
    const dense = (columns: number): OperandStrides => ({ offset: 0, batchStride: 0, rowStride: columns, columnStride: 1, unit: "column" });
    const results = await Promise.all(tiles.map(async (tile) => {
      const result = new Float32Array(m * n);
      const shader = inTiles(tile)({ sizes: { batch: 1, m, n, k }, a: dense(k), b: dense(n) });
      await runShader({ device: (device as { device: GPUDevice }).device, shader, buffers: [left, right, result], sizes: [1, m, n, k, 0, 0, k, 1, 0, 0, n, 1] });
      return [...new Int32Array(result.buffer)];
    }));
    for (const result of results) expect(result).toEqual(results[0]);
  });

  test("with few rows or few columns has the same bits, for whatever device its shader is made", async () => {
    for (const [m, n, k] of [[1, 300, 531], [3, 40, 256], [70, 2, 1028], [9, 1, 33]] as const) {
      for (const b of ["rows", "columns"] as const) {
        const [left, right] = [fill(m * k, 1, "fractions"), fill(k * n, 2, "fractions")];
        const strides = stridesOf(b, k, n, 0);
        const description = { sizes: { batch: 1, m, n, k }, a: stridesOf("rows", m, k, 0).described, b: strides.described };
        const results = await Promise.all((["gpu", "software"] as const).map(async (kind) => {
          const result = new Float32Array(m * n);
          await runShader({ device: (device as { device: GPUDevice }).device, shader: emitProduct(description, kind), buffers: [left, right, result], sizes: [1, m, n, k, 0, 0, k, 1, ...words(strides.strides)] });
          return [...new Int32Array(result.buffer)];
        }));
        expect(results[1]).toEqual(results[0]);
        expect(new Set(results[0]).size).toBeGreaterThan(m * n / 2);
      }
    }
  });

  test("takes the tile that costs least of those that keep the device busy", () => {
    const chosen = (m: number | undefined, n: number, kind: DeviceKind): string => {
      const { rows, columns, perThread } = chooseTile({ batch: 1, m, n, k: 512 }, kind);
      return `${rows}x${columns} by ${perThread}`;
    };
    const table: readonly (readonly [m: number | undefined, n: number, gpu: string, software: string])[] = [
      [4096, 4096, "128x128 by 8", "64x64 by 8"], [1024, 1024, "64x64 by 8", "64x64 by 8"], [256, 256, "32x32 by 4", "64x64 by 8"], [undefined, 128, "32x32 by 4", "64x64 by 8"],
      // Narrow ones: what a wide tile computes beside the result is in vain.
      [73_728, 20, "32x32 by 4", "32x32 by 8"], [64, 20, "32x32 by 4", "32x32 by 8"],
    ];
    for (const [m, n, gpu, software] of table) expect([m, n, chosen(m, n, "gpu"), chosen(m, n, "software")]).toEqual([m, n, gpu, software]);
  });

  test("without a depth is 0", async () => {
    for (const known of [true, false]) await check({ m: 9, n: 7, k: 0 }, known);
    await check({ m: 1, n: 7, k: 0 }, true);
  });

  test("of nothing is nothing", async () => {
    for (const known of [true, false]) await check({ m: 0, n: 7, k: 3 }, known);
  });

  test("goes on where there are more tiles than one dispatch may have", async () => {
    for (const known of [true, false]) await check({ batch: 5, m: 70, n: 70, k: 6, most: 2 }, known);
    for (const kind of ["gpu", "software"] as const) await check({ batch: 5, m: 2, n: 600, k: 6, most: 2 }, true, (description) => emitProduct(description, kind));
  });
});
