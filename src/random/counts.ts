// Counts: Poisson and binomial draws. Where few are expected, by inversion: probabilities are added up until they exceed one
// uniform draw. Where many are, by transformed rejection (Hormann, 1993). Both in f64, so that counts in the millions have the
// right probabilities.

import { userError } from "../../ir/errors.ts";
import type { Node } from "../../ir/node.ts";
import { type DType, isInt } from "../../ir/types.ts";
import * as e from "../ops/elementwise.ts";
import { stretchTo } from "../ops/movement.ts";
import { expectDType, isWeak, type Operand, toNode, weakNode } from "../ops/operand.ts";
import { convert, fullLike } from "../ops/primitive.ts";
import { toShape } from "../shape.ts";
import { later } from "./keys.ts";
import { type DrawOptions, jumpingParameter, parameterOf } from "./parameter.ts";
import { stepUntilDone } from "./trials.ts";
import { unitInterval } from "./uniform.ts";

/** From this many expected on, by rejection. */
const many = 10;

/** i32 or i64. E101 otherwise. */
function countDType(op: string, options: DrawOptions | undefined): DType {
  const dtype = options?.dtype ?? "i32";
  if (dtype === "i32" || dtype === "i64") return dtype;
  throw userError("E101", { op, message: `${String(dtype)} is not i32 or i64` });
}

/** What a distribution's two methods need, for parameters of which `expected` tells them apart. */
interface Counting {
  readonly op: string;
  readonly key: Operand;
  readonly valid: Node;
  readonly expected: Node;
  /** The probability of 0, and the ratio of those of `count` and the one before. */
  readonly first: Node;
  ratio(count: Node): Node;
  /** The largest count. */
  readonly limit: Node;
  readonly rejection: Rejection;
}

/** Hormann's transformed rejection: a count is proposed by floor((2 a / (1/2 - |u|) + b) u + c). */
interface Rejection {
  readonly a: Node;
  readonly b: Node;
  readonly c: Node;
  /** Proposals with v below it are accepted at once. */
  readonly squeeze: Node;
  /** The scale of the other proposals' v. */
  readonly scale: Node;
  /** The logarithm of the probability of a count, but for what does not depend on it. */
  logProbability(count: Node): Node;
}

/** The counts as f64; -1 where a parameter is not valid. */
function drawCounts({ op, key, valid, expected, first, ratio, limit, rejection }: Counting): Node {
  const { shape } = expected.type;
  const few = e.lt(expected, many);
  const counted = countUp(unitInterval(op, key, shape, "f64"), { first: e.select(few, first, 1), ratio });
  const accepted = reject(op, key, e.and(valid, e.not(few)), limit, rejection);
  return e.select(valid, e.minimum(e.select(few, counted, accepted), limit), -1);
}

/** The least count whose distribution function exceeds u. */
function countUp(u: Node, { first, ratio }: Pick<Counting, "first" | "ratio">): Node {
  const [count] = stepUntilDone("count", { state: [fullLike(u, 0), first, first], pending: e.ge(u, first) }, (_, [before, probability, sum]) => {
    const next = e.add(before!, 1);
    const own = e.mul(probability!, ratio(next));
    const total = e.add(sum!, own);
    // Rounding may keep the whole sum below u.
    return { state: [next, own, total], pending: e.and(e.ge(u, total), e.gt(own, 2 ** -60)) };
  }) as [Node];
  return count;
}

function reject(op: string, key: Operand, pending: Node, limit: Node, { a, b, c, squeeze, scale, logProbability }: Rejection): Node {
  const { shape } = pending.type;
  const [count] = stepUntilDone(op, { state: [fullLike(limit, -1)], pending }, (index) => {
    // Round 0 has the u of inversion.
    const round = e.add(e.mul(index, 2), 1);
    const u = e.sub(unitInterval(op, key, shape, "f64", round), 0.5);
    const v = unitInterval(op, key, shape, "f64", later(round, 1));
    const us = e.sub(0.5, e.abs(u));
    const proposed = e.floor(e.add(e.mul(e.add(e.div(e.mul(a, 2), us), b), u), c));
    const possible = e.and(e.ge(proposed, 0), e.le(proposed, limit));
    const atOnce = e.and(e.ge(us, 0.07), e.le(v, squeeze));
    const level = e.log(e.div(e.mul(v, scale), e.add(e.div(a, e.mul(us, us)), b)));
    const accepted = e.and(possible, e.or(atOnce, e.le(level, logProbability(proposed))));
    return { state: [proposed], pending: e.not(accepted) };
  }) as [Node];
  return count;
}

