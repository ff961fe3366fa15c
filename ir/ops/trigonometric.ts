// Circular and hyperbolic functions and their inverses.

import type { GraphBuilder } from "../op.ts";
import type { Node } from "../node.ts";
import { binary, floatDTypes, floatUnary, partials } from "./elementwise-entry.ts";

const one = (b: GraphBuilder, like: Node) => b.fullLike(like, 1);
const reciprocal = (b: GraphBuilder, x: Node) => b.div(one(b, x), x);
const onePlusSquare = (b: GraphBuilder, x: Node) => b.add(one(b, x), b.mul(x, x));
/** 1 - x^2 in factors, which keep their precision near 1. */
const oneMinusSquare = (b: GraphBuilder, x: Node) => b.mul(b.sub(one(b, x), x), b.add(one(b, x), x));
const squareMinusOne = (b: GraphBuilder, x: Node) => b.mul(b.sub(x, one(b, x)), b.add(x, one(b, x)));
const squaredNorm = (b: GraphBuilder, x: Node, y: Node) => b.add(b.mul(x, x), b.mul(y, y));

export const trigonometricOps = [
  floatUnary("sin", Math.sin, (b, x) => b.unary("cos", x)),
  floatUnary("cos", Math.cos, (b, x) => b.neg(b.unary("sin", x))),
  floatUnary("tan", Math.tan, (b, _, result) => onePlusSquare(b, result)),
  floatUnary("asin", Math.asin, (b, x) => b.unary("rsqrt", oneMinusSquare(b, x))),
  floatUnary("acos", Math.acos, (b, x) => b.neg(b.unary("rsqrt", oneMinusSquare(b, x)))),
  floatUnary("atan", Math.atan, (b, x) => reciprocal(b, onePlusSquare(b, x))),
  floatUnary("sinh", Math.sinh, (b, x) => b.unary("cosh", x)),
  floatUnary("cosh", Math.cosh, (b, x) => b.unary("sinh", x)),
  floatUnary("tanh", Math.tanh, (b, _, result) => oneMinusSquare(b, result)),
  floatUnary("asinh", Math.asinh, (b, x) => b.unary("rsqrt", onePlusSquare(b, x))),
  floatUnary("acosh", Math.acosh, (b, x) => b.unary("rsqrt", squareMinusOne(b, x))),
  floatUnary("atanh", Math.atanh, (b, x) => reciprocal(b, oneMinusSquare(b, x))),
  binary({
    // atan2(y, x): the angle of the point (x, y)
    name: "atan2", accepts: floatDTypes, meaning: { float: Math.atan2 },
    gradient: partials(
      (b, [y, x]) => b.div(x!, squaredNorm(b, x!, y!)),
      (b, [y, x]) => b.neg(b.div(y!, squaredNorm(b, x!, y!))),
    ),
  }),
] as const;
