// qr: A = Q R by Householder reflections; the diagonal of R has the sign that they give. Thin, Q [m,min(m,n)], or `full`, Q [m,m].
// Derivatives: Walter, Lehmann and Lamour 2012, On evaluating higher-order derivatives of the QR decomposition; of a wide matrix
// those of its first columns, and the others are Q^T times theirs. Of a tall matrix the columns that complete Q are functions of the others
// (qr-complement.ts).

import { boolAttribute } from "../../attributes.ts";
import { userError } from "../../errors.ts";
import type { Attributes, Node } from "../../node.ts";
import type { Differential, GraphBuilder } from "../../op.ts";
import { addDims, ceilDivDims, type Dim, dimEquals, maxDims, minDims, mulDims, productOfDims, subDims } from "../../size.ts";
import { tensorType } from "../../types.ts";
import type { RoutineSite } from "../../routine.ts";
import { routineOp } from "../routine-op.ts";
import { addAll, block, join, lowerPart, multiply, sidesOf, strictLowerPart, turn, upperPart } from "./matrix.ts";
import { bytesOf, checkFloats, columnsOf, onSingularOf, productElements, rowsOf, shorterOf, symbolOf } from "./matrix-checks.ts";
import { cotangentOfBasis, tangentOfComplement } from "./qr-complement.ts";
import { factorByReflections } from "./qr-naive.ts";
import { solveTriangle } from "./triangular-solve.ts";

const widthOf = (attributes: Attributes, m: Dim, n: Dim): Dim => (boolAttribute({ attributes }, "full") ? m : minDims(m, n));

export const qr = routineOp({
  name: "qr",
  attributes: { full: "bool", on_singular: ["error", "nan"] },
  infer([a], attributes) {
    checkFloats("qr", [a!]);
    const [m, n] = a!.shape as [Dim, Dim];
    const width = widthOf(attributes, m, n);
    return [tensorType(a!.dtype, [m, width]), tensorType(a!.dtype, [width, n])];
  },
  gradient: {
    kind: "several",
    vjp(b, node, [q, r]) {
      const thin = thinPart(b, node);
      if (thin === undefined) return [cotangentOfMatrix(b, node, { q: b.result(node, 0), r: b.result(node, 1) }, q, r)];
      const [width, own] = [thin.q.type.shape, thin.r.type.shape].map(lastTwo) as [Sides, Sides];
      const ofThin = q === undefined ? undefined : addAll(b, block(b, q, [0, 0], width, width), cotangentOfBasis(b, thin.q, block(b, q, [0, width[1]], [width[0], subDims(width[0], width[1])], [width[0], width[0]])));
      return [cotangentOfMatrix(b, node, thin, ofThin, r === undefined ? undefined : block(b, r, [0, 0], own, own))];
    },
    jvp(b, node, [tangent]) {
      if (tangent === undefined) return [undefined, undefined];
      const thin = thinPart(b, node);
      if (thin === undefined) return tangentsOfFactors(b, node, { q: b.result(node, 0), r: b.result(node, 1) }, tangent);
      const [q, r] = tangentsOfFactors(b, node, thin, tangent) as [Node, Node];
      const [m, n] = lastTwo(thin.q.type.shape);
      const below = b.full(0, r.type.dtype, [...r.type.shape.slice(0, -2), subDims(m, n), n]);
      return [join(b, [q, tangentOfComplement(b, thin.q, q)], "columns"), join(b, [r, below], "rows")];
    },
  },
  routine: {
    object: "linalg", symbol: symbolOf("qr"), operandRanks: [2], resultRanks: [2, 2],
    sizes: (site) => [rowsOf(site), columnsOf(site), site.results[0]!.shape[1]!],
    workspace: (site) => bytesOf(site, workspaceOf(site)),
    failures: [],
    operations: (site) => productOfDims([4, rowsOf(site), columnsOf(site), shorterOf(site)]),
    perform: ([a], [q, r], sizes) => factorByReflections(a as Float64Array, q as Float64Array, r as Float64Array, sizes as [number, number, number]),
  },
});

/** As the comment on assembly/linalg/qr.ts says. */
function workspaceOf(site: RoutineSite): Dim {
  const [m, n, width] = [rowsOf(site), columnsOf(site), site.results[0]!.shape[1]!];
  const blocks = mulDims(32, addDims(addDims(m, mulDims(2, maxDims(n, width))), mulDims(32, ceilDivDims(shorterOf(site), 32))));
  return addDims(mulDims(addDims(n, width), addDims(m, 8)), addDims(blocks, productElements(site, maxDims(n, width), maxDims(m, 32))));
}

