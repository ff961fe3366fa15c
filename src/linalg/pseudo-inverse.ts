// The pseudo-inverse with its own derivative (Golub and Pereyra 1973): that of the singular value decomposition would be lost where
// singular values are repeated. It holds where the rank does not change.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import { reciprocalOrZero, scaleColumns, turn } from "../../ir/routines/linalg/matrix.ts";
import { type Dim, isNonNegative, maxDims, productOfDims, subDims } from "../../ir/size.ts";
import { customGradient } from "../custom-gradient.ts";
import { toTensor } from "../methods.ts";
import { add, mul, sub } from "../ops/elementwise.ts";
import { dot } from "../ops/contraction.ts";
import { swapAxes } from "../ops/movement.ts";
import { convert, reshape } from "../ops/primitive.ts";
import { sizeValue } from "../ops/size.ts";
import { type Operand, stretch, toNode } from "../ops/operand.ts";
import { largest } from "./largest.ts";
import { builder, type OnError, onErrorOf, toMatrix } from "./operand.ts";

export interface RankOptions extends OnError {
  /** Singular values up to `rcond` times the largest count as zero; eps max(m,n) unless said otherwise. */
  readonly rcond?: number;
}

export function pinv(a: Operand, options: RankOptions = {}): Node {
  return pseudoInverse("pinv", toMatrix("pinv", a), options);
}

export function pseudoInverse(op: string, a: Node, options: RankOptions): Node {
  const invert = customGradient(
    (x: unknown) => toTensor<"f32", []>(invertBySvd(op, toNode(op, x), options)) as never,
    (cotangent: unknown, [x]: readonly unknown[], output: unknown) => [toTensor(cotangentOf(toNode(op, cotangent), toNode(op, x), toNode(op, output)))] as never,
    { tangent: ([moved]: readonly unknown[], [x]: readonly unknown[], output: unknown) => toTensor(tangentOf(toNode(op, moved), toNode(op, x), toNode(op, output))) as never },
  ) as unknown as (x: unknown) => unknown;
  return toNode(op, invert(toTensor(a)));
}

/** V diag(1/s) U^T. */
function invertBySvd(op: string, a: Node, options: RankOptions): Node {
  const b = builder(op);
  const node = b.make("svd", [a], onErrorOf(op, options));
  const [u, s, vt] = [b.result(node, 0), b.result(node, 1), b.result(node, 2)];
  const inverse = reciprocalOrZero(b, s, negligible(op, a, s, options));
  return dot(scaleColumns(b, turn(b, vt), inverse), turn(b, u));
}

/** What singular values must exceed, of the shape of s. */
export function negligible(op: string, a: Node, s: Node, { rcond }: RankOptions): Node {
  if (rcond !== undefined && !(typeof rcond === "number" && rcond >= 0)) throw userError("E205", { op, message: `rcond is ${String(rcond)}`, hint: "it is a number, 0 or above" });
  const [m, n] = a.type.shape.slice(-2) as [Dim, Dim];
  const epsilon = a.type.dtype === "f32" ? 2 ** -23 : 2 ** -52;
  const factor: Operand = rcond ?? mul(convert(sizeValue(maxDims(m, n)), a.type.dtype), epsilon);
  return stretch(reshape(mul(largest(s), factor), [...s.type.shape.slice(0, -1), 1]), s.type.shape);
}

const t = (x: Node): Node => swapAxes(x, -1, -2);

/** dP = -P dA P + P P^T dA^T (I - A P) + (I - P A) dA^T P^T P */
function tangentOf(moved: Node, a: Node, p: Node): Node {
  const turned = t(moved);
  const [first, second] = [triple(p, t(p), turned), triple(turned, t(p), p)];
  return add(sub(sub(first, triple(first, a, p)), triple(p, moved, p)), sub(second, triple(p, a, second)));
}

/** -P^T G P^T + (I - A P) G^T P P^T + P^T P G^T (I - P A) */
function cotangentOf(g: Node, a: Node, p: Node): Node {
  const turned = t(g);
  const [first, second] = [triple(turned, p, t(p)), triple(t(p), p, turned)];
  return add(sub(sub(first, triple(a, p, first)), triple(t(p), g, t(p))), sub(second, triple(second, p, a)));
}

/** The product of three matrices, by way of the smaller one of x y and y z: of a long matrix none is as wide as that is long. */
function triple(x: Node, y: Node, z: Node): Node {
  const [left, right] = [[x.type.shape.at(-2)!, y.type.shape.at(-1)!], [y.type.shape.at(-2)!, z.type.shape.at(-1)!]] as const;
  // Sizes that only the call knows count as larger than others.
  const late = (sides: readonly Dim[]): number => sides.filter((side) => typeof side !== "number").length;
  const isLeft = late(left) === late(right) ? isNonNegative(subDims(productOfDims(right), productOfDims(left))) : late(left) < late(right);
  return isLeft ? dot(dot(x, y), z) : dot(x, dot(y, z));
}
