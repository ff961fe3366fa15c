// The operators as functions: each gives what its method gives, and takes numbers where elementwise ones do.

import type { Tensor } from "damo";
import {
  abs, acos, acosh, add, all, and, any, arange, argmax, argmin, asin, asinh, assume, at, atan, atan2, atanh,
  batchNormInfer, binaryCrossEntropy, binaryCrossEntropyWithLogits, bitcast, broadcastTo, cbrt, ceil, clip, convert,
  cos, cosh, crossEntropyOfLabels, cummax, cummin, cumprod, cumsum, diff, digamma, div, dot, elu, eq, erf, erfc,
  erfinv, exp, exp2, expandDims, expm1, eye, flatten, flip, floor, floorDiv, full, ge, gelu, glorotNormal,
  glorotUniform, gt, hardSigmoid, heNormal, heUniform, huber, incSubtensor, isFinite, isNan, le, leakyRelu, lgamma,
  linspace, log, log10, log1p, log2, logSigmoid, logSoftmax, logSumExp, lt, mae, matmul, max, maximum, mean, min,
  minimum, moveAxis, mul, ne, neg, norm, normal, not, ones, onesLike, or, outer, pad, pow, prod, reciprocal, relu, rem,
  repeat, reshape, roll, round, rsqrt, selu, shiftLeft, shiftRight, sigmoid, sign, silu, sin, sinh, sizeOf, slice,
  softmax, softplus, softsign, split, sqrt, square, squeeze, std, stopGradient, sub, sum, swapAxes, take,
  takeAlongAxis, tan, tanh, tensordot, tile, transpose, tril, triu, trunc, uniform, variance, where, xor, zerosLike,
} from "damo";
import { is, tensor } from "./assert.ts";

const d = tensor([2, 3], "f64");
const i = tensor(["n"], "i32");
const b = tensor(["n"], "bool");

