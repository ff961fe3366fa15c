// Unknown ranks, expected types, and users' generic functions.

import { is, loose, sizes, tensor } from "./assert.ts";
import type { Dim, Shape, Tensor } from "damo";
import { conv2d, glorotUniform, input, select, shared, zeros } from "damo";

const x = input("x", ["batch", 784]);
const w = tensor([784, 512]);

// Unknown rank passes through everything.
export const l1: Tensor<"f32"> = loose.dot(x).add(loose).relu().softmax(7).sum(5, { keepDims: true }).reshape(sizes).transpose([2, 1, 0]);
export const l2: Tensor<"f32"> = x.dot(loose).mul(x).expandDims(3).squeeze(0).slice(1, 0);
export const l3: Tensor<"f32"> = select(loose.gt(0), x, loose);
export const l4: Tensor<"f32"> = input("free", sizes).add(zeros(sizes));
export const up: Tensor<"f32", [string, number]> = x;
is<Tensor<"f32", ["batch", 10]>>()(loose.assume(["batch", 10]));

// The expected type does not leak into the inference of defaults.
export const t1: Tensor<"f32", [784, "batch"]> = x.transpose();
export const t2: Tensor<"f32", [string]> = x.mean(-1);
export const t3: Tensor<"f32">[] = [x.mul(2)];
// @ts-expect-error Type '"f32"' is not assignable to type '"f64"'
export const t4: Tensor<"f64"> = zeros([3]);

// Options are literal types, and yet no others than the known ones are taken.
conv2d(tensor([1, 9, 9, 3]), tensor([3, 3, 3, 16]), { stride: 2 });
// @ts-expect-error Type 'number' is not assignable to type 'never'
conv2d(tensor([1, 9, 9, 3]), tensor([3, 3, 3, 16]), { stride: 2, strides: 2 });

// A loop needs an annotation.
let h: Tensor<"f32", ["batch", number]> = x;
for (const units of sizes) h = h.dot(glorotUniform([h.shape[1], units])).relu();
is<Tensor<"f32", ["batch"]>>()(h.sum(-1));

// Where the rank is fixed the result is inferred; where the shape itself is a type parameter: a loose body and a cast.
function dense<N extends Dim, F extends Dim, const U extends number>(input: Tensor<"f32", [N, F]>, units: U) {
  return input.dot(shared("w", glorotUniform([input.shape[1], units]))).add(shared("b", zeros([units]))).relu();
}
function center<N extends Dim, F extends Dim>(input: Tensor<"f32", [N, F]>) {
  return input.sub(input.mean(-1, { keepDims: true })).div(2);
}
function normalize<S extends Shape>(input: Tensor<"f32", S>): Tensor<"f32", S> {
  const t: Tensor<"f32"> = input;
  return t.div(t.mul(t).sum(-1, { keepDims: true }).sqrt()) as Tensor<"f32", S>;
}
function lastDense<B extends Dim[], F extends Dim, const U extends number>(input: Tensor<"f32", [...B, F]>, units: U) {
  const t: Tensor<"f32"> = input;
  return t.dot(glorotUniform([input.shape.at(-1)!, units])) as Tensor<"f32", [...B, U]>;
}
// Where the dtype is a type parameter, sizes are inferred, and convert() states the dtype.
function energy<D extends "f32" | "f64", N extends Dim, M extends Dim>(a: Tensor<D, [N, M]>, b: Tensor<D, [M, 3]>) {
  return a.dot(b).mul(a.dot(b)).sum(-1).convert(a.dtype);
}
is<Tensor<"f64", ["n"]>>()(energy(tensor(["n", 4], "f64"), tensor([4, 3], "f64")));
is<Tensor<"f32", ["batch", 16]>>()(dense(dense(x, 32), 16));
is<Tensor<"f32", ["batch", 784]>>()(center(x));
is<Tensor<"f32", [784, 512]>>()(normalize(w));
is<Tensor<"f32", [32, 28, 28, 8]>>()(lastDense(tensor([32, 28, 28, 3]), 8));
is<Tensor<"f32", Shape>>()(normalize(loose));
// @ts-expect-error 'Tensor<"f32", Shape>' is not assignable to parameter of type 'Tensor<"f32", [Dim, Dim]>'
dense(loose, 10);
dense(loose.assume(["n", 7]), 10);
