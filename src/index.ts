// The public entry of the package `damo`. Loads no other package and nothing of Node.

export {
  neg, abs, sign, relu, square, floor, ceil, round, trunc, sqrt, rsqrt, cbrt, reciprocal, exp, exp2, expm1, log, log2,
  log10, log1p, sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, asinh, acosh, atanh, sigmoid, logSigmoid, erf,
  erfc, erfinv, lgamma, digamma, selu, silu, softplus, softsign, hardSigmoid, isNan, isFinite, leakyRelu, elu, gelu,
  not, convert, bitcast, add, sub, mul, div, rem, floorDiv, pow, atan2, maximum, minimum, eq, ne, lt, le, gt, ge, and,
  or, xor, shiftLeft, shiftRight, select, where, clip,
} from "./functions/elementwise.ts";
export type * from "./functions/elementwise.ts";
export {
  sum, prod, max, min, any, all, mean, std, variance as var, variance, logSumExp, norm, argmax, argmin, cumsum,
  cumprod, cummax, cummin, softmax, logSoftmax, flip, diff, roll,
} from "./functions/reduction.ts";
export type * from "./functions/reduction.ts";
export {
  dot, matmul, outer, tensordot, einsum,
} from "./functions/contraction.ts";
export type * from "./functions/contraction.ts";
export {
  transpose, swapAxes, moveAxis, reshape, flatten, expandDims, squeeze, broadcastTo, assume, slice, at, setSubtensor,
  incSubtensor, take, takeAlongAxis, compress, concat, stack, split, tile, repeat, pad, tril, triu, oneHot,
} from "./functions/movement.ts";
export type * from "./functions/movement.ts";
export {
  softmaxCrossEntropy, crossEntropyOfLabels, categoricalCrossEntropy, binaryCrossEntropy,
  binaryCrossEntropyWithLogits, mse, mae, huber, layerNorm, batchNormTrain, batchNormInfer, dropout,
} from "./functions/network.ts";
export type * from "./functions/network.ts";
export { build, type BundleOptions } from "./artifact.ts";
export type { Artifact, BuildOptions } from "./build-artifact.ts";
export type { Bundle } from "./webgpu/build-bundle.ts";
export { DamoError, type ErrorCode, InternalError } from "../ir/errors.ts";
export { type Bindable, compile, type GpuModel, type Model } from "./compile.ts";
export type { CompileOptions, WebgpuOptions } from "./compile-options.ts";
export { constant, sizeOf } from "./constant.ts";
export {
  avgPool1d, avgPool2d, avgPool3d, conv1d, conv2d, conv3d, convTranspose1d, convTranspose2d, convTranspose3d, maxPool1d, maxPool2d, maxPool3d,
} from "./functions/convolution.ts";
export type * from "./functions/convolution.ts";
export { arange, eye, full, linspace, ones, onesLike, zeros, zerosLike } from "./functions/making.ts";
export { type Fn, fn } from "./fn.ts";
export { grad, type GradOptions, type Grads, jvp, stopGradient, valueAndGrad, vjp } from "./grad.ts";
export type { GpuModelMembers, GpuState } from "./webgpu/members.ts";
export { glorotNormal, glorotUniform, heNormal, heUniform, normal, type RandomOptions, uniform } from "./initializers.ts";
export { col, input, matrix, row, scalar, tensor3, tensor4, vector } from "./input.ts";
export type { BoundBuffers, ModelMembers, State } from "./model.ts";
export { adam, type AdamOptions, adamW, type AdamWOptions } from "./optimizers/adam.ts";
export { adadelta, type AdadeltaOptions, adaGrad, type AdaGradOptions, rmsProp, type RmsPropOptions } from "./optimizers/adaptive.ts";
export { clipByGlobalNorm, clipByValue } from "./optimizers/clip.ts";
export type { CostOrGradients, LearningRate, OptimizerOptions, Update } from "./optimizers/optimizer.ts";
export { cosineDecay, exponentialDecay, type Schedule, stepwise, warmUp } from "./optimizers/schedule.ts";
export { sgd, type SgdOptions } from "./optimizers/sgd.ts";
export type { StateFormat } from "./state-files.ts";
export { shared } from "./shared.ts";
export type * from "./tensor.ts";
// All of them, so that tsc can name an inferred type when it emits declarations for a user's generic code.
export type * from "./types/index.ts";
