// Functions that users make: with gradients of their own, and elementwise ones out of functions of numbers.

import type { Tensor } from "damo";
import { input } from "damo";
import { customGradient } from "damo/custom-gradient";
import { elementwise } from "damo/elementwise";
import { is } from "./assert.ts";

const x = input("x", ["n", 3]);
const i = input("i", ["n"], { dtype: "i32" });
type Matrix = Tensor<"f32", ["n", 3]>;

// Gradients that are given.
const one = customGradient((a: Matrix) => a.exp(), (d, [a], y) => d.mul(a).add(y));
is<Tensor<"f32", ["n", 3]>>()(one(x));
const two = customGradient((a: Matrix, at: Tensor<"i32">) => ({ sum: a.sum(), taken: a.take(at) }), (d, [a]) => {
  is<Tensor<"f32", []>>()(d.sum);
  return [a.mul(d.sum), null];
}, { tangent: ([da], [, at], output) => ({ sum: da.sum().add(output.sum), taken: da.take(at) }) });
is<Tensor<"f32", []>>()(two(x, i).sum);
customGradient((a: Matrix) => a, () => null);
customGradient((a: Matrix) => a, () => [0]);
const generic = customGradient(<S extends readonly number[]>(a: Tensor<"f64", S>) => a.neg(), (d) => d);
is<Tensor<"f64", [2]>>()(generic(input("v", [2], { dtype: "f64" })));
// @ts-expect-error is not assignable to parameter of type 'Matrix'
one(i);
// @ts-expect-error Type 'Matrix' is not assignable to type 'null'
customGradient((a: Matrix, _at: Tensor<"i32">) => a, (d) => [d, d]);
// @ts-expect-error is not assignable to type
customGradient((a: Matrix, _b: Matrix) => a, (d) => [d]);
// @ts-expect-error Type 'number' is not assignable to type
customGradient((_: Matrix) => 3, () => null);

// Functions of numbers.
const square = elementwise((a: number) => a * a);
const less = elementwise((a: number, b: number) => a < b);
const pick = elementwise((p: boolean, a: number, b: number) => (p ? a : b));
const four = elementwise((a: number, b: number, c: number, d: number) => a + b + c + d);
is<Tensor<"f32", ["n", 3]>>()(square(x));
is<Tensor<"f32", ["n"]>>()(square(i));
is<Tensor<"f32", []>>()(square(2));
is<Tensor<"f64", [2]>>()(square(input("v", [2], { dtype: "f64" })));
is<Tensor<"bool", ["n", 3]>>()(less(x, input("u", [3])));
is<Tensor<"f32", ["n", 3]>>()(pick(x.gt(0), x, 1));
is<Tensor<"f64", ["n", 3]>>()(pick(x.gt(0), 0, input("z", [1, 3], { dtype: "f64" })));
is<Tensor<"f32" | "f64">>()(four(x, 1, 2, 3));
// @ts-expect-error '"elementwise: shapes [n, 3] and [4] do not broadcast: 3 against 4"'
less(x, input("u", [4]));
// @ts-expect-error Expected 2 arguments, but got 1
less(x);
// @ts-expect-error is not assignable to parameter of type
elementwise((a: number) => `${a}`);
