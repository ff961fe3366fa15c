// The patches of an image as a matrix that is never stored: its rows are places (a position of the window on an image of the batch), its
// columns entries (a tap of the window and a channel of the group).

import { elementCount } from "../../../ir/data.ts";
import type { ConvolutionGeometry } from "../../../ir/program/program.ts";
import type { Operand } from "../product/operand.ts";
import { type StoredDType, widened } from "../product/stored.ts";

/** Whether four entries side by side lie in one vector of the image. */
export function takesVectors({ channels, groups }: ConvolutionGeometry): boolean {
  return (channels / groups) % 4 === 0;
}

/** The function `pixel_index`: the index of the image's element under a tap at a place, -1 where that is padding. */
export function declarePixelIndex({ image, window, counts, strides, dilation, spread, low, channels }: ConvolutionGeometry): string {
  const axes = image.map((_, axis) => {
    const along = (index: string, sizes: readonly number[]): string => `${index} / ${elementCount(sizes.slice(axis + 1))} % ${sizes[axis]}`;
    const field = `let f${axis} = ${along("position", counts)} * ${strides[axis]} + ${along("tap", window)} * ${dilation[axis]} - ${low[axis]};`;
    const between = spread[axis] === 1 ? "" : ` || f${axis} % ${spread[axis]} != 0`;
    return `${field}
  if (f${axis} < 0 || f${axis} >= ${image[axis]! * spread[axis]!}${between}) { return -1; }`;
  });
  const place = image.reduce((index, size, axis) => `(${index} * ${size} + f${axis}${spread[axis] === 1 ? "" : ` / ${spread[axis]}`})`, `place / ${elementCount(counts)}`);
  return `fn pixel_index(place: i32, tap: i32, channel: i32) -> i32 {
  let position = place % ${elementCount(counts)};
  ${axes.join("\n  ")}
  return ${place} * ${channels} + channel;
}`;
}

/** Patches as the left operand: by rows of places, or transposed. */
export function patchOperand(geometry: ConvolutionGeometry, rows: "places" | "entries", stored: StoredDType): { readonly operand: Operand; readonly functions: string } {
  const perGroup = geometry.channels / geometry.groups;
  const vectors = takesVectors(geometry);
  const call = (name: string) => (outer: string, depth: string): string => `${name}(${rows === "places" ? `${outer}, ${depth}` : `${depth}, ${outer}`}, g)`;
  const load = (name: string, type: string, zero: string, element: string): string => `fn ${name}(place: i32, entry: i32, g: i32) -> ${type} {
  let at = pixel_index(place, entry / ${perGroup}, g * ${perGroup} + entry % ${perGroup});
  if (at < 0) { return ${zero}; }
  return ${element};
}`;
  return {
    operand: { name: "a", unit: rows === "places" ? "depth" : "outer", base: "", vector: vectors ? call("pixels") : undefined, element: call("pixel") },
    functions: [
      declarePixelIndex(geometry),
      load("pixel", "f32", "0.0", widened(stored, false, vectors ? "a[at / 4][at % 4]" : "a[at]")),
      ...(vectors ? [load("pixels", "vec4f", "vec4f()", widened(stored, true, "a[at / 4]"))] : []),
    ].join("\n"),
  };
}
