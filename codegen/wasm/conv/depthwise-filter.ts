// The gradient of a depthwise convolution by its filter, one row of the result's places at a time: sums of a row of taps stay
// in registers while the places pass. Each sum goes on from what the filter holds, over batch and places in their order.

import type { FunctionBuilder, Local, ModuleBuilder } from "../encode/index.ts";
import { countedLoop } from "../encode/index.ts";
import type { Element } from "../gemm/element.ts";
import { type Plane, placeOf } from "./depthwise-plan.ts";

/** More sums fit the registers, but V8 loads all factors of a turn first, and then spills. */
const mostSums = 6;

/**
 * Emits `(row 0, ..., filter, cotangent)`: adds the products of one row of the cotangent. Of a part of the channels two more parameters say where in a line they begin, at a multiple of
 * a vector, and end.
 */
export function emitDepthwiseFilterRow(module: ModuleBuilder, element: Element, plane: Plane, ofPart: boolean): number {
  const { rows, columns, channels } = plane;
  const { lanes, bytes } = element;
  const line = channels * bytes;
  const wide = Math.max(1, Math.floor(mostSums / columns.window));
  const full = Math.floor(channels / (wide * lanes));
  // A part may end anywhere.
  const single = ofPart && wide > 1 ? Math.floor(channels / lanes) : Math.floor((channels - full * wide * lanes) / lanes);
  const rest = channels % lanes;
  const kernels = {
    wide: full > 0 ? emitTaps(module, element, plane, wide, lanes) : 0,
    single: single > 0 ? emitTaps(module, element, plane, 1, lanes) : 0,
    rest: rest > 0 ? emitTaps(module, element, plane, 1, rest) : 0,
  };
  const params = new Array<"i32">(rows.window + (ofPart ? 4 : 2)).fill("i32");
  return module.addFunction(`depthwise_filter_row_${element.type}`, params, [], (f, ...locals) => {
    const [filter, cotangent, begin, end] = locals.slice(rows.window) as [Local, Local, Local?, Local?];
    const at = f.local("i32");
    /** The last place at which so many vectors begin, and one more. */
    const upTo = (vectors: number) => (): void => {
      if (end === undefined) f.i32(line - 16 * vectors + 1);
      else f.get(end).i32(16 * vectors - 1).op("i32.sub");
    };
    locals.slice(0, rows.window).forEach((source, row) => {
      const call = (kernel: number): FunctionBuilder =>
        f.get(source).get(at).op("i32.add").get(cotangent).get(at).op("i32.add")
          .get(filter).get(at).op("i32.add").i32(row * columns.window * line).op("i32.add").call(kernel);
      if (begin === undefined) f.i32(0);
      else f.get(begin);
      f.set(at);
      if (full > 0) countedLoop(f, at, { to: upTo(wide), step: wide * 16 }, () => call(kernels.wide));
      if (single > 0) countedLoop(f, at, { to: upTo(1), step: 16 }, () => call(kernels.single));
      if (rest === 0) return;
      if (end === undefined) call(kernels.rest);
      else f.get(at).get(end).op("i32.lt_s").if(() => call(kernels.rest));
    });
  });
}

/** Emits `(row, cotangent, filter)`: all places of a row for `vectors` vectors of channels, or the first `count` lanes of one. */
function emitTaps(module: ModuleBuilder, element: Element, { columns, channels }: Plane, vectors: number, count: number): number {
  const line = channels * element.bytes;
  return module.addFunction(`depthwise_filter_${element.type}_${vectors}`, ["i32", "i32", "i32"], [], (f, row, cotangent, filter) => {
    const sums = Array.from({ length: columns.window }, () => f.localsOf("v128", vectors));
    const [factor, zero, place] = [f.local("v128"), f.local("v128"), f.local("i32")];
    sums.forEach((list, tap) => list.forEach((sum, i) => f.get(filter).load("v128.load", tap * line + 16 * i).set(sum)));
    /** One place; `pushPixel` pushes the image's vector under a tap. */
    const step = (pushFactor: (vector: number) => void, pushPixel: (tap: number, vector: number) => void): void => {
      for (let vector = 0; vector < vectors; vector++) {
        pushFactor(vector);
        f.set(factor);
        sums.forEach((list, tap) => {
          f.get(list[vector]!);
          pushPixel(tap, vector);
          f.get(factor).op(element.vectorMul).op(element.vectorAdd).set(list[vector]!);
        });
      }
    };
    const edge = (output: number): void => step(
      (vector) => f.get(cotangent).load("v128.load", output * line + 16 * vector),
      (tap, vector) => {
        const column = placeOf(columns, output, tap);
        if (column === undefined) f.get(zero);
        else f.get(row).load("v128.load", column * line + 16 * vector);
      },
    );
    const inside = (output: number): boolean => Array.from({ length: columns.window }, (_, tap) => placeOf(columns, output, tap)).every((column) => column !== undefined);
    let first = 0;
    while (first < columns.count && !inside(first)) edge(first++);
    let end = first;
    while (end < columns.count && inside(end)) end++;
    if (end > first) {
      const column = placeOf(columns, first, 0)!;
      const [x, g] = [f.local("i32"), f.local("i32")];
      f.get(row).i32(column * line).op("i32.add").set(x);
      f.get(cotangent).i32(first * line).op("i32.add").set(g);
      countedLoop(f, place, { from: () => f.i32(first), to: () => f.i32(end), step: 1 }, () => {
        step((vector) => f.get(g).load("v128.load", 16 * vector), (tap, vector) => f.get(x).load("v128.load", tap * columns.dilation * line + 16 * vector));
        f.get(x).i32(columns.stride * line).op("i32.add").set(x);
        f.get(g).i32(line).op("i32.add").set(g);
      });
    }
    for (let output = end; output < columns.count; output++) edge(output);
    sums.forEach((list, tap) => list.forEach((sum, i) => {
      const offset = tap * line + 16 * i;
      if (count === element.lanes) f.get(filter).get(sum).store("v128.store", offset);
      else for (let lane = 0; lane < count; lane++) f.get(filter).get(sum).storeLane(element.bytes === 4 ? "v128.store32_lane" : "v128.store64_lane", lane, offset + lane * element.bytes);
    }));
  });
}
