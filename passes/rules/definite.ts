// Matrices that are symmetric or positive definite by the way they are made, over the last two axes. A kernel exp(-d) is positive
// semidefinite where d is conditionally negative definite, as squared distances are (Schoenberg 1938); element by element, sums and
// products of positive semidefinite matrices are (Schur 1911).

import { intsAttribute } from "../../ir/attributes.ts";
import type { Node } from "../../ir/node.ts";
import { opOf } from "../../ir/table.ts";
import { diagonalIn, isIdentity } from "./diagonal.ts";
import { type Sign, signOf } from "./element-signs.ts";
import { isExchanged, isUniform, viewOf } from "./view.ts";

/** Each is more than those before it. */
export type Definiteness = "symmetric" | "semidefinite" | "definite";

type Known = Definiteness | undefined;

/** What the matrix is in exact arithmetic; undefined where nothing is known. */
export function definitenessOf(node: Node): Known {
  return new Search().matrix(node);
}

const squared = (sign: Sign | undefined): Definiteness => (sign === "positive" ? "definite" : sign === "nonnegative" ? "semidefinite" : "symmetric");
const isSemidefinite = (known: Known): boolean => known === "semidefinite" || known === "definite";

/** Looks at so many nodes, then gives up: expressions may share parts. */
class Search {
  #left = 300;

  matrix(node: Node): Known {
    const rank = node.type.shape.length;
    if (--this.#left < 0 || rank < 2 || node.type.shape[rank - 1] !== node.type.shape[rank - 2]) return undefined;
    const along = [rank - 2, rank - 1] as const;
    const [first, second] = node.inputs as [Node, Node];
    if (isIdentity(node)) return "definite";
    const diagonal = diagonalIn(node);
    if (diagonal !== undefined) return squared(signOf(diagonal));
    // c 1 1^T
    if (isUniform(node, along)) return signOf(node) === "positive" || signOf(node) === "nonnegative" ? "semidefinite" : "symmetric";
    switch (node.op) {
      case "broadcast": return String(intsAttribute(node, "axes").slice(-2)) === String(along) ? this.matrix(first) : undefined;
      case "transpose": return intsAttribute(node, "permutation").slice(-2).every((axis) => axis >= rank - 2) ? this.matrix(first) : undefined;
      case "dot_general": return isGram(node) ? "semidefinite" : undefined;
      case "add": return isExchanged(first, second, along) ? "symmetric" : this.#sum(first, second) ?? this.#alike(node);
      case "mul": return this.#product(first, second, along) ?? this.#alike(node);
      case "div": return isUniform(second, along) && signOf(second) === "positive" ? this.matrix(first) : this.#alike(node);
      case "exp": return this.#isConditionallyPositive(first, along) ? "semidefinite" : this.#alike(node);
      default: return this.#alike(node);
    }
  }

  /** An elementwise function of symmetric matrices. */
  #alike(node: Node): Known {
    return node.inputs.length > 0 && opOf(node.op).lower.kind === "elementwise" && node.inputs.every((input) => this.matrix(input) !== undefined) ? "symmetric" : undefined;
  }

