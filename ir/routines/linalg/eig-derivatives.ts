// Derivatives of the eigenvalues and right eigenvectors of a general matrix, in pairs of real and imaginary parts: those of
// Giles 2008, An extended collection of matrix derivative results, 3.1, for vectors whose length is 1 and whose largest part is real
// (Boeddeker et al. 2017, On the computation of complex-valued gradients, 4.6, has the part of the length). They exist where values are simple; differences
// that are zero within n eps |A| count as infinite. E609, or NaN, where the vectors do not span the space, within n eps.

import type { Node } from "../../node.ts";
import type { Differential, GraphBuilder } from "../../op.ts";
import { mulDims } from "../../size.ts";
import { addAll, along, block, diagonalMatrix, diagonalOf, identityLike, join, keepWhere, multiply, reciprocalOrZero, scaleColumns, sidesOf, turn } from "./matrix.ts";
import { roundingOf } from "./rounding.ts";
import { takeRows } from "./take-rows.ts";
import { solveTriangle } from "./triangular-solve.ts";

interface Complex {
  readonly re: Node;
  readonly im: Node;
}

export interface EigenParts {
  readonly values: Complex;
  readonly vectors: Complex;
  readonly onError: "error" | "nan";
}

/** One matrix or vector for each of the four results of `eig`. */
export type Parts<T> = readonly [real: T, imaginary: T, vectorsReal: T, vectorsImaginary: T];

export function tangentsOfEigen(b: GraphBuilder, parts: EigenParts, tangent: Node): Parts<Node> {
  const { vectors } = parts;
  const inner = times(b, inverseOf(b, parts), { re: multiply(b, tangent, vectors.re), im: multiply(b, tangent, vectors.im) });
  const moved = times(b, vectors, byElement(b, reciprocalGaps(b, parts.values), inner));
  // What the length and the phase of a vector take away, along the vector itself.
  const length = b.neg(columnSums(b, b.add(b.mul(vectors.re, moved.re), b.mul(vectors.im, moved.im))));
  const mask = largestParts(b, vectors);
  const phase = b.neg(b.div(columnSums(b, b.mul(mask, moved.im)), columnSums(b, b.mul(mask, vectors.re))));
  const re = addAll(b, moved.re, scaleColumns(b, vectors.re, length), b.neg(scaleColumns(b, vectors.im, phase)))!;
  const im = addAll(b, moved.im, scaleColumns(b, vectors.im, length), scaleColumns(b, vectors.re, phase))!;
  return [diagonalOf(b, inner.re), diagonalOf(b, inner.im), re, im];
}

/** The real part of W^H (diag(w') + conj(F) o V^H U') V^H for W = V^-1, the transpose of what the tangents are. */
export function cotangentOfMatrix(b: GraphBuilder, parts: EigenParts, [ofRe, ofIm, ofVectorsRe, ofVectorsIm]: Parts<Differential>): Differential {
  const { values, vectors } = parts;
  const zero = (x: Differential, like: Node): Node => x ?? b.fullLike(like, 0);
  const ofValues = ofRe === undefined && ofIm === undefined ? undefined
    : { re: diagonalMatrix(b, zero(ofRe, values.re)), im: diagonalMatrix(b, zero(ofIm, values.im)) };
  let inner: Complex | undefined = ofValues;
  if (ofVectorsRe !== undefined || ofVectorsIm !== undefined) {
    const given = { re: zero(ofVectorsRe, vectors.re), im: zero(ofVectorsIm, vectors.im) };
    const moved = times(b, conjugateTurned(b, vectors), cotangentOfMoved(b, vectors, given));
    const own = byElement(b, conjugate(b, reciprocalGaps(b, values)), moved);
    inner = ofValues === undefined ? own : { re: b.add(own.re, ofValues.re), im: b.add(own.im, ofValues.im) };
  }
  return inner === undefined ? undefined : times(b, conjugateTurned(b, inverseOf(b, parts)), times(b, inner, conjugateTurned(b, vectors))).re;
}

/** Of the vectors' tangents before length and phase are put right. */
function cotangentOfMoved(b: GraphBuilder, vectors: Complex, given: Complex): Complex {
  const along = columnSums(b, b.add(b.mul(given.re, vectors.re), b.mul(given.im, vectors.im)));
  const across = columnSums(b, b.sub(b.mul(given.re, vectors.im), b.mul(given.im, vectors.re)));
  const mask = largestParts(b, vectors);
  const phase = b.div(across, columnSums(b, b.mul(mask, vectors.re)));
  return {
    re: b.sub(given.re, scaleColumns(b, vectors.re, along)),
    im: b.add(b.sub(given.im, scaleColumns(b, vectors.im, along)), scaleColumns(b, mask, phase)),
  };
}

