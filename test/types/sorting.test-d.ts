// Sorting, searching and counting.

import { is, loose, tensor } from "./assert.ts";
import type { Shape, Tensor } from "damo";
import { input } from "damo";
import { argsort, bincount, histogram, median, quantile, searchSorted, sort, sortBy, topK, unique } from "damo/sorting";

const x = input("x", ["n", 7]);
const i = input("i", [5], { dtype: "i32" });
const q = tensor([4], "f64");

is<Tensor<"f32", ["n", 7]>>()(sort(x));
is<Tensor<"i32", ["n", 7]>>()(argsort(x, { axis: 0, descending: true }));
is<Tensor<"f32", Shape>>()(sort(loose));
is<[Tensor<"i32", [5]>, Tensor<"f64", [5]>]>()(sortBy(i, [tensor([5], "f64")]));
is<Tensor<"f32", ["n", 3]>>()(topK(x, 3).values);
is<Tensor<"i32", ["k", 7]>>()(topK(x, "k", { axis: 0 }).indices);
is<Tensor<"f32", []>>()(median(i));
is<Tensor<"f32", [7]>>()(median(x, 0));
is<Tensor<"f32", ["n"]>>()(quantile(x, 0.5, { axis: 1 }));
is<Tensor<"f32", [4, "n"]>>()(quantile(x, q, { axis: -1 }));
is<Tensor<"i32", ["n", 7]>>()(searchSorted(tensor([9]), x));
is<Tensor<"f32", [10]>>()(unique(x, { size: 10 }).values);
is<Tensor<"i32", ["n", 7]>>()(unique(x, { size: 10 }).inverse);
is<Tensor<"i32", [8]>>()(bincount(i, { length: 8 }));
is<Tensor<"f64", [8]>>()(bincount(i, { length: 8, weights: tensor([5], "f64") }));
is<Tensor<"i32", [10]>>()(histogram(x).counts);
is<Tensor<"f32", [number]>>()(histogram(i, { bins: 4 }).edges);
is<Tensor<"f64", [4]>>()(histogram(x, { bins: 4, weights: tensor([9], "f64") }).counts);
is<Tensor<"f64", [number]>>()(histogram(x, { bins: q, density: true }).counts);
is<Tensor<"f64", [4]>>()(histogram(x, { bins: q }).edges);
// @ts-expect-error '"sort: axis 2 is out of range for rank 2, shape [n, 7]"'
sort(x, { axis: 2 });
// @ts-expect-error '"median: axis 3 is out of range for rank 2, shape [n, 7]"'
median(x, 3);
// @ts-expect-error '"bincount: needs integers, not f32"'
bincount(x, { length: 3 });
