// The class that users' tensors are instances of: an expression with the operators as methods, attached from one table;
// and how IR nodes become tensors with their static types.

import type { Node } from "../ir/node.ts";
import * as activation from "./composites/activation.ts";
import * as softmax from "./composites/softmax.ts";
import { Expression } from "./expression.ts";
import * as indexing from "./indexing.ts";
import { located } from "./location.ts";
import * as contraction from "./ops/contraction.ts";
import * as elementwise from "./ops/elementwise.ts";
import * as matrix from "./ops/matrix.ts";
import * as movement from "./ops/movement.ts";
import * as reduction from "./ops/reduction.ts";
import type { Tensor } from "./tensor.ts";
import type { AnyTensor, DType, List } from "./types/index.ts";

/** An expression with the operators as methods. Whoever makes tensors names this class, so that no bundler leaves the
 *  methods out. */
export class TensorExpression extends Expression {}

/** The node as a tensor; its static type is what the caller's signature says. */
export function toTensor<D extends DType, S extends List>(node: Node): Tensor<D, S> {
  return new TensorExpression(node) as unknown as Tensor<D, S>;
}

// Parameters are checked by the operators themselves: never[] accepts any list of them.
type Build = (...args: never[]) => Node | readonly Node[];

/** An operator on nodes as a function on tensors. Nodes and errors carry the line of the call, errors its name, too:
 *  that of the method, or of the function itself. */
export function lift<F>(build: Build): F {
  const run = build as (...args: unknown[]) => Node | readonly Node[];
  let name: string | undefined;
  const lifted = (...args: unknown[]): unknown => {
    name ??= nameOf(build);
    return toTensors(located(() => run(...args), name === "" ? undefined : name));
  };
  return lifted as F;
}

function nameOf(build: Build): string {
  return Object.entries(methods).find(([, method]) => method === build)?.[0] ?? build.name;
}

/** The same of an operator that gives several tensors by name. */
export function liftRecord<F>(build: (...args: never[]) => { readonly [name: string]: Node }): F {
  const run = build as (...args: unknown[]) => { readonly [name: string]: Node };
  const lifted = (...args: unknown[]): unknown =>
    Object.fromEntries(Object.entries(located(() => run(...args), build.name)).map(([name, node]) => [name, toTensor(node)]));
  return lifted as F;
}

function toTensors(result: Node | readonly Node[]): unknown {
  return Array.isArray(result) ? result.map((node: Node) => toTensor(node)) : toTensor(result as Node);
}

type MethodName = Exclude<keyof Tensor, keyof AnyTensor | "shape" | "ndim">;

const methods: { readonly [K in MethodName]: Build } = {
  neg: elementwise.neg,
  abs: elementwise.abs,
  sign: elementwise.sign,
  square: elementwise.square,
  floor: elementwise.floor,
  ceil: elementwise.ceil,
  round: elementwise.round,
  trunc: elementwise.trunc,
  relu: elementwise.relu,
  sqrt: elementwise.sqrt,
  rsqrt: elementwise.rsqrt,
  cbrt: elementwise.cbrt,
  reciprocal: elementwise.reciprocal,
  exp: elementwise.exp,
  exp2: elementwise.exp2,
  expm1: elementwise.expm1,
  log: elementwise.log,
  log2: elementwise.log2,
  log10: elementwise.log10,
  log1p: elementwise.log1p,
  sin: elementwise.sin,
  cos: elementwise.cos,
  tan: elementwise.tan,
  asin: elementwise.asin,
  acos: elementwise.acos,
  atan: elementwise.atan,
  sinh: elementwise.sinh,
  cosh: elementwise.cosh,
  tanh: elementwise.tanh,
  asinh: elementwise.asinh,
  acosh: elementwise.acosh,
  atanh: elementwise.atanh,
  sigmoid: elementwise.sigmoid,
  erf: elementwise.erf,
  erfc: elementwise.erfc,
  erfinv: elementwise.erfinv,
  lgamma: elementwise.lgamma,
  digamma: elementwise.digamma,
  isNan: elementwise.isNan,
  isFinite: elementwise.finite,
  not: elementwise.not,
  convert: elementwise.convert,
  bitcast: elementwise.bitcast,
  add: elementwise.add,
  sub: elementwise.sub,
  mul: elementwise.mul,
  div: elementwise.div,
  rem: elementwise.rem,
  floorDiv: elementwise.floorDiv,
  pow: elementwise.pow,
  atan2: elementwise.atan2,
  maximum: elementwise.maximum,
  minimum: elementwise.minimum,
  eq: elementwise.eq,
  ne: elementwise.ne,
  lt: elementwise.lt,
  le: elementwise.le,
  gt: elementwise.gt,
  ge: elementwise.ge,
  and: elementwise.and,
  or: elementwise.or,
  xor: elementwise.xor,
  shiftLeft: elementwise.shiftLeft,
  shiftRight: elementwise.shiftRight,
  clip: elementwise.clip,
  leakyRelu: activation.leakyRelu,
  elu: activation.elu,
  selu: activation.selu,
  gelu: activation.gelu,
  silu: activation.silu,
  softplus: activation.softplus,
  softsign: activation.softsign,
  hardSigmoid: activation.hardSigmoid,
  softmax: softmax.softmax,
  logSoftmax: softmax.logSoftmax,
  dot: contraction.dot,
  matmul: contraction.matmul,
  outer: contraction.outer,
  tensordot: contraction.tensordot,
  sum: reduction.sum,
  prod: reduction.prod,
  max: reduction.max,
  min: reduction.min,
  any: reduction.any,
  all: reduction.all,
  mean: reduction.mean,
  var: reduction.varOf,
  std: reduction.std,
  logSumExp: reduction.logSumExp,
  norm: reduction.norm,
  argmax: reduction.argmax,
  argmin: reduction.argmin,
  cumsum: reduction.cumsum,
  cumprod: reduction.cumprod,
  cummax: reduction.cummax,
  cummin: reduction.cummin,
  diff: matrix.diff,
  tril: matrix.tril,
  triu: matrix.triu,
  assume: movement.assume,
  transpose: movement.transpose,
  swapAxes: movement.swapAxes,
  moveAxis: movement.moveAxis,
  reshape: movement.reshape,
  flatten: movement.flatten,
  expandDims: movement.expandDims,
  squeeze: movement.squeeze,
  broadcastTo: movement.broadcastTo,
  slice: movement.slice,
  flip: movement.flip,
  roll: movement.roll,
  split: movement.split,
  tile: movement.tile,
  repeat: movement.repeat,
  pad: movement.pad,
  at: indexing.at,
  take: indexing.take,
  takeAlongAxis: indexing.takeAlongAxis,
};

for (const [name, build] of Object.entries(methods)) {
  const run = build as (...args: unknown[]) => Node | readonly Node[];
  Object.defineProperty(TensorExpression.prototype, name, {
    value: function method(this: Expression, ...args: unknown[]): unknown {
      return toTensors(located(() => run(this, ...args), name));
    },
    writable: true,
    configurable: true,
  });
}
