// Elementwise operators: broadcasting, promotion, select.

import { is, size, tensor } from "./assert.ts";
import type { Tensor } from "damo";
import { add, div, select } from "damo";

const x = tensor(["batch", 784]);
const y = tensor(["batch"], "i32");
const mask = tensor(["batch", 784], "bool");

is<Tensor<"f32", ["batch", 784]>>()(x.add(1));
is<Tensor<"f32", ["batch", 784]>>()(x.add(tensor([784])));
is<Tensor<"f32", ["batch", 784]>>()(tensor([784]).add(x));
is<Tensor<"f32", ["batch", 784]>>()(x.mul(tensor(["batch", 1])));
is<Tensor<"f32", ["batch", 784]>>()(x.mul(tensor([1, size])));
is<Tensor<"f32", [32, 784]>>()(x.mul(tensor([32, 784])));
is<Tensor<"f32", [5, 4, 3]>>()(tensor([4, 1]).add(tensor([5, 1, 3])));
is<Tensor<"f32", [number, 3]>>()(tensor([size, 3]).add(tensor([1, 3])));
is<Tensor<"f32", ["batch", "batch"]>>()(tensor(["batch", 1]).add(y));
is<Tensor<"f32", ["n", 784]>>()(x.assume(["n", 784]).mul(tensor(["n", 784])));
// @ts-expect-error '"add: shapes [batch, 784] and [10] do not broadcast: 784 against 10"'
x.add(tensor([10]));
// @ts-expect-error '"mul: shapes [batch, 784] and [n, 784] do not broadcast: batch against n (if they are equal, say so with assume())"'
x.mul(tensor(["n", 784]));
// @ts-expect-error '"maximum: shapes [2, 3] and [3, 3] do not broadcast: 2 against 3"'
tensor([2, 3]).maximum(tensor([3, 3]));

// Promotion, in both orders; a number is weak.
is<Tensor<"f32", []>>()(tensor([]).add(tensor([], "i64")));
is<Tensor<"f64", []>>()(tensor([], "i8").add(tensor([], "f64")));
is<Tensor<"i64", []>>()(tensor([], "i32").add(tensor([], "u32")));
is<Tensor<"i32", []>>()(tensor([], "u8").add(tensor([], "i8")));
is<Tensor<"u32", []>>()(tensor([], "u32").add(tensor([], "i8")));
is<Tensor<"i64", []>>()(tensor([], "u8").add(tensor([], "i64")));
is<Tensor<"u8", []>>()(tensor([], "bool").add(tensor([], "u8")));
is<Tensor<"i32", []>>()(tensor([], "bool").mul(tensor([], "bool")));
is<Tensor<"i64", []>>()(tensor([], "i64").add(1n));
is<Tensor<"bool", []>>()(tensor([], "bool").eq(true));
is<Tensor<"i32", ["batch"]>>()(y.add(2));
is<Tensor<"i32", ["batch"]>>()(add(2, y));
is<Tensor<"f32", []>>()(add(2, 3));
is<Tensor<"u8", []>>()(tensor([], "u8").maximum(3));

// True division is floating-point.
is<Tensor<"f32", ["batch"]>>()(y.div(2));
is<Tensor<"f32", ["batch"]>>()(div(1, y));
is<Tensor<"f32", ["batch"]>>()(y.div(y));
is<Tensor<"f64", ["batch"]>>()(y.div(tensor([], "f64")));
is<Tensor<"f64", []>>()(tensor([], "f64").div(2));
is<Tensor<"i32", ["batch"]>>()(y.floorDiv(2));
is<Tensor<"f32", ["batch"]>>()(y.atan2(1));

is<Tensor<"bool", ["batch", 784]>>()(x.gt(0));
is<Tensor<"bool", ["batch", "batch"]>>()(y.expandDims(1).eq(y));
is<Tensor<"i32", ["batch"]>>()(y.and(7));
is<Tensor<"bool", ["batch", 784]>>()(mask.or(x.gt(0)).not());
is<Tensor<"u32", []>>()(tensor([], "u32").shiftLeft(3));
// @ts-expect-error '"and: needs integers or bool, not f32"'
x.and(mask);
// @ts-expect-error The 'this' context of type 'Tensor<"f32", ["batch", 784]>' is not assignable to method's 'this' of type '"not: needs integers or bool, not f32"'
x.not();

is<Tensor<"f32", ["batch"]>>()(y.sqrt());
is<Tensor<"f64", []>>()(tensor([], "f64").exp());
is<Tensor<"i32", ["batch"]>>()(y.neg());
// @ts-expect-error method's 'this' of type '"neg: needs numbers, not bool"'
mask.neg();
is<Tensor<"bool", ["batch", 784]>>()(x.isNan());
is<Tensor<"f64", ["batch", 784]>>()(x.convert("f64"));
is<Tensor<"f32", ["batch", 784]>>()(x.clip(0, 1));
is<Tensor<"f32", ["batch", 784]>>()(x.clip(null, tensor([784])));
// @ts-expect-error '"clip: shapes [batch, 784] and [10] do not broadcast: 784 against 10"'
x.clip(tensor([10]));

is<Tensor<"f32", ["batch", 784]>>()(select(x.gt(0), x, 0));
is<Tensor<"f32", ["batch", 784]>>()(select(x.gt(0), 1, tensor([784])));
is<Tensor<"f32", ["batch", 784]>>()(select(mask, 1, 0));
is<Tensor<"i32", ["batch"]>>()(select(y.gt(0), y, 0));
// @ts-expect-error '"select: needs bool, not f32"'
select(x, x, 0);
// @ts-expect-error '"select: shapes [batch, 784] and [10] do not broadcast: 784 against 10"'
select(x.gt(0), x, tensor([10]));
// @ts-expect-error '"select: shapes [batch, 784] and [3] do not broadcast: 784 against 3"'
select(x.gt(0), tensor([3]), 0);
