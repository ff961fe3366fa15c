// What is known of a depthwise convolution at compile time: a row of results as blocks of neighbours, each with the columns
// of the image that it reads and the taps that meet there. Blocks away from the edges have one form and share code.

import type { ConvolutionGeometry } from "../../../ir/program/program.ts";
import { type GemmDtype, elements } from "../gemm/element.ts";

/** Both spatial axes; one axis counts as a single row. */
export interface Plane {
  readonly rows: Axis;
  readonly columns: Axis;
  readonly channels: number;
}

export interface Axis {
  readonly size: number;
  readonly window: number;
  readonly count: number;
  readonly stride: number;
  readonly dilation: number;
  /** Distance between neighbours of the image in the field that windows move over; zeros between. */
  readonly spread: number;
  readonly low: number;
}

/** Products of one column of the image, or of a zero outside it, with taps of the window's row. */
export interface ColumnTaps {
  /** Columns after the block's first; undefined: padding. */
  readonly column: number | undefined;
  readonly taps: readonly { readonly output: number; readonly tap: number }[];
}

export interface BlockForm {
  readonly outputs: number;
  /** In the order of the taps of each output. */
  readonly columns: readonly ColumnTaps[];
}

/** `repeat` blocks of one form, from an output and a column of the image on. */
export interface BlockRun {
  readonly form: BlockForm;
  readonly repeat: number;
  readonly output: number;
  readonly column: number;
  /** Columns from block to block. */
  readonly step: number;
}

const onePlane: Axis = { size: 1, window: 1, count: 1, stride: 1, dilation: 1, spread: 1, low: 0 };
/** The sums of a block and a row of taps stay in registers. */
const blockOutputs = 4;

/** Undefined where there is more than one channel in a group. */
export function planeOf({ image, window, counts, strides, dilation, spread, low, channels, outputs, groups }: ConvolutionGeometry): Plane | undefined {
  if (groups !== channels || outputs !== channels || groups === 1) return undefined;
  const axes = image.map((size, i): Axis => ({
    size, window: window[i]!, count: counts[i]!, stride: strides[i]!, dilation: dilation[i]!, spread: spread[i]!, low: low[i]!,
  }));
  const [rows, columns] = axes.length === 1 ? [onePlane, axes[0]!] : [axes[0]!, axes[1]!];
  return { rows, columns, channels };
}

/** The row or column of the image under a tap; undefined: zero, because it lies outside or between. */
export function placeOf({ size, stride, dilation, spread, low }: Axis, output: number, tap: number): number | undefined {
  const position = output * stride + tap * dilation - low;
  const place = Math.floor(position / spread);
  return position % spread === 0 && place >= 0 && place < size ? place : undefined;
}

/** Whether a tap falls between neighbours of the image: nothing is multiplied there. */
function isGap({ stride, dilation, spread, low }: Axis, output: number, tap: number): boolean {
  return (output * stride + tap * dilation - low) % spread !== 0;
}

export function blocksOf(axis: Axis): readonly BlockRun[] {
  const runs: BlockRun[] = [];
  let output = 0;
  while (output < axis.count) {
    const outputs = Math.min(blockOutputs, axis.count - output);
    const { form, column } = blockAt(axis, output, outputs);
    const last = runs[runs.length - 1];
    const same = last !== undefined && JSON.stringify(last.form) === JSON.stringify(form);
    const step = same ? (column - last.column) / last.repeat : 0;
    if (same && (last.repeat === 1 || step === last.step)) runs[runs.length - 1] = { ...last, repeat: last.repeat + 1, step };
    else runs.push({ form, repeat: 1, output, column, step: 0 });
    output += outputs;
  }
  return runs;
}

function blockAt(axis: Axis, first: number, outputs: number): { readonly form: BlockForm; readonly column: number } {
  const met: { position: number; column: number | undefined; output: number; tap: number }[] = [];
  for (let output = 0; output < outputs; output++) {
    for (let tap = 0; tap < axis.window; tap++) {
      if (isGap(axis, first + output, tap)) continue;
      met.push({ position: (first + output) * axis.stride + tap * axis.dilation, column: placeOf(axis, first + output, tap), output, tap });
    }
  }
  // By position, so that each output meets its taps in their order.
  met.sort((a, b) => a.position - b.position || a.output - b.output);
  const column = met.find((entry) => entry.column !== undefined)?.column ?? 0;
  const columns: { column: number | undefined; taps: { output: number; tap: number }[]; position: number }[] = [];
  for (const { position, output, tap, ...entry } of met) {
    const own = columns[columns.length - 1];
    if (own?.position === position) own.taps.push({ output, tap });
    else columns.push({ column: entry.column === undefined ? undefined : entry.column - column, taps: [{ output, tap }], position });
  }
  return { column, form: { outputs, columns: columns.map(({ column: at, taps }) => ({ column: at, taps })) } };
}

/** Bytes of the row of zeros and, after it, of the packed filter. */
export function depthwiseWorkspaceBytes(plane: Plane, dtype: GemmDtype): number {
  const { rows, columns, channels } = plane;
  const { lanes } = elements[dtype];
  return zeroBytes(plane, dtype) + Math.ceil(channels / lanes) * rows.window * columns.window * 16;
}

/** Of the row of zeros at the start of the workspace. */
export function zeroBytes({ columns, channels }: Plane, dtype: GemmDtype): number {
  return Math.ceil((columns.size * channels * elements[dtype].bytes + 16) / 16) * 16;
}
