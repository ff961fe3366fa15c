// The columns that complete the basis of a full QR factorization, as functions of the others. A product of reflections is I - Y T Y^T
// (Schreiber and Van Loan 1989), so that Q[:, :n] - I = -Y T Y1^T gives Y and T (Ballard et al. 2015, Reconstructing Householder
// vectors from TSQR), and with them the rest: Q2 = [0; I] + E B for E = Q[:, :n] - I and (Q11 - I)^T B = Q21^T. Which columns complete the
// basis is that of the reflections, so derivatives are of the function that is computed. E609 where a column needs no reflection.

import type { Node } from "../../node.ts";
import type { GraphBuilder } from "../../op.ts";
import { subDims } from "../../size.ts";
import { block, identityLike, join, multiply, sidesOf, turn } from "./matrix.ts";
import { solveByLu } from "./solve-by-lu.ts";

interface Reflected {
  /** Q11 - I and Q21, one above the other. */
  readonly e: Node;
  /** Q11 - I. */
  readonly top: Node;
  readonly b: Node;
}

function reflected(b: GraphBuilder, q: Node): Reflected {
  const [upper, lower] = halves(b, q);
  const top = b.sub(upper, identityLike(b, upper));
  return { e: join(b, [top, lower], "rows"), top, b: solveByLu(b, turn(b, top), turn(b, lower)) };
}

function halves(b: GraphBuilder, q: Node): readonly [Node, Node] {
  const [m, n] = sidesOf(q);
  return [block(b, q, [0, 0], [n, n], [n, n]), block(b, q, [n, 0], [subDims(m, n), n], [m, n])];
}

/** dQ B + E dB with (Q11 - I)^T dB = dQ21^T - dQ11^T B */
export function tangentOfComplement(b: GraphBuilder, q: Node, tangent: Node): Node {
  const { e, top, b: factor } = reflected(b, q);
  const [upper, lower] = halves(b, tangent);
  const moved = solveByLu(b, turn(b, top), b.sub(turn(b, lower), multiply(b, turn(b, upper), factor)));
  return b.add(multiply(b, tangent, factor), multiply(b, e, moved));
}

/** The transpose of it: of Q[:, :n] from that of the other columns. */
export function cotangentOfBasis(b: GraphBuilder, q: Node, cotangent: Node): Node {
  const { e, top, b: factor } = reflected(b, q);
  const own = multiply(b, cotangent, turn(b, factor));
  const moved = solveByLu(b, top, multiply(b, turn(b, e), cotangent));
  return b.add(own, join(b, [b.neg(multiply(b, factor, turn(b, moved))), turn(b, moved)], "rows"));
}
