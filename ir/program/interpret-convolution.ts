// The meaning of a convolve statement: naive loops, each product and each sum rounded to the dtype.

import { elementCount } from "../data.ts";
import { InternalError } from "../errors.ts";
import type { KernelBuffer } from "../kernel/interpret.ts";
import { normalize } from "../kernel/scalar-meaning.ts";
import type { DType } from "../types.ts";
import { convolveOperands } from "./access.ts";
import type { BufferId, ConvolutionGeometry, Convolve } from "./program.ts";

interface Range {
  readonly begin: number;
  readonly end: number;
}

/** Of the filter as a matrix: rows are the taps of the window, each with the channels of a group, columns the outputs. */
export interface FilterPart {
  readonly rows: Range;
  readonly columns: Range;
}

export function wholeFilter({ window, channels, groups, outputs }: ConvolutionGeometry): FilterPart {
  return { rows: { begin: 0, end: elementCount(window) * channels / groups }, columns: { begin: 0, end: outputs } };
}

/** `stored`: the dtype of what is written; `part`: the rows and columns that are computed of a filter. */
export function interpretConvolution(
  convolve: Convolve, batch: number, bufferOf: (buffer: BufferId) => KernelBuffer, stored: DType = convolve.dtype, part = wholeFilter(convolve.geometry),
): void {
  const { computes, dtype, geometry } = convolve;
  const { image, window, counts, channels, outputs, groups } = geometry;
  const round = dtype === "f32" ? Math.fround : (value: number) => value;
  const { read, written } = convolveOperands(convolve);
  for (const buffer of read) {
    if (bufferOf(buffer).written?.includes(0)) throw new InternalError(`a convolution reads buffer ${buffer}, which is not written everywhere`);
  }
  const [x, other, target] = [bufferOf(read[0]!).data, bufferOf(read[1]!).data, bufferOf(written)];
  const [perGroup, outputsPerGroup] = [channels / groups, outputs / groups];
  const positions = elementCount(counts);
  const taps = elementCount(window);

  /** The image's element under a tap of the window at a position, 0 where that is padding. */
  const pixel = (n: number, position: number, tap: number, channel: number): number => {
    const place = placeOf(geometry, indexOf(position, counts), indexOf(tap, window));
    if (place === undefined) return 0;
    const at = (n * elementCount(image) + place) * channels + channel;
    if (at >= x.length) throw new InternalError(`a convolution reads element ${at} of ${x.length} of buffer ${read[0]}`);
    return Number(x[at]);
  };
  const write = (at: number, value: number): void => {
    if (at >= target.data.length) throw new InternalError(`a convolution writes element ${at} of ${target.data.length} of buffer ${written}`);
    target.data[at] = normalize(value, stored);
    if (target.written !== undefined) target.written[at] = 1;
  };
  const firstChannel = (output: number): number => Math.floor(output / outputsPerGroup) * perGroup;

  if (computes === "result") {
    for (let n = 0; n < batch; n++) for (let position = 0; position < positions; position++) for (let o = 0; o < outputs; o++) {
      let sum = 0;
      for (let tap = 0; tap < taps; tap++) for (let c = 0; c < perGroup; c++) {
        sum = round(sum + round(pixel(n, position, tap, firstChannel(o) + c) * Number(other[(tap * perGroup + c) * outputs + o])));
      }
      write((n * positions + position) * outputs + o, sum);
    }
    return;
  }
  for (let row = part.rows.begin; row < part.rows.end; row++) for (let o = part.columns.begin; o < part.columns.end; o++) {
    const [tap, c] = [Math.floor(row / perGroup), row % perGroup];
    let sum = 0;
    for (let n = 0; n < batch; n++) for (let position = 0; position < positions; position++) {
      sum = round(sum + round(pixel(n, position, tap, firstChannel(o) + c) * Number(other[(n * positions + position) * outputs + o])));
    }
    write(row * outputs + o, sum);
  }
}

function placeOf({ image, strides, dilation, spread, low }: Convolve["geometry"], position: readonly number[], tap: readonly number[]): number | undefined {
  let place = 0;
  for (const [axis, size] of image.entries()) {
    const at = (position[axis]! * strides[axis]! + tap[axis]! * dilation[axis]! - low[axis]!) / spread[axis]!;
    if (!Number.isInteger(at) || at < 0 || at >= size) return undefined;
    place = place * size + at;
  }
  return place;
}

function indexOf(position: number, sizes: readonly number[]): readonly number[] {
  const index = new Array<number>(sizes.length);
  for (let axis = sizes.length - 1; axis >= 0; axis--) {
    index[axis] = position % sizes[axis]!;
    position = Math.floor(position / sizes[axis]!);
  }
  return index;
}
