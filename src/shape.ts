// Shapes between the two sides: users write and read sizes as integers and names (or expressions such as "2*n+1"), the
// IR holds size objects. Axes are checked and counted here, too.

import { userError } from "../ir/errors.ts";
import type { Dim, Size } from "../ir/size.ts";
import { addDims, floorDivDims, maxDims, minDims, mulDims, namedSize, subDims } from "../ir/size.ts";
import type { Shape } from "../ir/types.ts";

/** A size as users write it. */
export type UserDim = number | string;

// Every size that was ever shown to a user, so that `x.shape[0]` can be given back as it is.
const shown = new Map<string, Size>();

/** E102 for what is no size. */
export function toDim(value: unknown): Dim {
  if (typeof value === "number") {
    if (Number.isInteger(value) && value >= 0 && value <= 0x7fffffff) return value;
  } else if (typeof value === "string") {
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(value)) return namedSize(value);
    const known = shown.get(value);
    if (known !== undefined) return known;
    return parseSize(value);
  } else if (typeof value === "object" && value !== null && (value as { kind?: unknown }).kind === "size") {
    return value as Size;
  }
  throw userError("E102", { message: `${JSON.stringify(value)} is not a size`, hint: "sizes are non-negative integers or names" });
}

export function toShape(values: unknown): Dim[] {
  if (!Array.isArray(values)) throw userError("E102", { message: `${JSON.stringify(values)} is not a shape`, hint: "a shape is an array of sizes" });
  return values.map(toDim);
}

export function showUserDim(dim: Dim): UserDim {
  if (typeof dim === "number") return dim;
  shown.set(dim.key, dim);
  return dim.key;
}

export function toUserShape(shape: Shape): UserDim[] {
  return shape.map(showUserDim);
}

const functions: { readonly [name: string]: (a: Dim, b: Dim) => Dim } = { floor_div: floorDivDims, min: minDims, max: maxDims };

/** Reads `2*n+1`, `floor_div(n,2)`, `min(n,m)`, with parentheses. */
function parseSize(text: string): Dim {
  const fail = (): never => {
    throw userError("E102", { message: `"${text}" is not a size`, hint: "write names, integers, + - *, floor_div, min and max" });
  };
  const tokens = text.match(/[A-Za-z_][A-Za-z0-9_]*|\d+|[-+*(),]/g) ?? [];
  if (tokens.join("") !== text.replace(/\s+/g, "") || tokens.length === 0) fail();
  let at = 0;
  const expect = (token: string): void => void (tokens[at++] === token || fail());
  const atom = (): Dim => {
    const token = tokens[at++];
    if (token === undefined) return fail();
    if (/^\d/.test(token)) return Number(token);
    if (token === "-") return mulDims(-1, atom());
    if (token === "(") {
      const inner = sum();
      expect(")");
      return inner;
    }
    if (!/^[A-Za-z_]/.test(token)) return fail();
    const apply = functions[token];
    if (apply === undefined || tokens[at] !== "(") return namedSize(token);
    expect("(");
    const a = sum();
    expect(",");
    const b = sum();
    expect(")");
    return apply(a, b);
  };
  const product = (): Dim => {
    let value = atom();
    while (tokens[at] === "*") {
      at++;
      value = mulDims(value, atom());
    }
    return value;
  };
  const sum = (): Dim => {
    let value = product();
    while (tokens[at] === "+" || tokens[at] === "-") value = tokens[at++] === "+" ? addDims(value, product()) : subDims(value, product());
    return value;
  };
  const size = sum();
  return at === tokens.length ? size : fail();
}

/** The axis counted from 0. E204 when it is not there. */
export function toAxis(op: string, axis: unknown, rank: number): number {
  if (typeof axis !== "number" || !Number.isInteger(axis)) {
    throw userError("E209", { op, message: `${String(axis)} is not an axis`, hint: "an axis is an integer" });
  }
  if (axis < -rank || axis >= rank) {
    throw userError("E204", { op, message: `axis ${axis} is out of range for rank ${rank}` });
  }
  return axis < 0 ? axis + rank : axis;
}

/** One axis, several or (null, undefined) all, ascending. E204 for a repeated one. */
export function toAxes(op: string, axes: unknown, rank: number): number[] {
  return axesAsNamed(op, axes, rank).sort((a, b) => a - b);
}

/** The same in the order in which they are named. */
export function axesAsNamed(op: string, axes: unknown, rank: number): number[] {
  if (axes === null || axes === undefined) return Array.from({ length: rank }, (_, axis) => axis);
  const list = (Array.isArray(axes) ? axes : [axes]).map((axis) => toAxis(op, axis, rank));
  const twice = list.find((axis, i) => list.indexOf(axis) < i);
  if (twice !== undefined) throw userError("E204", { op, message: `axis ${twice} is named twice` });
  return list;
}

/** True when the two can never be equal: their difference is a non-zero constant. */
export function neverEqual(a: Dim, b: Dim): boolean {
  if (typeof a === "number" && typeof b === "number") return a !== b;
  const difference = subDims(a, b);
  return typeof difference === "number" && difference !== 0;
}

