// What is known of a convolution at compile time: which elements of an image a patch takes, how many images are worked
// off at once, and where everything lies in the workspace. A patch's element lies at the sum of two offsets, one of the
// window's position and one of the tap, so patches need no memory: packing reads them out of the image. Where windows reach
// over the image's edge, a block of images is first copied between zeros.

import { elementCount } from "../../../ir/data.ts";
import type { ConvolutionGeometry, Convolve } from "../../../ir/program/program.ts";
import type { CodeVariant } from "../code-variant.ts";
import { type GemmDtype, elements } from "../gemm/element.ts";
import { gemmWorkspaceBytes } from "../gemm/gemm.ts";

/** Taps that are consecutive in the image and in the filter. In elements; `offset` counts from the window's first place. */
export interface Run {
  readonly offset: number;
  readonly length: number;
}

export interface ConvolutionPlan {
  readonly geometry: ConvolutionGeometry;
  readonly computes: Convolve["computes"];
  readonly dtype: GemmDtype;
  readonly code: CodeVariant;
  /** Whether images are copied between zeros. */
  readonly padded: boolean;
  /** Spatial sizes of the images that packing reads: the padded ones, or those given. */
  readonly extent: readonly number[];
  /** Element of such an image at which the first window starts. */
  readonly origin: number;
  /** Images worked off at once, at most. */
  readonly images: number;
  /** Places of the window in an image. */
  readonly positions: number;
  /** Taps of one group, all channels: the depth of the product. */
  readonly depth: number;
  readonly runs: readonly Run[];
  readonly workspace: WorkspaceLayout;
}

/** Offsets in bytes, multiples of `workspaceAlignment`. */
export interface WorkspaceLayout {
  readonly runs: number;
  readonly positions: number;
  readonly images: number;
  readonly gemm: number;
  readonly bytes: number;
}

export const workspaceAlignment = 64;
/** Bytes of a run in the workspace: two words, offset and length in bytes. */
export const runBytes = 8;
/** Rows of the product that a block of images should have, so that the filter is not packed for a few rows. */
const rowsPerBlock = 512;

export function planConvolution(geometry: ConvolutionGeometry, computes: Convolve["computes"], dtype: GemmDtype, code: CodeVariant): ConvolutionPlan {
  const { image, window, counts, strides, dilation, low, channels, outputs, groups } = geometry;
  const reach = counts.map((count, axis) => (count - 1) * strides[axis]! + (window[axis]! - 1) * dilation[axis]! + 1);
  const padded = image.some((size, axis) => low[axis]! > 0 || reach[axis]! - low[axis]! > size);
  const extent = padded ? reach : image;
  const positions = elementCount(counts);
  const images = Math.ceil(rowsPerBlock / positions);
  const runs = runsOf(extent, geometry);
  const depth = runs.reduce((sum, run) => sum + run.length, 0);
  const { bytes } = elements[dtype];
  const perGroup = outputs / groups;
  const [m, k] = computes === "result" ? [images * positions, depth] : [depth, images * positions];
  const panels = gemmWorkspaceBytes(dtype, code, m, perGroup, k);
  const places = sequence([
    contextBytes, runs.length * runBytes, images * positions * 4,
    // Packing reads up to a vector past an image's end.
    padded ? images * elementCount(extent) * channels * bytes + 16 : 0, panels,
  ]);
  return {
    geometry, computes, dtype, code, padded, extent, images, positions, depth, runs,
    origin: padded ? 0 : dot(low.map((margin) => -margin), stridesOf(extent, channels)),
    workspace: { runs: places[1]!, positions: places[2]!, images: places[3]!, gemm: places[4]!, bytes: places[5]! + workspaceAlignment },
  };
}

/** Words at the start of the workspace: what packing is given. */
export const context = { image: 0, positions: 4, runs: 8 } as const;
const contextBytes = 12;

/** Where blocks of so many bytes lie one after another, aligned, and their end. */
function sequence(sizes: readonly number[]): readonly number[] {
  const places = [0];
  for (const size of sizes) places.push(Math.ceil((places[places.length - 1]! + size) / workspaceAlignment) * workspaceAlignment);
  return places;
}

function runsOf(extent: readonly number[], { window, dilation, channels, groups }: ConvolutionGeometry): readonly Run[] {
  const steps = stridesOf(extent, channels).map((stride, axis) => stride * dilation[axis]!);
  const runs: Run[] = [];
  for (let tap = 0; tap < elementCount(window); tap++) {
    const offset = dot(indexOf(tap, window), steps);
    const last = runs[runs.length - 1];
    if (last !== undefined && last.offset + last.length === offset) runs[runs.length - 1] = { ...last, length: last.length + channels / groups };
    else runs.push({ offset, length: channels / groups });
  }
  return runs;
}

/** Elements from place to place along each spatial axis, in an image of these sizes. */
export function stridesOf(sizes: readonly number[], channels: number): readonly number[] {
  const strides = new Array<number>(sizes.length);
  let stride = channels;
  for (let axis = sizes.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= sizes[axis]!;
  }
  return strides;
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

function indexOf(position: number, sizes: readonly number[]): readonly number[] {
  const index = new Array<number>(sizes.length);
  for (let axis = sizes.length - 1; axis >= 0; axis--) {
    index[axis] = position % sizes[axis]!;
    position = Math.floor(position / sizes[axis]!);
  }
  return index;
}
