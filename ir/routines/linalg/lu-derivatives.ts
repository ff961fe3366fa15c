// Derivatives of lu. With k = min(m, n), P A is [[L U, L V], [W U, .]] for square triangles L and U [k,k], the columns V [k,n-k] past U of a wide matrix and the
// rows W [m-k,k] below L of a tall one: of L U the derivatives are those of Giles 2008, and V = L^-1 B and W = C U^-1 follow.

import type { Node } from "../../node.ts";
import type { GraphBuilder } from "../../op.ts";
import { dimEquals, minDims, subDims } from "../../size.ts";
import { block, identityLike, join, multiply, sidesOf, strictLowerPart, turn, upperPart } from "./matrix.ts";
import { onSingularOf } from "./matrix-checks.ts";
import { invert, takeRows } from "./take-rows.ts";
import { solveTriangle } from "./triangular-solve.ts";

/** Parts that a matrix has for certain are undefined where they have no element; where only the call knows, both are there. */
interface Parts {
  readonly square: Node;
  readonly past: Node | undefined;
  readonly below: Node | undefined;
}

function partsOf(b: GraphBuilder, x: Node): Parts {
  const [m, n] = sidesOf(x);
  const k = minDims(m, n);
  return {
    square: block(b, x, [0, 0], [k, k], [k, k]),
    past: dimEquals(k, n) ? undefined : block(b, x, [0, k], [k, subDims(n, k)], [k, n]),
    below: dimEquals(k, m) ? undefined : block(b, x, [k, 0], [subDims(m, k), k], [m, k]),
  };
}

function joined(b: GraphBuilder, { square, past, below }: Parts): Node {
  const top = past === undefined ? square : join(b, [square, past], "columns");
  if (below === undefined) return top;
  if (past === undefined) return join(b, [top, below], "rows");
  // Without an element, as one of the parts beside it.
  const corner = b.full(0, square.type.dtype, [...square.type.shape.slice(0, -2), sidesOf(below)[0], sidesOf(past)[1]]);
  return join(b, [top, join(b, [below, corner], "columns")], "rows");
}

const unitLower = (b: GraphBuilder, factors: Node): Node => b.add(strictLowerPart(b, factors), identityLike(b, factors));

/** x U^-1, or x U^-T. */
function divideByUpper(b: GraphBuilder, x: Node, factors: Node, node: Node, transposed: boolean): Node {
  return turn(b, solveTriangle(b, factors, turn(b, x), { upper: true, transposed: !transposed, onError: onSingularOf(node) }));
}

/** The cotangent of P A is L^-T (stril(L^T L') + triu(U' U^T)) U^-T, where L' and U' hold what comes to them by V and W: B' = L^-T V' and C' = W' U^-T give
 *  -B' V^T to L' and -W^T C' to U'. */
export function cotangentOfMatrix(b: GraphBuilder, node: Node, cotangent: Node): Node {
  const { square: factors, past, below } = partsOf(b, b.result(node, 0));
  const own = partsOf(b, cotangent);
  const right = own.past === undefined ? undefined : solveTriangle(b, factors, own.past, { transposed: true, unit: true });
  const under = own.below === undefined ? undefined : divideByUpper(b, own.below, factors, node, true);
  const lower = right === undefined ? own.square : b.sub(own.square, multiply(b, right, turn(b, past!)));
  const upper = under === undefined ? own.square : b.sub(own.square, multiply(b, turn(b, below!), under));
  const inner = b.add(
    strictLowerPart(b, multiply(b, turn(b, unitLower(b, factors)), strictLowerPart(b, lower))),
    upperPart(b, multiply(b, upperPart(b, upper), turn(b, upperPart(b, factors)))),
  );
  const square = divideByUpper(b, solveTriangle(b, factors, inner, { transposed: true, unit: true }), factors, node, true);
  return takeRows(b, joined(b, { square, past: right, below: under }), invert(b, b.result(node, 2)));
}

/** dL = L stril(M) and dU = triu(M) U for M = L^-1 d(P A) U^-1; dV = L^-1 (dB - dL V), dW = (dC - W dU) U^-1. */
export function tangentOfFactors(b: GraphBuilder, node: Node, tangent: Node): Node {
  const { square: factors, past, below } = partsOf(b, b.result(node, 0));
  const moved = partsOf(b, takeRows(b, tangent, b.result(node, 2)));
  const inner = divideByUpper(b, solveTriangle(b, factors, moved.square, { unit: true }), factors, node, false);
  const lower = multiply(b, unitLower(b, factors), strictLowerPart(b, inner));
  const upper = multiply(b, upperPart(b, inner), upperPart(b, factors));
  return joined(b, {
    square: b.add(lower, upper),
    past: past === undefined ? undefined : solveTriangle(b, factors, b.sub(moved.past!, multiply(b, lower, past)), { unit: true }),
    below: below === undefined ? undefined : divideByUpper(b, b.sub(moved.below!, multiply(b, below, upper)), factors, node, false),
  });
}
