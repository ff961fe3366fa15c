// Products with inverses and diagonal matrices. They apply before derivatives are taken, so that those are of the cheaper form.
// An inverse is a solution for the rows of the identity: products move into the solution, and of the identity's rows only the order stays.

import { intsAttribute } from "../../ir/attributes.ts";
import { createBuilder } from "../../ir/build.ts";
import type { Node } from "../../ir/node.ts";
import type { GraphBuilder } from "../../ir/op.ts";
import { any, as, computed, op, type Rule, rule } from "../../ir/rewrite.ts";
import "../../ir/routines/linalg/index.ts";
import { along, diagonalMatrix } from "../../ir/routines/linalg/matrix.ts";
import { takeRows } from "../../ir/routines/linalg/take-rows.ts";
import { isNonNegative, subDims } from "../../ir/size.ts";
import { typeEquals } from "../../ir/types.ts";
import { diagonalIn, identity, isIdentity } from "./diagonal.ts";
import { reals } from "./domain.ts";
import { positiveDefiniteRules } from "./positive-definite.ts";

/** A product that sums over the last axis of the left operand, whose axes stay in order, and has at most one free axis on the right. */
function isRowProduct(node: Node): boolean {
  const [lhs, rhs] = node.inputs as [Node, Node];
  const [contract, batch, other] = [intsAttribute(node, "lhs_contract"), intsAttribute(node, "lhs_batch"), intsAttribute(node, "rhs_batch")];
  const rank = lhs.type.shape.length;
  return contract.length === 1 && contract[0] === rank - 1 && batch.every((axis, i) => axis === i) && rank - batch.length >= 2
    && rhs.type.shape.length - other.length - 1 <= 1;
}

/** Whether the result has no more columns than the left operand. */
const isNarrow = (node: Node): boolean => {
  const { shape } = node.inputs[0]!.type;
  return node.type.shape.length < shape.length || isNonNegative(subDims(shape.at(-1)!, node.type.shape.at(-1)!));
};

/** One column for a vector. */
const asColumns = (b: GraphBuilder, x: Node, like: Node): Node => (x.type.shape.length < like.type.shape.length ? b.reshape(x, [...x.type.shape, 1]) : x);

const plain = { lhs_contract: [1], rhs_contract: [0], lhs_batch: [], rhs_batch: [] };
const lower = { upper: false, transposed: false, unit: true, on_error: "error" };

export const linearAlgebraRules: readonly Rule[] = [
  // (T^-1 X) B => T^-1 (X B), where B has no more columns than X
  rule("product-of-solution", op("dot_general", as("solution", op("triangular_solve", any("t"), any("x"))), any("right")), computed(["solution", "t", "x", "right"], (b, match) => {
    const { root } = match;
    const solution = match.node("solution");
    if (match.readers("solution") > 1 || !isRowProduct(root) || !isNarrow(root)) return undefined;
    const product = b.make("dot_general", [match.node("x"), match.node("right")], root.attributes);
    if (match.node("x").type.shape.length !== solution.type.shape.length) return undefined;
    // What is singular is the matrix of the solution, on its line.
    const solved = createBuilder(solution.location).make("triangular_solve", [match.node("t"), asColumns(b, product, solution)], solution.attributes);
    return b.reshape(solved, root.type.shape);
  }), {
    claim: reals, edges: "a product that overflows may not, and the other way round",
    examples: [
      (b, p) => b.make("dot_general", [b.make("triangular_solve", [p("t", "f64", [3, 3]), p("x", "f64", [3, 3])], lower), p("right", "f64", [3, 2])], plain),
      (b, p) => b.make("dot_general", [b.make("triangular_solve", [p("t", "f64", [3, 3]), p("x", "f64", [3, 3])], lower), p("right", "f64", [3])], plain),
    ],
  }),
  // I[order] B => B[order]
  rule("product-of-ordered-rows", op("dot_general", as("rows", op("gather", any("identity"), any("order"))), any("right")), computed(["rows", "identity", "order", "right"], (b, match) => {
    const { root } = match;
    const right = match.node("right");
    if (!isRowProduct(root) || !isIdentity(match.node("identity")) || match.node("rows").type.shape.length !== 2 || right.type.shape.length > 2) return undefined;
    if (intsAttribute(root, "rhs_contract")[0] !== 0 || String(intsAttribute(match.node("rows"), "axes")) !== "0") return undefined;
    return b.reshape(takeRows(b, asColumns(b, right, match.node("rows")), match.node("order")), root.type.shape);
  }), {
    claim: reals, edges: "NaN and infinities stay in their row; in the product they spread, as 0 * NaN is NaN",
    examples: [(b, p) => b.make("dot_general", [
      b.make("gather", [identity(b, 3), b.make("iota", [], { dtype: "i32", shape: [3], axis: 0 })], { axes: [0], bounds: "clamp" }), p("right", "f64", [3, 2]),
    ], plain)],
  }),
  // I B => B, and A I => A
  rule("product-with-identity", op("dot_general", any("left"), any("right")), computed(["left", "right"], (_, match) => {
    const { root } = match;
    const [left, right] = [match.node("left"), match.node("right")];
    const [batch, contract] = [intsAttribute(root, "lhs_batch").length, intsAttribute(root, "rhs_contract")[0]];
    if (!isRowProduct(root) || !intsAttribute(root, "rhs_batch").every((axis, i) => axis === i) || contract !== batch) return undefined;
    const other = left.type.shape.length === batch + 2 && isIdentity(left) ? right : right.type.shape.length === batch + 2 && isIdentity(right) ? left : undefined;
    return other !== undefined && typeEquals(other.type, root.type) ? other : undefined;
  }), {
    claim: reals, edges: "NaN and infinities stay in their place; in the product they spread, as 0 * NaN is NaN",
    examples: [(b, p) => b.make("dot_general", [identity(b, 3), p("right", "f64", [3, 2])], plain), (b, p) => b.make("dot_general", [p("left", "f64", [2, 3]), identity(b, 3)], plain)],
  }),
  // diag(d) B => d[i] B[i,j], and A diag(d) => A[i,j] d[j]
  rule("product-with-diagonal", op("dot_general", any("left"), any("right")), computed(["left", "right"], (b, match) => {
    const { root } = match;
    const [left, right] = [match.node("left"), match.node("right")];
    const rank = root.type.shape.length;
    if (left.type.shape.length !== rank || right.type.shape.length !== rank || !isRowProduct(root) || intsAttribute(root, "lhs_batch").length !== rank - 2) return undefined;
    if (intsAttribute(root, "rhs_contract")[0] !== rank - 2 || !intsAttribute(root, "rhs_batch").every((axis, i) => axis === i)) return undefined;
    const [ofLeft, ofRight] = [diagonalIn(left), diagonalIn(right)];
    if (ofLeft !== undefined) return b.mul(along(b, ofLeft, root.type.shape, "rows"), right);
    return ofRight === undefined ? undefined : b.mul(left, along(b, ofRight, root.type.shape, "columns"));
  }), {
    claim: reals, edges: "NaN and infinities stay in their place; in the product they spread, as 0 * NaN is NaN",
    examples: [
      (b, p) => b.make("dot_general", [diagonalMatrix(b, p("left", "f64", [3])), p("right", "f64", [3, 2])], plain),
      (b, p) => b.make("dot_general", [p("left", "f64", [2, 3]), diagonalMatrix(b, p("right", "f64", [3]))], plain),
    ],
  }),
  ...positiveDefiniteRules,
];