// Elementwise.
is<Tensor<"f64", [2, 3]>>()(abs(d));
is<Tensor<"f64", [2, 3]>>()(sign(d));
is<Tensor<"f64", [2, 3]>>()(square(d));
is<Tensor<"f64", [2, 3]>>()(ceil(d));
is<Tensor<"f64", [2, 3]>>()(trunc(d));
is<Tensor<"f64", [2, 3]>>()(round(d));
is<Tensor<"f64", [2, 3]>>()(floor(d));
is<Tensor<"f64", [2, 3]>>()(neg(d));
is<Tensor<"f64", [2, 3]>>()(relu(d));
is<Tensor<"i32", ["n"]>>()(abs(i));
is<Tensor<"i32", ["n"]>>()(sign(i));
is<Tensor<"i32", ["n"]>>()(square(i));
is<Tensor<"i32", ["n"]>>()(ceil(i));
is<Tensor<"i32", ["n"]>>()(trunc(i));
is<Tensor<"i32", ["n"]>>()(round(i));
is<Tensor<"i32", ["n"]>>()(floor(i));
is<Tensor<"i32", ["n"]>>()(neg(i));
is<Tensor<"i32", ["n"]>>()(relu(i));
is<Tensor<"f64", [2, 3]>>()(sqrt(d));
is<Tensor<"f64", [2, 3]>>()(rsqrt(d));
is<Tensor<"f64", [2, 3]>>()(cbrt(d));
is<Tensor<"f64", [2, 3]>>()(reciprocal(d));
is<Tensor<"f64", [2, 3]>>()(exp(d));
is<Tensor<"f64", [2, 3]>>()(exp2(d));
is<Tensor<"f64", [2, 3]>>()(expm1(d));
is<Tensor<"f64", [2, 3]>>()(log(d));
is<Tensor<"f64", [2, 3]>>()(log2(d));
is<Tensor<"f64", [2, 3]>>()(log10(d));
is<Tensor<"f64", [2, 3]>>()(log1p(d));
is<Tensor<"f64", [2, 3]>>()(sin(d));
is<Tensor<"f64", [2, 3]>>()(cos(d));
is<Tensor<"f64", [2, 3]>>()(tan(d));
is<Tensor<"f64", [2, 3]>>()(asin(d));
is<Tensor<"f64", [2, 3]>>()(acos(d));
is<Tensor<"f64", [2, 3]>>()(atan(d));
is<Tensor<"f64", [2, 3]>>()(sinh(d));
is<Tensor<"f64", [2, 3]>>()(cosh(d));
is<Tensor<"f64", [2, 3]>>()(tanh(d));
is<Tensor<"f64", [2, 3]>>()(asinh(d));
is<Tensor<"f64", [2, 3]>>()(acosh(d));
is<Tensor<"f64", [2, 3]>>()(atanh(d));
is<Tensor<"f64", [2, 3]>>()(sigmoid(d));
is<Tensor<"f64", [2, 3]>>()(logSigmoid(d));
is<Tensor<"f64", [2, 3]>>()(erf(d));
is<Tensor<"f64", [2, 3]>>()(erfc(d));
is<Tensor<"f64", [2, 3]>>()(erfinv(d));
is<Tensor<"f64", [2, 3]>>()(lgamma(d));
is<Tensor<"f64", [2, 3]>>()(digamma(d));
is<Tensor<"f64", [2, 3]>>()(selu(d));
is<Tensor<"f64", [2, 3]>>()(silu(d));
is<Tensor<"f64", [2, 3]>>()(softplus(d));
is<Tensor<"f64", [2, 3]>>()(softsign(d));
is<Tensor<"f64", [2, 3]>>()(hardSigmoid(d));
is<Tensor<"f64", [2, 3]>>()(leakyRelu(d));
is<Tensor<"f64", [2, 3]>>()(elu(d));
is<Tensor<"f64", [2, 3]>>()(gelu(d));
is<Tensor<"f32", ["n"]>>()(sqrt(i));
is<Tensor<"f32", ["n"]>>()(rsqrt(i));
is<Tensor<"f32", ["n"]>>()(cbrt(i));
is<Tensor<"f32", ["n"]>>()(reciprocal(i));
is<Tensor<"f32", ["n"]>>()(exp(i));
is<Tensor<"f32", ["n"]>>()(exp2(i));
is<Tensor<"f32", ["n"]>>()(expm1(i));
is<Tensor<"f32", ["n"]>>()(log(i));
is<Tensor<"f32", ["n"]>>()(log2(i));
is<Tensor<"f32", ["n"]>>()(log10(i));
is<Tensor<"f32", ["n"]>>()(log1p(i));
is<Tensor<"f32", ["n"]>>()(sin(i));
is<Tensor<"f32", ["n"]>>()(cos(i));
is<Tensor<"f32", ["n"]>>()(tan(i));
is<Tensor<"f32", ["n"]>>()(asin(i));
is<Tensor<"f32", ["n"]>>()(acos(i));
is<Tensor<"f32", ["n"]>>()(atan(i));
is<Tensor<"f32", ["n"]>>()(sinh(i));
is<Tensor<"f32", ["n"]>>()(cosh(i));
is<Tensor<"f32", ["n"]>>()(tanh(i));
is<Tensor<"f32", ["n"]>>()(asinh(i));
is<Tensor<"f32", ["n"]>>()(acosh(i));
is<Tensor<"f32", ["n"]>>()(atanh(i));
is<Tensor<"f32", ["n"]>>()(sigmoid(i));
is<Tensor<"f32", ["n"]>>()(logSigmoid(i));
is<Tensor<"f32", ["n"]>>()(erf(i));
is<Tensor<"f32", ["n"]>>()(erfc(i));
is<Tensor<"f32", ["n"]>>()(erfinv(i));
is<Tensor<"f32", ["n"]>>()(lgamma(i));
is<Tensor<"f32", ["n"]>>()(digamma(i));
is<Tensor<"f32", ["n"]>>()(selu(i));
is<Tensor<"f32", ["n"]>>()(silu(i));
is<Tensor<"f32", ["n"]>>()(softplus(i));
is<Tensor<"f32", ["n"]>>()(softsign(i));
is<Tensor<"f32", ["n"]>>()(hardSigmoid(i));
is<Tensor<"f32", ["n"]>>()(leakyRelu(i));
is<Tensor<"f32", ["n"]>>()(elu(i));
is<Tensor<"f32", ["n"]>>()(gelu(i));
is<Tensor<"bool", [2, 3]>>()(isNan(d));
is<Tensor<"bool", [2, 3]>>()(isFinite(d));
is<Tensor<"i64", [4, "n"]>>()(add(i, tensor([4, 1], "u32")));
is<Tensor<"i64", [4, "n"]>>()(sub(i, tensor([4, 1], "u32")));
is<Tensor<"i64", [4, "n"]>>()(mul(i, tensor([4, 1], "u32")));
is<Tensor<"i64", [4, "n"]>>()(rem(i, tensor([4, 1], "u32")));
is<Tensor<"i64", [4, "n"]>>()(floorDiv(i, tensor([4, 1], "u32")));
is<Tensor<"i64", [4, "n"]>>()(pow(i, tensor([4, 1], "u32")));
is<Tensor<"i64", [4, "n"]>>()(maximum(i, tensor([4, 1], "u32")));
is<Tensor<"i64", [4, "n"]>>()(minimum(i, tensor([4, 1], "u32")));
is<Tensor<"f32", []>>()(add(2, 3));
is<Tensor<"f32", []>>()(sub(2, 3));
is<Tensor<"f32", []>>()(mul(2, 3));
is<Tensor<"f32", []>>()(rem(2, 3));
is<Tensor<"f32", []>>()(floorDiv(2, 3));
is<Tensor<"f32", []>>()(pow(2, 3));
is<Tensor<"f32", []>>()(maximum(2, 3));
is<Tensor<"f32", []>>()(minimum(2, 3));
is<Tensor<"f32", [4, "n"]>>()(div(i, tensor([4, 1], "u32")));
is<Tensor<"f32", [4, "n"]>>()(atan2(i, tensor([4, 1], "u32")));
is<Tensor<"bool", ["n"]>>()(eq(1, i));
is<Tensor<"bool", ["n"]>>()(ne(1, i));
is<Tensor<"bool", ["n"]>>()(lt(1, i));
is<Tensor<"bool", ["n"]>>()(le(1, i));
is<Tensor<"bool", ["n"]>>()(gt(1, i));
is<Tensor<"bool", ["n"]>>()(ge(1, i));
is<Tensor<"u8", ["n"]>>()(and(b, tensor([], "u8")));
is<Tensor<"u8", ["n"]>>()(or(b, tensor([], "u8")));
is<Tensor<"u8", ["n"]>>()(xor(b, tensor([], "u8")));
is<Tensor<"i32", ["n"]>>()(shiftLeft(i, 3));
is<Tensor<"i32", ["n"]>>()(shiftRight(i, 3));

