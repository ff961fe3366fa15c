// Depthwise convolutions: one filter for each channel, lanes along channels. The result is made row by row; a block of
// neighbours shares the loads of the image's columns. Rows outside the image are a row of zeros in the workspace. Each
// element is the sequential sum over the window in row-major order, rounded after each operation.

import type { Convolve } from "../../../ir/program/program.ts";
import { type FunctionBuilder, type Local, type ModuleBuilder, countedLoop } from "../encode/index.ts";
import { type Element, type GemmDtype, elements } from "../gemm/element.ts";
import { once } from "../gemm/variant.ts";
import { type BlockForm, type Plane, blocksOf, zeroBytes } from "./depthwise-plan.ts";
import { emitDepthwiseFilterRow } from "./depthwise-filter.ts";

/** Emits the function that `declareConvolution` describes. */
export function emitDepthwise(
  module: ModuleBuilder, plane: Plane, dtype: GemmDtype, computes: Convolve["computes"], ofPart: boolean, epilogue: number | undefined,
): number {
  const element = elements[dtype];
  const { rows, columns, channels } = plane;
  const line = channels * element.bytes;
  const row = computes === "result" ? emitResultRow(module, element, plane) : emitDepthwiseFilterRow(module, element, plane, ofPart);
  const params = new Array<"i32">(ofPart ? 8 : 6).fill("i32");
  return module.addFunction(`depthwise_${computes}_${dtype}`, params, [], (f, ...locals) => {
    const [batch, image, filter, result, zeros, epilogueArgs, begin, end] = locals as [Local, Local, Local, Local, Local, Local, Local?, Local?];
    const [n, output, position, place] = [f.local("i32"), f.local("i32"), f.local("i32"), f.local("i32")];
    f.get(zeros).i32(0).i32(zeroBytes(plane, dtype)).memoryFill();
    if (computes === "result") {
      f.get(zeros).i32(zeroBytes(plane, dtype)).op("i32.add").get(filter).call(emitPackFilter(module, element, plane));
      f.get(zeros).i32(zeroBytes(plane, dtype)).op("i32.add").set(filter);
    }
    if (begin !== undefined && end !== undefined) {
      for (const channel of [begin, end]) f.get(channel).i32(element.bytes).op("i32.mul").set(channel);
      countedLoop(f, position, { from: () => f.i32(0), to: () => f.i32(rows.window * columns.window * line), step: line }, () =>
        f.get(filter).get(position).op("i32.add").get(begin).op("i32.add").i32(0).get(end).get(begin).op("i32.sub").memoryFill());
    } else if (computes === "filter") f.get(filter).i32(0).i32(rows.window * columns.window * line).memoryFill();
    countedLoop(f, n, { from: () => f.i32(0), to: () => f.get(batch), step: 1 }, () => {
      countedLoop(f, output, { from: () => f.i32(0), to: () => f.i32(rows.count), step: 1 }, () => {
        for (let tap = 0; tap < rows.window; tap++) {
          f.get(output).i32(rows.stride).op("i32.mul").i32(tap * rows.dilation - rows.low).op("i32.add").set(position);
          if (rows.spread === 1) f.get(position).set(place);
          else f.get(position).i32(rows.spread).op("i32.div_s").set(place);
          f.get(image).get(place).i32(columns.size * line).op("i32.mul").op("i32.add").get(zeros);
          // Unsigned: negative positions are large.
          f.get(position).i32((rows.size - 1) * rows.spread).op("i32.le_u");
          if (rows.spread > 1) f.get(position).i32(rows.spread).op("i32.rem_u").op("i32.eqz").op("i32.and");
          f.op("select");
        }
        f.get(filter).get(result);
        if (begin !== undefined && end !== undefined) f.get(begin).get(end);
        f.call(row);
        f.get(result).i32(columns.count * line).op("i32.add").set(result);
      });
      f.get(image).i32(rows.size * columns.size * line).op("i32.add").set(image);
      if (epilogue !== undefined) f.get(n).get(n).i32(1).op("i32.add").get(epilogueArgs).call(epilogue);
    });
  });
}

/**
 * Emits `(target, filter)`: all taps of a vector of channels side by side, the vectors as `eachVector` takes them. Taps that lie
 * a power of two apart, as the channels often do, would share too few lines of the cache with the image's columns.
 */
