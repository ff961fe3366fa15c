// A convolution, or its gradient by the filter, as a matrix product whose left operand is packed out of the images: no
// patches in memory. Each element of the result is a sequential sum over the filter in row-major order, each element of
// the gradient one over batch and positions, rounded after each operation: the same bits for every block size.

import { elementCount } from "../../../ir/data.ts";
import type { ConvolutionGeometry, Convolve } from "../../../ir/program/program.ts";
import type { CodeVariant } from "../code-variant.ts";
import { type FunctionBuilder, type Local, type ModuleBuilder, countedLoop } from "../encode/index.ts";
import { declareBlockedGemm } from "../gemm/blocked-gemm.ts";
import { type GemmDtype, elements } from "../gemm/element.ts";
import { tileKernel } from "../gemm/kernels.ts";
import { placeOfPack } from "../gemm/pack.ts";
import { once } from "../gemm/variant.ts";
import { emitDepthwise } from "./depthwise.ts";
import { planeOf } from "./depthwise-plan.ts";
import { declarePackPositions, declarePackTaps, findRun } from "./pack-patches.ts";
import { type ConvolutionPlan, context, planConvolution, runBytes, stridesOf, workspaceAlignment } from "./plan.ts";

export interface ConvolutionVariant {
  readonly dtype: GemmDtype;
  readonly code: CodeVariant;
  readonly computes: Convolve["computes"];
  readonly geometry: ConvolutionGeometry;
  /** A gradient by the filter of which each call computes a part: two more parameters, the first tap, counted with the channels of a group, and the one after the last; the first channel and the one after the last of a
   *  depthwise one. */
  readonly ofPart?: boolean;
  /** A function `(begin, end, epilogueArgs)`, called for blocks of images that together are the batch when they are final. */
  readonly epilogue?: number;
}

/**
 * The index of the variant's function, emitted at the first request: `(batch, image, filter, result, workspace,
 * epilogueArgs)`, all i32, addresses of dense tensors as in `Convolve`. The batch may be 0. Reads stay within 16 bytes after
 * a tensor's end.
 */
export function declareConvolution(module: ModuleBuilder, variant: ConvolutionVariant): number {
  const { dtype, code, computes, geometry, ofPart = false, epilogue } = variant;
  const key = `convolution ${dtype} ${code.relaxed} ${code.wide} ${computes} ${ofPart} ${JSON.stringify(geometry)} ${epilogue ?? ""}`;
  return once(module, key, () => {
    const plane = planeOf(geometry);
    return plane === undefined
      ? emitConvolution(module, planConvolution(geometry, computes, dtype, code), ofPart, epilogue)
      : emitDepthwise(module, plane, dtype, computes, ofPart, epilogue);
  });
}