// Reductions and operators along an axis.
is<Tensor<"f64", [2]>>()(sum(d, 1));
is<Tensor<"i32", [1]>>()(sum(tensor(["n"], "u8"), null, { keepDims: true }));
is<Tensor<"f64", [2]>>()(prod(d, 1));
is<Tensor<"i32", [1]>>()(prod(tensor(["n"], "u8"), null, { keepDims: true }));
is<Tensor<"f64", [2]>>()(mean(d, 1));
is<Tensor<"f32", [1]>>()(mean(tensor(["n"], "u8"), null, { keepDims: true }));
is<Tensor<"f64", [2]>>()(std(d, 1));
is<Tensor<"f32", [1]>>()(std(tensor(["n"], "u8"), null, { keepDims: true }));
is<Tensor<"f64", [2]>>()(variance(d, 1));
is<Tensor<"f32", [1]>>()(variance(tensor(["n"], "u8"), null, { keepDims: true }));
is<Tensor<"f64", [2]>>()(logSumExp(d, 1));
is<Tensor<"f32", [1]>>()(logSumExp(tensor(["n"], "u8"), null, { keepDims: true }));
is<Tensor<"f64", [2]>>()(norm(d, 1));
is<Tensor<"f32", [1]>>()(norm(tensor(["n"], "u8"), null, { keepDims: true }));
is<Tensor<"f64", [2]>>()(max(d, 1));
is<Tensor<"u8", [1]>>()(max(tensor(["n"], "u8"), null, { keepDims: true }));
is<Tensor<"f64", [2]>>()(min(d, 1));
is<Tensor<"u8", [1]>>()(min(tensor(["n"], "u8"), null, { keepDims: true }));
is<Tensor<"bool", [2]>>()(any(d, 1));
is<Tensor<"bool", [1]>>()(any(tensor(["n"], "u8"), null, { keepDims: true }));
is<Tensor<"bool", [2]>>()(all(d, 1));
is<Tensor<"bool", [1]>>()(all(tensor(["n"], "u8"), null, { keepDims: true }));
is<Tensor<"i32", [3]>>()(argmax(d, 0));
is<Tensor<"i32", [3]>>()(argmin(d, 0));
is<Tensor<"i32", [6]>>()(cumsum(tensor([2, 3], "u8")));
is<Tensor<"i32", [6]>>()(cumprod(tensor([2, 3], "u8")));
is<Tensor<"u8", [6]>>()(cummax(tensor([2, 3], "u8")));
is<Tensor<"u8", [6]>>()(cummin(tensor([2, 3], "u8")));
is<Tensor<"f32", ["n"]>>()(softmax(i));
is<Tensor<"f32", ["n"]>>()(logSoftmax(i));
is<Tensor<"f64", [2, 3]>>()(flip(d, 0));
is<Tensor<"f64", [2, number]>>()(diff(d));
is<Tensor<"f64", [2, 3]>>()(roll(d, 1));

