// The order of frequencies: which they are, and 0 in the middle.

import type { Node } from "../../ir/node.ts";
import { userError } from "../../ir/errors.ts";
import { floorDivDims, subDims } from "../../ir/size.ts";
import * as e from "../ops/elementwise.ts";
import { concatNodes, sliceAxis } from "../ops/movement.ts";
import { type Operand, toNode } from "../ops/operand.ts";
import { iota } from "../ops/primitive.ts";
import { toAxes } from "../shape.ts";
import type { FloatDType } from "./roots.ts";

function shifted(op: string, x: Operand, axes: number | readonly number[] | null | undefined, isBack: boolean): Node {
  const node = toNode(op, x);
  return toAxes(op, axes, node.type.shape.length).reduce((result, axis) => {
    const size = node.type.shape[axis]!;
    const half = floorDivDims(size, 2);
    const first = isBack ? half : subDims(size, half);
    return concatNodes(op, [sliceAxis(result, axis, first, size, 1), sliceAxis(result, axis, 0, first, 1)], axis);
  }, node);
}

/** The axes turned so that the frequency 0, which comes first, stands in the middle. That of pairs is an axis, too: name those that are meant. */
export function fftShift(x: Operand, axes?: number | readonly number[] | null): Node {
  return shifted("fftShift", x, axes, false);
}

/** What undoes `fftShift`. */
export function ifftShift(x: Operand, axes?: number | readonly number[] | null): Node {
  return shifted("ifftShift", x, axes, true);
}

export interface FrequencyOptions {
  /** From one value to the next; 1 unless said otherwise. */
  readonly spacing?: number | undefined;
  readonly dtype?: FloatDType | undefined;
}

function checkedCount(op: string, n: number, spacing: number): number {
  if (!(spacing > 0 || spacing < 0)) throw userError("E205", { op, message: `the spacing is ${String(spacing)}`, hint: "it is a number that is not 0" });
  if (!Number.isInteger(n) || n < 1) throw userError("E205", { op, message: `${String(n)} is no number of values` });
  return n;
}

/** The frequencies of the n places of a transform, in cycles per unit of the spacing: from 0 up, then from the lowest up to before 0. */
export function fftFreq(n: number, { spacing = 1, dtype = "f32" }: FrequencyOptions = {}): Node {
  const count = checkedCount("fftFreq", n, spacing);
  const place = iota("i32", [count], 0);
  return e.mul(e.convert(e.select(e.lt(place, Math.ceil(count / 2)), place, e.sub(place, count)), dtype), 1 / (count * spacing));
}

/** Those of the floor(n / 2) + 1 places of the transform of a real tensor. */
export function rfftFreq(n: number, { spacing = 1, dtype = "f32" }: FrequencyOptions = {}): Node {
  const count = checkedCount("rfftFreq", n, spacing);
  return e.mul(iota(dtype, [Math.floor(count / 2) + 1], 0), 1 / (count * spacing));
}