function times(b: GraphBuilder, x: Complex, y: Complex): Complex {
  return {
    re: b.sub(multiply(b, x.re, y.re), multiply(b, x.im, y.im)),
    im: b.add(multiply(b, x.re, y.im), multiply(b, x.im, y.re)),
  };
}

function byElement(b: GraphBuilder, x: Complex, y: Complex): Complex {
  return { re: b.sub(b.mul(x.re, y.re), b.mul(x.im, y.im)), im: b.add(b.mul(x.re, y.im), b.mul(x.im, y.re)) };
}

const conjugate = (b: GraphBuilder, { re, im }: Complex): Complex => ({ re, im: b.neg(im) });
const conjugateTurned = (b: GraphBuilder, { re, im }: Complex): Complex => ({ re: turn(b, re), im: b.neg(turn(b, im)) });
const columnSums = (b: GraphBuilder, x: Node): Node => b.sum(x, [x.type.shape.length - 2]);

/** [[re, -im], [im, re]] times the inverse's parts, one above the other, is [I, 0]. */
function inverseOf(b: GraphBuilder, { vectors: { re, im }, onError }: EigenParts): Complex {
  const [n] = sidesOf(re);
  const embedded = join(b, [join(b, [re, b.neg(im)], "columns"), join(b, [im, re], "columns")], "rows");
  const node = b.make("lu", [embedded], { on_singular: onError });
  const packed = b.result(node, 0);
  // What rounding leaves of a pivot that is zero.
  const pivots = diagonalOf(b, packed);
  const isNone = b.make("le", [b.unary("abs", pivots), roundingOf(b, pivots, pivots.type.shape)]);
  const factors = b.sub(packed, diagonalMatrix(b, b.select(isNone, pivots, b.fullLike(pivots, 0))));
  const right = takeRows(b, join(b, [identityLike(b, re), b.fullLike(re, 0)], "rows"), b.result(node, 2));
  const inverse = solveTriangle(b, factors, solveTriangle(b, packed, right, { unit: true, onError }), { upper: true, onError });
  return { re: block(b, inverse, [0, 0], [n, n], [n, n]), im: block(b, inverse, [n, 0], [n, n], [mulDims(2, n), n]) };
}

/** 1 / (w[j] - w[i]) at row i and column j; 0 where the two count as equal. */
function reciprocalGaps(b: GraphBuilder, { re, im }: Complex): Complex {
  const shape = [...re.type.shape, re.type.shape.at(-1)!];
  const gap = (x: Node): Node => b.sub(along(b, x, shape, "columns"), along(b, x, shape, "rows"));
  const magnitude = b.make("max", [b.unary("abs", re), b.unary("abs", im)]);
  const least = roundingOf(b, magnitude, shape);
  // In units of it, so that no square leaves the range.
  const one = b.fullLike(least, 1);
  const unit = b.select(b.make("gt", [least, b.fullLike(least, 0)]), least, one);
  const [real, imaginary] = [b.div(gap(re), unit), b.div(gap(im), unit)];
  const inverse = b.div(keepWhere(b, reciprocalOrZero(b, b.add(b.mul(real, real), b.mul(imaginary, imaginary)), one), "ne"), unit);
  return { re: b.mul(real, inverse), im: b.neg(b.mul(imaginary, inverse)) };
}

/** 1 at the first element of each column that has at least half the largest magnitude, 0 elsewhere. */
function largestParts(b: GraphBuilder, { re, im }: Complex): Node {
  const { shape } = re.type;
  const axis = shape.length - 2;
  const squares = b.add(b.mul(re, re), b.mul(im, im));
  const quarter = b.mul(b.make("reduce_max", [squares], { axes: [axis] }), b.full(0.25, re.type.dtype, [...shape.slice(0, -2), shape.at(-1)!]));
  const isLarge = b.make("ge", [squares, along(b, quarter, shape, "columns")]);
  const before = b.make("cumsum", [b.convert(isLarge, "i32")], { axis, reverse: false });
  return b.convert(b.make("and", [isLarge, b.make("eq", [before, b.fullLike(before, 1)])]), re.type.dtype);
}