/** How often something happens that happens `rate` times on average. -1 for a rate that is negative, infinite or no number. */
export function poisson(key: Operand, shape: readonly unknown[], rate: Operand, options: DrawOptions = {}): Node {
  const op = "poisson";
  const dtype = countDType(op, options);
  const mean = jumpingParameter(op, parameterOf(op, rate, "f64", toShape(shape)));
  const [large, logarithm] = [e.maximum(mean, many), e.log(e.maximum(mean, many))];
  const b = e.add(e.mul(e.sqrt(large), 2.53), 0.931);
  const counts = drawCounts({
    op, key, valid: e.and(e.ge(mean, 0), e.lt(mean, Infinity)), expected: mean, first: e.exp(e.neg(mean)), ratio: (count) => e.div(mean, count), limit: fullLike(mean, Infinity),
    rejection: {
      a: e.sub(e.mul(b, 0.02483), 0.059), b, c: e.add(large, 0.43), squeeze: e.sub(0.9277, e.div(3.6224, e.sub(b, 2))),
      scale: e.add(e.div(1.1328, e.sub(b, 3.4)), 1.1239),
      logProbability: (count) => e.sub(e.sub(e.mul(count, logarithm), large), e.lgamma(e.add(count, 1))),
    },
  });
  return convert(counts, dtype);
}

/** How often something happens in `trials` tries that happens with probability p in each. -1 where trials is negative or p not in [0, 1]. */
export function binomial(key: Operand, shape: readonly unknown[], trials: Operand, p: Operand, options: DrawOptions = {}): Node {
  const op = "binomial";
  const dtype = countDType(op, options);
  const dims = toShape(shape);
  const tries = isWeak(trials) ? weakNode(op, trials, "i64", []) : expectDType(op, toNode(op, trials), isInt, "an integer");
  const n = stretchTo(op, convert(tries, "f64"), dims);
  const given = jumpingParameter(op, parameterOf(op, p, "f64", dims));
  // The rarer of the two outcomes is counted.
  const common = e.gt(given, 0.5);
  const rare = e.select(common, e.sub(1, given), given);
  const odds = e.div(rare, e.sub(1, rare));
  const expected = e.mul(n, rare);
  // Values for which rejection's constants are in order, where the others are not drawn so.
  const large = e.ge(expected, many);
  const [most, q] = [e.select(large, n, 4 * many), e.select(large, rare, 0.5)];
  const deviation = e.sqrt(e.mul(e.mul(most, q), e.sub(1, q)));
  const b = e.add(e.mul(deviation, 2.53), 1.15);
  const mode = e.floor(e.mul(e.add(most, 1), q));
  const logOdds = e.log(e.div(q, e.sub(1, q)));
  const ways = (count: Node): Node => e.add(e.lgamma(e.add(count, 1)), e.lgamma(e.add(e.sub(most, count), 1)));
  const waysOfMode = ways(mode);
  const counts = drawCounts({
    op, key, valid: e.and(e.ge(n, 0), e.and(e.ge(given, 0), e.le(given, 1))), expected,
    first: e.exp(e.mul(n, e.log1p(e.neg(rare)))), ratio: (count) => e.mul(odds, e.div(e.add(e.sub(n, count), 1), count)), limit: n,
    rejection: {
      a: e.add(e.add(e.mul(b, 0.0248), e.mul(q, 0.01)), -0.0873), b, c: e.add(e.mul(most, q), 0.5), squeeze: e.sub(0.92, e.div(4.2, b)),
      scale: e.mul(e.add(e.div(5.1, b), 2.83), deviation),
      logProbability: (count) => e.add(e.sub(waysOfMode, ways(count)), e.mul(e.sub(count, mode), logOdds)),
    },
  });
  return convert(e.select(e.and(common, e.ge(counts, 0)), e.sub(n, counts), counts), dtype);
}