function emitPackFilter(module: ModuleBuilder, element: Element, { rows, columns, channels }: Plane): number {
  const taps = rows.window * columns.window;
  return module.addFunction(`depthwise_pack_${element.type}`, ["i32", "i32"], [], (f, target, filter) => {
    eachVector(f, element, channels, (at) => {
      for (let tap = 0; tap < taps; tap++) {
        f.get(target).get(filter).get(at).op("i32.add").load("v128.load", tap * channels * element.bytes).store("v128.store", 16 * tap);
      }
      f.get(target).i32(16 * taps).op("i32.add").set(target);
    });
  });
}

/** Emits `(row 0, ..., filter, result)`: one row of the result from the image's rows under the window, with the packed filter. */
function emitResultRow(module: ModuleBuilder, element: Element, plane: Plane): number {
  const { rows, columns, channels } = plane;
  const line = channels * element.bytes;
  const runs = blocksOf(columns).map((run) => ({ ...run, kernel: declareBlock(module, element, plane, run.form) }));
  const params = new Array<"i32">(rows.window + 2).fill("i32");
  return module.addFunction(`depthwise_row_${element.type}`, params, [], (f, ...locals) => {
    const sources = locals.slice(0, rows.window);
    const [filter, result] = locals.slice(rows.window) as [Local, Local];
    const [block, column, at] = [f.local("i32"), f.local("i32"), f.local("i32")];
    for (const run of runs) {
      f.i32(run.column * line).set(column);
      f.get(result).i32(run.output * line).op("i32.add").set(at);
      const once = (): void => {
        for (const source of sources) f.get(source).get(column).op("i32.add");
        f.get(filter).get(at).call(run.kernel);
      };
      if (run.repeat === 1) {
        once();
        continue;
      }
      countedLoop(f, block, { from: () => f.i32(0), to: () => f.i32(run.repeat), step: 1 }, () => {
        once();
        f.get(column).i32(run.step * line).op("i32.add").set(column);
        f.get(at).i32(run.form.outputs * line).op("i32.add").set(at);
      });
    }
  });
}

/** Emits `(row 0, ..., filter, result)`, rows and result from the block's first column on: all channels of a block. */
function declareBlock(module: ModuleBuilder, element: Element, { rows, columns, channels }: Plane, form: BlockForm): number {
  const line = channels * element.bytes;
  const key = `depthwise ${element.type} ${channels} ${rows.window}x${columns.window} ${JSON.stringify(form)}`;
  const params = new Array<"i32">(rows.window + 2).fill("i32");
  return once(module, key, () => module.addFunction(`depthwise_block_${element.type}_${form.outputs}`, params, [], (f, ...locals) => {
    const sources = locals.slice(0, rows.window);
    const [filter, result] = locals.slice(rows.window) as [Local, Local];
    const sums = f.localsOf("v128", form.outputs);
    const taps = f.localsOf("v128", columns.window);
    const [pixel, zero] = [f.local("v128"), f.local("v128")];
    eachVector(f, element, channels, (at) => {
      for (const sum of sums) f.get(zero).set(sum);
      sources.forEach((source, row) => {
        taps.forEach((tap, i) => {
          f.get(filter).load("v128.load", (row * columns.window + i) * 16).set(tap);
        });
        for (const { column, taps: met } of form.columns) {
          if (column !== undefined) f.get(source).get(at).op("i32.add").load("v128.load", column * line).set(pixel);
          for (const { output, tap } of met) {
            f.get(sums[output]!).get(column === undefined ? zero : pixel).get(taps[tap]!).op(element.vectorMul).op(element.vectorAdd).set(sums[output]!);
          }
        }
      });
      sums.forEach((sum, output) => f.get(result).get(at).op("i32.add").get(sum).store("v128.store", output * line));
      f.get(filter).i32(rows.window * columns.window * 16).op("i32.add").set(filter);
    });
  }));
}

/** Steps through all channels by vectors; the last one overlaps the one before where channels are no multiple of lanes. */
function eachVector(f: FunctionBuilder, element: Element, channels: number, body: (at: Local) => void): void {
  const at = f.local("i32");
  const last = (channels - element.lanes) * element.bytes;
  f.loop((next) => {
    body(at);
    if (channels % element.lanes === 0) {
      f.get(at).i32(16).op("i32.add").tee(at).i32(last).op("i32.le_s").brIf(next);
      return;
    }
    f.get(at).i32(last).op("i32.lt_s").if(() => {
      f.get(at).i32(16).op("i32.add").tee(at).i32(last).get(at).i32(last).op("i32.lt_s").op("select").set(at).br(next);
    });
  });
}
