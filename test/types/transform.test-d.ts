// vmap, vectorize, Jacobians and Hessians.

import { is, loose, tensor } from "./assert.ts";
import type { Shape, Tensor } from "damo";
import { grad, input } from "damo";
import { hessian, hessianVectorProduct, jacobian, Lop, Rop, vectorize, vmap } from "damo/transform";

const xs = input("xs", ["batch", 784]);
const ys = input("ys", ["batch"], { dtype: "i32" });
const v = input("v", [784]);
const w = input("w", [784, 10]);
const double = tensor([3], "f64");

// What the function takes is inferred from the values, what comes back from both.
is<Tensor<"f32", ["batch", 10]>>()(vmap((x) => { is<Tensor<"f32", [784]>>()(x); return x.dot(w); }, xs));
is<Tensor<"f32", ["batch"]>>()(vmap(([x, y]) => { is<Tensor<"i32", []>>()(y); return x.sum().add(y); }, [xs, ys]));
is<{ sum: Tensor<"f32", ["batch"]>; x: Tensor<"f32", ["batch", 784]> }>()(vmap(({ x }) => ({ sum: x.sum(), x }), { x: xs, y: ys }));
is<Tensor<"f32", ["batch", 784, 10]>>()(vmap((x) => grad(x.dot(w).sum(), w), xs));
is<Tensor<"f32", ["batch", "batch"]>>()(vmap((a) => vmap((b) => a.dot(b), xs), xs));
is<Tensor<"f32", [784, "batch"]>>()(vmap((x) => { is<Tensor<"f32", ["batch"]>>()(x); return x; }, xs, { inAxes: 1 }));
is<Tensor<"f32", [784, "batch"]>>()(vmap((x) => x, xs, { inAxes: -1 }));
is<Tensor<"f32", [784, "batch"]>>()(vmap((x) => x, xs, { outAxes: 1 }));
is<Tensor<"f32", ["batch", 10]>>()(vmap(([x, all]) => x.dot(all), [xs, w], { inAxes: [0, null] }));
is<Tensor<"f32", ["batch", 10]>>()(vmap(({ x, all }) => x.dot(all), { x: xs, all: w }, { inAxes: { all: null } }));
is<Tensor<"f32", Shape>>()(vmap((x) => x.mul(2), loose));
is<Tensor<"f32", ["batch"]>>()(vmap(() => 1, xs));
// @ts-expect-error '"vmap: axis 2 is out of range for rank 2, shape [batch, 784]"'
vmap((x) => x, xs, { inAxes: 2 });
// @ts-expect-error '"vmap: axis 1 is out of range for rank 1, shape [batch]"'
vmap(([x]) => x, [xs, ys], { inAxes: [0, 1] });
// @ts-expect-error '"dot: inner sizes differ: 784 against 3"'
vmap((x) => x.dot(tensor([3])), xs);

// Replacements.
const cost = v.dot(w).sum();
is<Tensor<"f32", ["batch"]>>()(vectorize(cost, [[v, xs]]));
is<{ cost: Tensor<"f32", ["batch"]>; slope: Tensor<"f32", ["batch", 784]> }>()(vectorize({ cost, slope: grad(cost, v) }, [[v, xs]]));
is<Tensor<"f32", [5, "batch", 10]>>()(vectorize(v.dot(w), [[v, tensor([5, "batch", 784])]]));
is<Tensor<"f32", [5, 10]>>()(vectorize(v.dot(w), [[v, tensor([784])], [w, tensor([5, 784, 10])]]));
// @ts-expect-error '"vectorize: shape [batch, 10] does not end in [784]"'
vectorize(cost, [[v, tensor(["batch", 10])]]);
// @ts-expect-error '"vectorize: an expression of dtype f32 is given f64"'
vectorize(cost, [[v, tensor(["batch", 784], "f64")]]);

// Derivatives in all directions.
is<Tensor<"f32", [10, 784]>>()(jacobian(v.dot(w), v));
is<[Tensor<"f32", [10, 784]>, Tensor<"f32", [10, 784, 10]>]>()(jacobian(v.dot(w), [v, w]));
is<{ w: Tensor<"f32", ["batch", 10, 784, 10]> }>()(jacobian(xs.dot(w), { w }));
is<Tensor<"f32", Shape>>()(jacobian(loose, v));
is<Tensor<"f64", [3, 3]>>()(hessian(double.sum(), double));
is<[[Tensor<"f32", [784, 784]>, Tensor<"f32", [784, 784, 10]>], [Tensor<"f32", [784, 10, 784]>, Tensor<"f32", [784, 10, 784, 10]>]]>()(hessian(cost, [v, w]));
is<{ v: { v: Tensor<"f32", [784, 784]> } }>()(hessian(cost, { v }));
is<{ v: Tensor<"f32", [784]> }>()(hessianVectorProduct(cost, { v }, { v: v.mul(2) }));
is<[Tensor<"f32", [10]>, Tensor<"f32", []>]>()(Rop([v.dot(w), cost], v, v));
is<[Tensor<"f32", [784]>]>()(Lop(v.dot(w), [v], tensor([10])));
// @ts-expect-error '"jacobian: the value needs f16, f32 or f64, not i32"'
jacobian(ys, v);
// @ts-expect-error '"jacobian: a variable needs f16, f32 or f64, not i32"'
jacobian(v.dot(w), ys);
// @ts-expect-error '"hessian: the cost must be a scalar, its shape is [10]; use mean() or sum()"'
hessian(v.dot(w), v);
// @ts-expect-error is not assignable to parameter of type 'AnyTensor<"f32", [784]>'
hessianVectorProduct(cost, v, w);
// @ts-expect-error is not assignable to parameter of type 'AnyTensor<"f32", [784]>'
Rop(v.dot(w), v, w);
// @ts-expect-error is not assignable to parameter of type 'AnyTensor<"f32", [10]>'
Lop(v.dot(w), v, v);