interface Factors {
  readonly q: Node;
  readonly r: Node;
}

type Sides = readonly [Dim, Dim];
const lastTwo = (shape: readonly Dim[]): Sides => [shape.at(-2)!, shape.at(-1)!];

/** The thin factors in full ones; undefined where these are the same. E304 where only the call knows. */
function thinPart(b: GraphBuilder, node: Node): Factors | undefined {
  const [m, n] = sidesOf(node.inputs[0]!);
  const k = minDims(m, n);
  if (dimEquals(widthOf(node.attributes, m, n), k)) return undefined;
  if (!dimEquals(k, n)) {
    const hint = "take the derivative of the thin factorization, or give sizes";
    throw userError("E304", { op: "qr", message: "whether the full factor has columns of its own is not known", hint, location: node.location });
  }
  return { q: block(b, b.result(node, 0), [0, 0], [m, n], [m, n]), r: block(b, b.result(node, 1), [0, 0], [n, n], [n, n]) };
}

/** The columns that the square block of R has, and those past it, of which there may be none where only the call knows. */
function splitColumns(b: GraphBuilder, x: Node, [m, n]: readonly [Dim, Dim]): readonly [Node, Node | undefined] {
  const k = minDims(m, n);
  if (dimEquals(k, n)) return [x, undefined];
  const [rows] = sidesOf(x);
  return [block(b, x, [0, 0], [rows, k], [rows, k]), block(b, x, [0, k], [rows, subDims(n, k)], [rows, n])];
}

function cotangentOfMatrix(b: GraphBuilder, node: Node, { q: basis, r: triangle }: Factors, q: Differential, r: Differential): Differential {
  const sides = sidesOf(node.inputs[0]!);
  const [own] = splitColumns(b, triangle, sides);
  const [ofOwn, ofRest] = r === undefined ? [undefined, undefined] : splitColumns(b, upperPart(b, r), sides);
  const [, rest] = splitColumns(b, node.inputs[0]!, sides);
  const ofBasis = addAll(b, q, ofRest === undefined ? undefined : multiply(b, rest!, turn(b, ofRest)));
  const ofColumns = cotangentOfColumns(b, { q: basis, r: own }, ofBasis, ofOwn, onSingularOf(node));
  if (rest === undefined) return ofColumns;
  if (ofColumns === undefined) return undefined;
  return join(b, [ofColumns, ofRest === undefined ? b.fullLike(rest, 0) : multiply(b, basis, ofRest)], "columns");
}

/** (Q' + Q copyltu(R R'^T - Q'^T Q)) R^-T; copyltu mirrors the lower triangle. */
function cotangentOfColumns(b: GraphBuilder, { q, r }: Factors, ofQ: Differential, ofR: Differential, onError: "error" | "nan"): Differential {
  const inner = addAll(b,
    ofR === undefined ? undefined : multiply(b, r, turn(b, ofR)),
    ofQ === undefined ? undefined : b.neg(multiply(b, turn(b, ofQ), q)));
  if (inner === undefined) return undefined;
  const mirrored = b.add(lowerPart(b, inner), turn(b, strictLowerPart(b, inner)));
  const sum = addAll(b, ofQ, multiply(b, q, mirrored))!;
  return turn(b, solveTriangle(b, r, turn(b, sum), { upper: true, onError }));
}

function tangentsOfFactors(b: GraphBuilder, node: Node, { q, r: triangle }: Factors, tangent: Node): readonly Differential[] {
  const sides = sidesOf(node.inputs[0]!);
  const [r] = splitColumns(b, triangle, sides);
  const [moved] = splitColumns(b, tangent, sides);
  const [, rest] = splitColumns(b, node.inputs[0]!, sides);
  const [, movedRest] = splitColumns(b, tangent, sides);
  const scaled = turn(b, solveTriangle(b, r, turn(b, moved), { upper: true, transposed: true, onError: onSingularOf(node) }));
  const inner = multiply(b, turn(b, q), scaled);
  const below = strictLowerPart(b, inner);
  const turned = b.sub(below, turn(b, below));
  const ofQ = b.add(scaled, multiply(b, q, b.sub(turned, inner)));
  const ofR = upperPart(b, multiply(b, b.sub(inner, turned), r));
  if (rest === undefined) return [ofQ, ofR];
  return [ofQ, join(b, [ofR, b.add(multiply(b, turn(b, ofQ), rest), multiply(b, turn(b, q), movedRest!))], "columns")];
}