function emitConvolution(module: ModuleBuilder, plan: ConvolutionPlan, ofPart: boolean, epilogue: number | undefined): number {
  const { computes, dtype, code, geometry, workspace: places, depth } = plan;
  const { channels, outputs, groups, image: sizes } = geometry;
  const element = elements[dtype];
  const { bytes } = element;
  const { heights: [mr], widths: [nr] } = tileKernel(dtype, code);
  const gather = module.tablePlace(computes === "result" ? declarePackPositions(module, element, mr) : declarePackTaps(module, element, mr));
  const pack = placeOfPack(module, dtype, "across", nr);
  const gemm = declareBlockedGemm(module, dtype, code);
  const imageBytes = elementCount(sizes) * channels * bytes;
  const resultBytes = plan.positions * outputs * bytes;

  const line = outputs * bytes;
  const index = module.declareFunction(`convolution_${computes}_${dtype}`, { params: new Array<"i32">(ofPart ? 8 : 6).fill("i32"), results: [] });
  module.defineFunction(index, (f, ...params) => {
    const [batch, image, filter, result, workspace, epilogueArgs, begin, end] = params as [Local, Local, Local, Local, Local, Local, Local?, Local?];
    const [first, count, group, base] = [f.local("i32"), f.local("i32"), f.local("i32"), f.local("i32")];
    const place = (offset: number): FunctionBuilder => f.get(workspace).i32(offset).op("i32.add");
    f.get(workspace).i32(workspaceAlignment - 1).op("i32.add").i32(-workspaceAlignment).op("i32.and").set(workspace);
    f.get(workspace);
    place(places.positions).store("i32.store", context.positions);
    f.get(workspace);
    place(places.runs).store("i32.store", context.runs);
    plan.runs.forEach(({ offset, length }, i) => {
      f.get(workspace).i32(offset * bytes).store("i32.store", places.runs + runBytes * i);
      f.get(workspace).i32(length * bytes).store("i32.store", places.runs + runBytes * i + 4);
    });
    const taps = (): FunctionBuilder => (begin === undefined || end === undefined ? f.i32(depth) : f.get(end).get(begin).op("i32.sub"));
    if (begin !== undefined) {
      emitSkippedTaps(f, workspace, begin, bytes);
      f.get(filter).get(begin).i32(line).op("i32.mul").op("i32.add").set(filter);
    }
    emitPositions(f, plan, bytes, () => place(places.positions));
    if (plan.padded) place(places.images).i32(0).i32(plan.images * elementCount(plan.extent) * channels * bytes).memoryFill();
    if (computes === "filter") f.get(batch).op("i32.eqz").if(() => {
      f.get(filter).i32(0);
      if (ofPart) taps().i32(line).op("i32.mul").memoryFill();
      else f.i32(depth * line).memoryFill();
    });
    countedLoop(f, first, { from: () => f.i32(0), to: () => f.get(batch), step: plan.images }, () => {
      f.get(batch).get(first).op("i32.sub").tee(count).i32(plan.images).get(count).i32(plan.images).op("i32.lt_s").op("select").set(count);
      f.get(image).get(first).i32(imageBytes).op("i32.mul").op("i32.add");
      f.i32(plan.origin * bytes).op("i32.add").set(base);
      if (plan.padded) {
        emitPadding(f, plan, bytes, base, count, () => place(places.images));
        place(places.images).set(base);
      }
      const ofGroup = (address: () => void, perGroup: number): FunctionBuilder => {
        address();
        return groups === 1 ? f : f.get(group).i32(perGroup * bytes).op("i32.mul").op("i32.add");
      };
      const product = (): void => {
        f.get(workspace);
        ofGroup(() => f.get(base), channels / groups).store("i32.store", context.image);
        const positions = (): FunctionBuilder => f.get(count).i32(plan.positions).op("i32.mul");
        const results = (): FunctionBuilder =>
          ofGroup(() => f.get(result).get(first).i32(resultBytes).op("i32.mul").op("i32.add"), outputs / groups);
        const weights = (): FunctionBuilder => ofGroup(() => f.get(filter), outputs / groups);
        if (computes === "result") {
          positions().i32(outputs / groups).i32(depth).get(workspace).i32(0).i32(gather);
          weights().i32(line).i32(pack);
          results().i32(line);
        } else {
          taps().i32(outputs / groups);
          positions().get(workspace).i32(0).i32(gather);
          results().i32(line).i32(pack);
          weights().i32(line);
        }
        // No epilogue; a gradient is added to that of the images before.
        place(places.gemm).i32(0).i32(0);
        (computes === "result" ? f.i32(0) : f.get(first)).call(gemm);
      };
      if (groups === 1) product();
      else countedLoop(f, group, { from: () => f.i32(0), to: () => f.i32(groups), step: 1 }, product);
      if (epilogue !== undefined) f.get(first).get(first).get(count).op("i32.add").get(epilogueArgs).call(epilogue);
    });
  });
  return index;
}

