// Fourier transforms: complex numbers are pairs along the last axis.

import { is, loose, tensor } from "./assert.ts";
import type { Shape, Tensor } from "damo";
import { input } from "damo";
import { complex, fft, fftConvolve, irfft, irfftn, rfft, rfftn } from "damo/fft";

const x = input("x", ["n", 7, 8]);
const z = tensor([4, 6, 5, 2], "f64");
const i = input("i", [5], { dtype: "i32" });

is<Tensor<"f64", [4, 6, 5, 2]>>()(fft(z));
is<Tensor<"f32", ["n", 7, number, 2]>>()(rfft(x));
is<Tensor<"f64", [4, 6, 9]>>()(irfft(z, { length: 9 }));
is<Tensor<"f32", ["n", 7, number, 2]>>()(rfftn(x));
is<Tensor<"f32", ["n", number, 8, 2]>>()(rfftn(x, { axes: [0, 1] }));
is<Tensor<"f32", ["n", 7, number, 2]>>()(rfftn(x, { axes: null, norm: "ortho" }));
is<Tensor<"f32", Shape>>()(rfftn(loose));
is<Tensor<"f64", [4, 6, number]>>()(irfftn(z));
is<Tensor<"f64", [4, 6, 9]>>()(irfftn(z, { axes: null, length: 9 }));
is<Tensor<"f64", [4, 11, 5]>>()(irfftn(z, { axes: [0, 1], length: 11 }));
is<Tensor<"f64", [3, 5, 2]>>()(complex(tensor([3, 1], "f64"), i));
is<Tensor<"f32", ["n", 7, 8, 2]>>()(complex(x, 0));
is<Tensor<"f32", ["n", 7, 8]>>()(fftConvolve(x, tensor([1, 3, 3], "f32"), { mode: "same" }));
is<Tensor<"f64", [number, number]>>()(fftConvolve(tensor([3, 20], "f32"), tensor([3, 7], "f64"), { axes: [1] }));
// @ts-expect-error '"complex: shapes [4] and [5] do not broadcast: 4 against 5"'
complex(tensor([4]), i);
