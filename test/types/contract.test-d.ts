// dot, outer, tensordot, einsum.

import { count, is, size, tensor } from "./assert.ts";
import type { Shape, Tensor } from "damo";
import { einsum } from "damo";

const x = tensor(["batch", 784]);
const w = tensor([784, 512]);

is<Tensor<"f32", ["batch", 512]>>()(x.dot(w));
is<Tensor<"f32", []>>()(tensor([3]).dot(tensor([3])));
is<Tensor<"f32", [4]>>()(tensor([4, 3]).dot(tensor([3])));
is<Tensor<"f32", [4]>>()(tensor([3]).dot(tensor([3, 4])));
is<Tensor<"f32", ["b", 8, 4, 5]>>()(tensor(["b", 8, 4, 3]).dot(tensor([1, 3, 5])));
is<Tensor<"f32", ["b", 4, 5]>>()(tensor(["b", 4, 3]).matmul(tensor([3, 5])));
is<Tensor<"f32", ["batch", number]>>()(x.dot(tensor([size, size])));
is<Tensor<"f32", ["batch", 5]>>()(x.dot(tensor(["features", 5])));
is<Tensor<"f64", ["batch", 512]>>()(x.dot(tensor([784, 512], "f64")));
is<Tensor<"f32", ["batch", 512]>>()(x.dot(tensor([784, 512], "i32")));
// @ts-expect-error '"dot: inner sizes differ: 784 against 10"'
x.dot(tensor([10, 5]));
// @ts-expect-error '"dot: inner sizes differ: n against m (if they are equal, say so with assume())"'
tensor([3, "n"]).dot(tensor(["m", 5]));
// @ts-expect-error '"matmul: an operand is a scalar; use mul"'
x.matmul(tensor([]));
// @ts-expect-error '"dot: leading axes: shapes [2] and [3] do not broadcast: 2 against 3"'
tensor([2, 4, 3]).dot(tensor([3, 3, 5]));
// @ts-expect-error Argument of type 'number' is not assignable
x.dot(3);

is<Tensor<"f32", [3, 4]>>()(tensor([3]).outer(tensor([4])));
is<Tensor<"f32", [6, "n"]>>()(tensor([3, 2]).outer(tensor(["n"])));

is<Tensor<"f32", ["b", 5]>>()(tensor(["b", 3, 4]).tensordot(tensor([3, 4, 5])));
is<Tensor<"f32", ["b", 3, 5]>>()(tensor(["b", 3, 4]).tensordot(tensor([4, 5]), 1));
is<Tensor<"f32", [2, 3, 4]>>()(tensor([2]).tensordot(tensor([3, 4]), 0));
is<Tensor<"f32", ["b", 7]>>()(tensor(["b", 3, 4]).tensordot(tensor([4, 7, 3]), [[1, 2], [-1, 0]]));
is<Tensor<"f32", Shape>>()(x.tensordot(w, count));
// @ts-expect-error '"tensordot: sizes summed over differ: [4] and [5]"'
tensor(["b", 3, 4]).tensordot(tensor([5, 5]), 1);
// @ts-expect-error '"tensordot: axis 3 is out of range for rank 3, shape [b, 3, 4]"'
tensor(["b", 3, 4]).tensordot(tensor([4, 5]), [[3], [0]]);
// @ts-expect-error '"tensordot: an operand has fewer axes than are summed over"'
tensor([4]).tensordot(tensor([4, 5]));

is<Tensor<"f32", ["batch", 512]>>()(einsum("ij,jk->ik", x, w));
is<Tensor<"f32", ["b", 8, 16, 16]>>()(einsum("bqhd, bkhd -> bhqk", tensor(["b", 16, 8, 64]), tensor(["b", 16, 8, 64])));
is<Tensor<"f32", [784]>>()(einsum("ij->j", x));
is<Tensor<"f32", []>>()(einsum("ii->", tensor([3, 3])));
is<Tensor<"f32", Shape>>()(einsum("...ij,jk", x, w));
// @ts-expect-error '"einsum: sizes of j differ: 784 against 10"'
einsum("ij,jk->ik", x, tensor([10, 5]));
// @ts-expect-error '"einsum: the specification has too many letters for shape [batch, 784]"'
einsum("ijk->ik", x);
// @ts-expect-error '"einsum: the specification has too few letters for shape [batch, 784]"'
einsum("i->i", x);
// @ts-expect-error '"einsum: the specification has more operands than are given"'
einsum("ij,jk->ik", x);
// @ts-expect-error '"einsum: z is in no operand"'
einsum("ij->iz", x);
