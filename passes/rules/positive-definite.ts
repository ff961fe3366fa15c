// Systems and determinants of matrices that are positive definite by the way they are made: by the Cholesky factor, in half the
// operations of LU. Where the graph has that factor anyway, of symmetric matrices too. Not while something else reads the LU
// factors (derivatives that are already taken do): then one factorization would become two.

import { boolAttribute } from "../../ir/attributes.ts";
import type { Node } from "../../ir/node.ts";
import type { GraphBuilder } from "../../ir/op.ts";
import { any, anyConstant, as, computed, constant, type Match, op, opWith, type Rule, rule } from "../../ir/rewrite.ts";
import "../../ir/routines/linalg/index.ts";
import { diagonalOf, turn } from "../../ir/routines/linalg/matrix.ts";
import { productMagnitude } from "../../ir/routines/linalg/product-magnitude.ts";
import { rowsTakenBy } from "../../ir/routines/linalg/take-rows.ts";
import { solveTriangle } from "../../ir/routines/linalg/triangular-solve.ts";
import { type Definiteness, definitenessOf } from "./definite.ts";
import { identity, matrixOfDiagonal } from "./diagonal.ts";
import { reals } from "./domain.ts";

const edges = "a matrix with a NaN, or one that rounding leaves not positive definite, is E609; LU gives NaN, or what rounding makes of it";

const known = new WeakMap<Node, Definiteness | "unknown">();

function definiteness(matrix: Node): Definiteness | "unknown" {
  const found = known.get(matrix) ?? definitenessOf(matrix) ?? "unknown";
  known.set(matrix, found);
  return found;
}

const isFactor = (node: Node): boolean => node.op === "cholesky" && node.attributes["on_error"] === "error";
const isSolve = (node: Node): boolean => node.op === "triangular_solve" && !boolAttribute(node, "transposed") && boolAttribute(node, "unit") !== boolAttribute(node, "upper");

/** `a` and `packed` are bound. */
function canSolve(match: Match): boolean {
  const kind = definiteness(match.node("a"));
  return (kind === "definite" || (kind !== "unknown" && match.readBy("a").some(isFactor)))
    && match.readBy("packed").every((reader) => isSolve(reader) || reader.op === "select") && match.readers("packed") === match.readBy("packed").length;
}

/** Whether there is a factor besides that of the determinant, or will be. */
const canShare = (match: Match): boolean => canSolve(match) && (match.readBy("a").some(isFactor) || match.readBy("packed").some(isSolve));

const lu = as("lu", op("lu", any("a")));
const packed = as("packed", opWith("result", { index: 0 }, lu));
/** Of U, as `diagonalOf` makes it. */
const diagonal = as("diagonal", op("reduce_sum", op("select", any("mask"), packed, any("zero"))));
/** Of the exchanges of rows. */
const parity = op("reduce_prod", op("select", op("eq", opWith("result", { index: 1 }, any("lu")), op("iota")), constant(1), constant(-1)));

const size = op("abs", any("diagonal"));
const [large, small] = [op("reduce_prod", op("max", op("abs", diagonal), constant(1))), op("reduce_prod", op("min", size, constant(1)))];
/** As `productMagnitude` makes it. */
const magnitude = op("select", op("and", op("lt", large, constant(Infinity)), op("ge", small, anyConstant("least"))), op("mul", large, small), op("exp2", op("reduce_sum", op("log2", size))));

/** L's diagonal, if `diagonal` is U's. */
function diagonalOfFactor(b: GraphBuilder, match: Match): Node | undefined {
  if (matrixOfDiagonal(match.node("diagonal")) !== match.node("packed") || !canShare(match)) return undefined;
  return diagonalOf(b, b.make("cholesky", [match.node("a")], { on_error: "error" }));
}

type Build = (b: GraphBuilder, diagonal: Node, match: Match) => Node;

