// Complex numbers as pairs (real, imaginary) along the last axis.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import { describeTyped } from "../expression.ts";
import * as e from "../ops/elementwise.ts";
import { sliceAxis, stack } from "../ops/movement.ts";
import { meetOperands, type Operand, toNode } from "../ops/operand.ts";
import { convert, reshape } from "../ops/primitive.ts";
import { floatOf } from "../promote.ts";

/** The tensor in a float dtype. E203 unless its last axis has the two parts. */
export function pairsOf(op: string, z: Operand): Node {
  const node = toNode(op, z);
  if (node.type.shape.at(-1) !== 2) throw userError("E203", { op, message: `${describeTyped(node)} holds no pairs`, hint: "complex numbers are pairs along the last axis: complex(re, im)" });
  return convert(node, floatOf(node.type.dtype));
}

function part(pairs: Node, which: 0 | 1): Node {
  const axis = pairs.type.shape.length - 1;
  return reshape(sliceAxis(pairs, axis, which, which + 1, 1), pairs.type.shape.slice(0, -1));
}

/** re + i im, which broadcast. */
export function complex(re: Operand, im: Operand): Node {
  return stack(meetOperands("complex", [re, im], floatOf), -1);
}

export const real = (z: Operand): Node => part(pairsOf("real", z), 0);
export const imag = (z: Operand): Node => part(pairsOf("imag", z), 1);

export function conj(z: Operand): Node {
  const pairs = pairsOf("conj", z);
  return complex(part(pairs, 0), e.neg(part(pairs, 1)));
}

/** Products of numbers, which broadcast. */
export function complexMul(a: Operand, b: Operand): Node {
  const [x, y] = [pairsOf("complexMul", a), pairsOf("complexMul", b)];
  const [re, im, c, d] = [part(x, 0), part(x, 1), part(y, 0), part(y, 1)];
  return complex(e.sub(e.mul(re, c), e.mul(im, d)), e.add(e.mul(re, d), e.mul(im, c)));
}

/** The modulus; its gradient at 0 is 0. */
export function complexAbs(z: Operand): Node {
  const pairs = pairsOf("complexAbs", z);
  const [a, b] = [e.abs(part(pairs, 0)), e.abs(part(pairs, 1))];
  // Divided by the larger part, so that no square overflows or vanishes.
  const larger = e.maximum(a, b);
  const scale = e.select(e.or(e.eq(larger, 0), e.not(e.finite(larger))), 1, larger);
  const [p, q] = [e.div(a, scale), e.div(b, scale)];
  const squares = e.add(e.mul(p, p), e.mul(q, q));
  const isZero = e.eq(squares, 0);
  return e.select(isZero, 0, e.mul(scale, e.sqrt(e.select(isZero, 1, squares))));
}