/** Takes the taps before `begin` out of the list of runs. */
function emitSkippedTaps(f: FunctionBuilder, workspace: Local, begin: Local, bytes: number): void {
  const [run, skip] = [f.local("i32"), f.local("i32")];
  f.get(workspace).load("i32.load", context.runs).set(run);
  f.get(begin).i32(bytes).op("i32.mul").set(skip);
  findRun(f, run, skip);
  f.get(run);
  f.get(run).load("i32.load").get(skip).op("i32.add").store("i32.store");
  f.get(run);
  f.get(run).load("i32.load", 4).get(skip).op("i32.sub").store("i32.store", 4);
  f.get(workspace).get(run).store("i32.store", context.runs);
}

/** Fills the list of positions: where each window of a block of images starts, in bytes. */
function emitPositions(f: FunctionBuilder, plan: ConvolutionPlan, bytes: number, target: () => void): void {
  const { geometry: { counts, strides, channels }, extent, images } = plan;
  const steps = [elementCount(extent) * channels, ...stridesOf(extent, channels).map((stride, axis) => stride * strides[axis]!)];
  const at = f.local("i32");
  target();
  f.set(at);
  eachIndex(f, [images, ...counts], steps.map((step) => [step * bytes]), [() => f.i32(0)], ([offset]) => {
    f.get(at).get(offset!).store("i32.store");
    f.get(at).i32(4).op("i32.add").set(at);
  });
}

/** Copies `count` images from `source` on into the middle of the padded ones, row by row. */
function emitPadding(f: FunctionBuilder, plan: ConvolutionPlan, bytes: number, source: Local, count: Local, target: () => void): void {
  const { geometry: { image, low, channels }, extent } = plan;
  const before = low.map((margin) => Math.max(margin, 0));
  const cropped = low.map((margin) => Math.max(-margin, 0));
  const kept = image.map((size, axis) => Math.min(size - cropped[axis]!, extent[axis]! - before[axis]!));
  if (kept.some((size) => size <= 0)) return;
  const [from, to] = [stridesOf(image, channels), stridesOf(extent, channels)];
  const start = (offsets: readonly number[], strides: readonly number[]): number =>
    offsets.reduce((sum, offset, axis) => sum + offset * strides[axis]!, 0) * bytes;
  const row = kept[kept.length - 1]! * channels * bytes;
  const steps = [[elementCount(image) * channels, elementCount(extent) * channels], ...from.map((stride, axis) => [stride, to[axis]!])].slice(0, -1);
  eachIndex(f, [count, ...kept.slice(0, -1)].map((size, axis) => (axis === 0 ? { local: count } : size as number)),
    steps.map(([a, b]) => [a! * bytes, b! * bytes]), [
      () => f.get(source).i32(start(cropped, from)).op("i32.add"),
      () => {
        target();
        f.i32(start(before, to)).op("i32.add");
      },
    ], ([a, b]) => {
      f.get(b!).get(a!).i32(row).memoryCopy();
    });
}

type Extent = number | { readonly local: Local };

/** Nested loops with offsets that start at `from` and move by `steps[axis]` along each axis; all extents are at least 1. */
function eachIndex(
  f: FunctionBuilder, extents: readonly Extent[], steps: readonly (readonly number[])[], from: readonly (() => void)[],
  body: (offsets: readonly Local[]) => void,
): void {
  const open = (axis: number, start: readonly (() => void)[]): void => {
    const offsets = start.map(() => f.local("i32"));
    start.forEach((push, i) => {
      push();
      f.set(offsets[i]!);
    });
    if (axis === extents.length) {
      body(offsets);
      return;
    }
    const [extent, counter] = [extents[axis]!, f.local("i32")];
    const to = (): FunctionBuilder => (typeof extent === "number" ? f.i32(extent) : f.get(extent.local));
    countedLoop(f, counter, { from: () => f.i32(0), to, step: 1 }, () => {
      open(axis + 1, offsets.map((offset) => () => f.get(offset)));
      offsets.forEach((offset, i) => f.get(offset).i32(steps[axis]![i]!).op("i32.add").set(offset));
    });
  };
  open(0, from);
}