function determinant(name: string, pattern: Parameters<typeof rule>[1], build: Build, example: (b: GraphBuilder, factors: Factors) => Node): Rule {
  return rule(name, pattern, computed(["a", "packed", "diagonal"], (b, match) => {
    const own = diagonalOfFactor(b, match);
    return own === undefined ? undefined : build(b, own, match);
  }), {
    claim: reals, edges,
    // Beside a solution by the same matrix.
    examples: [(b, p) => {
      const factors = factorsOf(b, positive(b, p("b", "f64", [3, 3])));
      return b.add(example(b, factors), b.sum(solution(b, factors, p("right", "f64", [3, 2])), [0, 1]));
    }],
  });
}

interface Factors {
  readonly packed: Node;
  readonly pivots: Node;
  readonly permutation: Node;
}

function factorsOf(b: GraphBuilder, a: Node): Factors {
  const node = b.make("lu", [a], { on_singular: "error" });
  return { packed: b.result(node, 0), pivots: b.result(node, 1), permutation: b.result(node, 2) };
}

/** The product over the last axis. */
const productOf = (b: GraphBuilder, x: Node): Node => b.make("reduce_prod", [x], { axes: [x.type.shape.length - 1] });

const positive = (b: GraphBuilder, x: Node): Node => b.add(b.make("dot_general", [x, turn(b, x)], { lhs_contract: [1], rhs_contract: [0], lhs_batch: [], rhs_batch: [] }), identity(b, 3));

function solution(b: GraphBuilder, { packed, permutation }: Factors, right: Node): Node {
  const rows = b.make("gather", [right, permutation], { axes: [0], bounds: "clamp" });
  return solveTriangle(b, packed, solveTriangle(b, packed, rows, { unit: true }), { upper: true });
}

function parityOf(b: GraphBuilder, { pivots }: Factors): Node {
  const { shape } = pivots.type;
  const isKept = b.make("eq", [pivots, b.make("iota", [], { dtype: "i32", shape, axis: 0 })]);
  return productOf(b, b.select(isKept, b.full(1, "f64", shape), b.full(-1, "f64", shape)));
}

export const positiveDefiniteRules: readonly Rule[] = [
  // U^-1 L^-1 P B => L^-T L^-1 B for A = L L^T
  rule("solution-of-positive", opWith("triangular_solve", { upper: true, transposed: false, unit: false },
    packed, opWith("triangular_solve", { upper: false, transposed: false, unit: true }, any("packed"), any("rows"))), computed(["a", "lu", "packed", "rows"], (b, match) => {
    const right = canSolve(match) ? rowsTakenBy(match.node("rows"), (by) => by.op === "result" && by.attributes["index"] === 2 && by.inputs[0] === match.node("lu")) : undefined;
    if (right === undefined) return undefined;
    const onError = match.root.attributes["on_error"] as "error" | "nan";
    const factor = b.make("cholesky", [match.node("a")], { on_error: onError });
    return solveTriangle(b, factor, solveTriangle(b, factor, right, { onError }), { transposed: true, onError });
  }), { claim: reals, edges, examples: [(b, p) => solution(b, factorsOf(b, positive(b, p("b", "f64", [3, 3]))), p("right", "f64", [3, 2]))] }),
  // sum(log(|diag(U)|)) => 2 sum(log(diag(L)))
  determinant("logdet-of-positive", op("reduce_sum", op("log", op("abs", diagonal))), (b, own, { root }) => {
    const sum = b.make("reduce_sum", [b.unary("log", own)], root.attributes);
    return b.add(sum, sum);
  }, (b, { packed }) => b.sum(b.unary("log", b.unary("abs", diagonalOf(b, packed))), [0])),
  // parity prod(sign(diag(U))) => 1
  determinant("sign-of-positive", op("mul", op("reduce_prod", op("sign", diagonal)), parity), (b, _, { root }) => b.fullLike(root, 1),
    (b, factors) => b.mul(productOf(b, b.unary("sign", diagonalOf(b, factors.packed))), parityOf(b, factors))),
  // |prod(diag(U))| => prod(diag(L))^2
  determinant("det-of-positive", magnitude, (b, own) => {
    const product = productMagnitude(b, own);
    return b.mul(product, product);
  }, (b, { packed }) => productMagnitude(b, diagonalOf(b, packed))),
];