  #sum(x: Node, y: Node): Known {
    const [a, b] = [this.matrix(x), this.matrix(y)];
    if (!isSemidefinite(a) || !isSemidefinite(b)) return undefined;
    return a === "definite" || b === "definite" ? "definite" : "semidefinite";
  }

  #product(x: Node, y: Node, along: readonly number[]): Known {
    for (const [one, other] of [[x, y], [y, x]] as const) {
      if (isIdentity(one)) return squared(signOf(other));
      if (!isUniform(one, along)) continue;
      const [sign, known] = [signOf(one), this.matrix(other)];
      if (!isSemidefinite(known)) return known;
      return sign === "positive" ? known : sign === "nonnegative" ? "semidefinite" : "symmetric";
    }
    const [a, b] = [this.matrix(x), this.matrix(y)];
    if (!isSemidefinite(a) || !isSemidefinite(b)) return undefined;
    return a === "definite" && b === "definite" ? "definite" : "semidefinite";
  }

  /** Whether z^T x z >= 0 for all z whose elements sum to 0; then exp(x) is positive semidefinite. */
  #isConditionallyPositive(x: Node, along: readonly [number, number]): boolean {
    if (--this.#left < 0) return false;
    const [first, second] = x.inputs as [Node, Node];
    switch (x.op) {
      case "neg": return this.#isDistance(first, along);
      case "add": return this.#isConditionallyPositive(first, along) && this.#isConditionallyPositive(second, along);
      case "sub": return this.#isConditionallyPositive(first, along) && this.#isDistance(second, along);
      case "mul": return this.#isScaled(first, second, along) || this.#isScaled(second, first, along) || isSemidefinite(this.matrix(x));
      case "div": return this.#isScaled(first, second, along);
      default: return isUniform(x, along) || isSemidefinite(this.matrix(x));
    }
  }

  /** x times a factor, or divided by it, with the sign that it takes. */
  #isScaled(x: Node, factor: Node, along: readonly [number, number]): boolean {
    if (!isUniform(factor, along)) return false;
    const sign = signOf(factor);
    return sign === "negative" ? this.#isDistance(x, along) : sign === "positive" && this.#isConditionallyPositive(x, along);
  }

  /** Whether x is conditionally negative definite: powers 0 < p <= 2 of differences, their sums, roots and multiples. */
  #isDistance(x: Node, along: readonly [number, number]): boolean {
    if (--this.#left < 0) return false;
    const [first, second] = x.inputs as [Node, Node];
    const isFactor = (factor: Node): boolean => isUniform(factor, along) && (signOf(factor) === "positive" || (x.op === "mul" && signOf(factor) === "nonnegative"));
    switch (x.op) {
      case "abs": return isDifference(first, along);
      case "sqrt": return this.#isDistance(first, along);
      case "add": return this.#isDistance(first, along) && this.#isDistance(second, along);
      case "reduce_sum": return intsAttribute(x, "axes").every((axis) => axis > along[1]) && this.#isDistance(first, along);
      case "mul": return first === second ? isDifference(first, along) : (isFactor(second) && this.#isDistance(first, along)) || (isFactor(first) && this.#isDistance(second, along));
      case "div": return isFactor(second) && this.#isDistance(first, along);
      default: return false;
    }
  }
}

/** p[i] - p[j], perhaps scaled. */
function isDifference(x: Node, along: readonly [number, number]): boolean {
  const [first, second] = x.inputs as [Node, Node];
  if (x.op === "mul" || x.op === "div") return (isUniform(second, along) && isDifference(first, along)) || (x.op === "mul" && isUniform(first, along) && isDifference(second, along));
  return x.op === "sub" && isExchanged(first, second, along) && [along, [...along].reverse()].some(([i, j]) => isUniform(first, [i!]) && isUniform(second, [j!]));
}

/** B B^T: the operands are one tensor, with the same axes summed over. */
function isGram(node: Node): boolean {
  const [own, other] = node.inputs.map((operand, i) => {
    const side = i === 0 ? "lhs" : "rhs";
    const [batch, contract] = [intsAttribute(node, `${side}_batch`), intsAttribute(node, `${side}_contract`)];
    const { source, axes } = viewOf(operand);
    const role = (axis: number | undefined): string => (axis === undefined ? "one" : batch.includes(axis) ? `batch ${batch.indexOf(axis)}` : contract.includes(axis) ? `sum ${contract.indexOf(axis)}` : "free");
    return { source, roles: axes.map(role), free: operand.type.shape.length - batch.length - contract.length };
  }) as [{ source: Node; roles: string[]; free: number }, { source: Node; roles: string[]; free: number }];
  return own.source === other.source && own.free === 1 && other.free === 1 && String(own.roles) === String(other.roles);
}