// Movement.
is<Tensor<"f64", [3, 2]>>()(transpose(d));
is<Tensor<"f64", [3, 2]>>()(swapAxes(d, 0, 1));
is<Tensor<"f64", [3, 2]>>()(moveAxis(d, 0, -1));
is<Tensor<"f64", [6]>>()(reshape(d, [-1]));
is<Tensor<"f64", [6]>>()(flatten(d));
is<Tensor<"f64", [2, 1, 3]>>()(expandDims(d, 1));
is<Tensor<"f64", [3]>>()(squeeze(tensor([1, 3], "f64")));
is<Tensor<"f64", [5, 2, 3]>>()(broadcastTo(d, [5, 2, 3]));
is<Tensor<"f32", [5]>>()(broadcastTo(1, [5]));
is<Tensor<"f64", ["m", 3]>>()(assume(d, ["m", 3]));
is<Tensor<"f64", [number, 3]>>()(slice(d, 0, 1));
is<Tensor<"f64", [3]>>()(at(d, 0));
is<Tensor<"f64", [2, 3]>>()(incSubtensor(d, [":", 0], 1));
is<Tensor<"f64", ["n", 3]>>()(take(d, i, 0));
is<Tensor<"f64", [2, 1]>>()(takeAlongAxis(d, tensor([2, 1], "i32"), 1));
is<Tensor<"f64", [4, 3]>>()(tile(d, [2, 1]));
is<Tensor<"f64", [2, 12]>>()(repeat(d, 4, 1));
is<Tensor<"f64", [5, 3]>>()(pad(d, [[1, 2], [0, 0]]));
is<Tensor<"f64", [2, 3]>>()(tril(d));
is<Tensor<"f64", [2, 3]>>()(triu(d, 1));
is<[Tensor<"f64", [2, 1]>, Tensor<"f64", [2, 1]>, Tensor<"f64", [2, 1]>]>()(split(d, 3, 1));
is<Tensor<"bool", [2, 3]>>()(convert(d, "bool"));
is<Tensor<"i64", [2, 3]>>()(bitcast(d, "i64"));
is<Tensor<"f64", [2, 3]>>()(stopGradient(d));
is<Tensor<"f64", [2, 3]>>()(clip(d, 0, null));
is<Tensor<"f64", [2, 3]>>()(where(d.gt(0), d, 0));
is<Tensor<"i32", ["n"]>>()(not(i));

// Contractions.
is<Tensor<"f64", [2, 2]>>()(dot(d, transpose(d)));
is<Tensor<"i32", []>>()(matmul(b, b));
is<Tensor<"i32", []>>()(dot(b, b));
is<Tensor<"i32", []>>()(tensordot(b, b, 1));
is<Tensor<"i32", ["n", 3]>>()(outer(b, tensor([3], "bool")));
is<Tensor<"f64", [6, "n"]>>()(outer(d, i));
is<Tensor<"f64", []>>()(tensordot(d, d));

// Losses and layers.
is<Tensor<"f64", [2]>>()(crossEntropyOfLabels(d, tensor([2], "i32")));
is<Tensor<"f64", [2, 3]>>()(binaryCrossEntropy(d, 1));
is<Tensor<"f64", [2, 3]>>()(binaryCrossEntropyWithLogits(d, tensor([3])));
is<Tensor<"f64", []>>()(mae(d, 0));
is<Tensor<"f64", []>>()(huber(d, 0));
is<Tensor<"f64", [2, 3]>>()(batchNormInfer(d, tensor([3], "f64"), 1, 1, 0));

// From nothing.
is<Tensor<"f32", [2, 3]>>()(ones([2, 3]));
is<Tensor<"u8", ["n"]>>()(full(["n"], 7, { dtype: "u8" }));
is<Tensor<"f64", [2, 3]>>()(zerosLike(d));
is<Tensor<"i32", [2, 3]>>()(onesLike(d, { dtype: "i32" }));
is<Tensor<"f32", [3, 4]>>()(eye(3, 4));
is<Tensor<"f32", ["n", "n"]>>()(eye("n"));
is<Tensor<"i32", ["n"]>>()(arange("n"));
is<Tensor<"f32", [5]>>()(linspace(0, 1, 5));
is<Tensor<"f64", [3]>>()(uniform([3], { seed: 1, dtype: "f64" }));
is<Tensor<"f32", [3]>>()(normal([3]));
is<Tensor<"f32", [3, 4]>>()(glorotUniform([3, 4]));
is<Tensor<"f32", [3, 4]>>()(glorotNormal([3, 4]));
is<Tensor<"f32", [3, 4]>>()(heUniform([3, 4]));
is<Tensor<"f32", [3, 4]>>()(heNormal([3, 4]));
is<Tensor<"i32", []>>()(sizeOf("n"));
