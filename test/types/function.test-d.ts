// Inputs, constants, gradients, functions, models and their calls.

import { is, loose, sizes, tensor } from "./assert.ts";
import type { Input, Shape, Shared, Tensor, Value } from "damo";
import { compile, constant, fn, glorotUniform, grad, input, jvp, scalar, shared, valueAndGrad, vjp, zeros } from "damo";

const x = input("x", ["batch", 784]);
const y = input("y", ["batch"], { dtype: "i32" });
const w = shared("w", glorotUniform([784, 512], { seed: 1 }));
const v = shared("v", zeros([10, 5]));
const cost = x.dot(w).mean();

is<Input<"f32", ["batch", 784]>>()(x);
is<Input<"f64", []>>()(scalar("s", { dtype: "f64" }));
is<Input<"f32", Shape>>()(input("free", sizes));
is<Shared<"f32", [784, 512]>>()(w);
is<Shared<"f32", []>>()(shared("rate", 0.1));
is<Shared<"i32", [2, 2]>>()(shared("table", { data: new Int32Array(4), shape: [2, 2] }));
is<Tensor<"f32", [2, 3]>>()(constant([[1, 2, 3], [4, 5, 6]]));
is<Tensor<"f32", []>>()(constant(3));
is<Tensor<"i32", [2]>>()(constant([1, 2], { dtype: "i32" }));
is<Tensor<"bool", [2]>>()(constant([true, false]));
is<Tensor<"f64", [2]>>()(constant({ data: Float64Array.of(1, 2), shape: [2] }));
is<Tensor<"bool", [2]>>()(constant({ data: Uint8Array.of(1, 0), shape: [2], dtype: "bool" }));
is<Tensor<"f64", [number]>>()(constant(new Float64Array(3)));
is<Tensor<"i32", [2, number]>>()(constant([new Int32Array(3), new Int32Array(3)]));
is<Tensor<"i64", Shape>>()(constant({ data: BigInt64Array.of(1n), shape: sizes }));
is<Shared<"f32", [2, 2]>>()(shared("m", [[1, 2], [3, 4]]));
is<Tensor<"f32", [number, number]>>()(constant(0 as never as number[][]));

// Gradients.
is<[Tensor<"f32", [784, 512]>, Tensor<"f32", ["batch", 784]>]>()(grad(cost, [w, x]));
is<{ w: Tensor<"f32", [784, 512]> }>()(grad(cost, { w }));
is<Tensor<"f32", [784, 512]>>()(grad(cost, w));
is<[value: Tensor<"f32", []>, gradients: [Tensor<"f32", [784, 512]>]]>()(valueAndGrad(cost, [w]));
is<[Tensor<"f32", [784, 512]>]>()(vjp(x.dot(w), [w], tensor(["batch", 512])));
is<Tensor<"f32", ["batch", 512]>>()(jvp(x.dot(w), [w], [w.mul(2)]));
grad(loose, [w]);
grad(cost, [w, v] as Tensor<"f32">[]).map((g) => g.mul(2));
// @ts-expect-error '"grad: the cost must be a scalar, its shape is [batch]; use mean() or sum()"'
grad(x.mean(1), [w]);
// @ts-expect-error '"grad: the cost needs f16, f32 or f64, not i32"'
grad(y.sum(), [w]);
// @ts-expect-error '"grad: a variable needs f16, f32 or f64, not i32"'
grad(cost, [w, y]);
// @ts-expect-error '"grad: a variable needs f16, f32 or f64, not i32"'
grad(cost, { y });
// @ts-expect-error '"vjp: a cotangent of shape [batch, 512] is given shape [512]"'
vjp(x.dot(w), [w], tensor([512]));
// @ts-expect-error is not assignable to type 'AnyTensor<"f32", [784, 512]>'
jvp(x.dot(w), [w], [v]);

// Functions and calls.
const train = fn({ inputs: { x, y }, outputs: { cost, label: x.argmax(-1) }, updates: [[w, w.sub(grad(cost, w))]] });
const model = await compile({ train, score: fn({ inputs: { x }, outputs: cost }) });
const out = model.train({ x: [[1, 2]], y: Int32Array.of(1) });
const one = await compile(train);
is<Value<"i32", ["batch"]>>()(one({ x: [[1]], y: [1] }).label);
is<Value<"f32", []>>()(model.score({ x: [new Float32Array(784)] }));
is<number>()(out.cost.item());
is<number[]>()(out.label.toArray());
is<Int32Array>()(out.label.data);
is<boolean[][]>()((0 as never as Value<"bool", [2, 2]>).toArray());
is<bigint>()((0 as never as Value<"i64", []>).item());
is<number>()(out.label.item());
is<readonly [number, 10]>()((0 as never as Value<"f32", ["batch", 10]>).shape);
// A result can be passed on.
model.score({ x: 0 as never as Value<"f32", ["n", 784]> });
model.train({ x: { data: new Float32Array(784), shape: [1, 784] }, y: { data: Int32Array.of(1), shape: [1], dtype: "i32" } });
// @ts-expect-error method's 'this' of type '"item: needs one element, the shape is [2, 2]"'
(0 as never as Value<"f32", [2, 2]>).item();
// @ts-expect-error Property 'y' is missing
model.train({ x: [[1]] });
// @ts-expect-error 'z' does not exist in type
model.train({ x: [[1]], y: [1], z: 1 });
// @ts-expect-error Type 'number' is not assignable to type
model.train({ x: [1], y: [1] });
// @ts-expect-error is not assignable to type 'Feed<"i32", ["batch"]>'
model.train({ x: [[1]], y: Float32Array.of(1) });
// @ts-expect-error Type 'Int32Array<ArrayBuffer>' is not assignable to type 'Float32Array<ArrayBufferLike>'
model.train({ x: { data: Int32Array.of(1), shape: [1, 1] }, y: [1] });
// @ts-expect-error Property 'predict' does not exist
model.predict;
// @ts-expect-error '"compile: the name state belongs to the model itself"'
compile({ state: train });
// @ts-expect-error Property 'kind' is missing in type 'Tensor<"f32", ["batch", 784]>'
fn({ inputs: { x: x.add(1) }, outputs: cost });
// @ts-expect-error '"updates: a variable of shape [784, 512] is given shape [10, 5]"'
fn({ inputs: { x }, outputs: cost, updates: [[w, v]] });
// @ts-expect-error '"updates: a variable of shape [784, 512] is given shape [512, 784]"'
fn({ inputs: { x }, outputs: cost, updates: [[w, w.mul(0.5).transpose()]] });
// @ts-expect-error '"updates: only shared variables can be updated"'
fn({ inputs: { x }, outputs: cost, updates: [[w, w], [x, x]] });
// @ts-expect-error '"updates: a variable of dtype i32 is given f32"'
fn({ inputs: { x }, outputs: cost, updates: [[shared("n", zeros([], { dtype: "i32" })), cost]] });
// @ts-expect-error '"givens: an expression of shape [batch, 784] is given shape [10, 5]"'
fn({ inputs: { x }, outputs: cost, givens: [[x, v]] });

// Sizes that are passed.
const passed = await compile(fn({ inputs: { x }, sizes: ["n", "m"], outputs: x.sum().broadcastTo(["n", "m"]) }));
const alone = await compile({ f: fn({ inputs: {}, sizes: ["n"], outputs: zeros([1]).broadcastTo(["n"]) }) });
is<Value<"f32", ["n", "m"]>>()(passed({ x: [[1]], n: 2, m: 3 }));
is<Value<"f32", ["n"]>>()(alone.f({ n: 2 }));
is<Float32Array>()(passed.bindBuffers({ batch: 1, n: 2, m: 3 }).inputs.x);
// @ts-expect-error Property 'm' is missing
passed({ x: [[1]], n: 2 });
// @ts-expect-error Type 'string' is not assignable to type 'number'
passed({ x: [[1]], n: 2, m: "3" });
// @ts-expect-error Expected 1 arguments, but got 0
alone.f();
// @ts-expect-error 'batch' does not exist in type
passed({ x: [[1]], n: 2, m: 3, batch: 1 });
// @ts-expect-error Property 'n' does not exist
passed.bindBuffers({ batch: 1, n: 2, m: 3 }).inputs.n;

// Inputs with defaults.
const rate = scalar("rate");
const total = scalar("total");
const kept = await compile({
  step: fn({ inputs: { x, rate, total }, defaults: { rate: 0.1, total: 0 }, outputs: x.sum().mul(rate).add(total), updates: [[total, total.add(1)]] }),
  all: fn({ inputs: { rate }, defaults: { rate: 1 }, outputs: rate }),
});
is<Value<"f32", []>>()(kept.step({ x: [[1]] }));
is<Value<"f32", []>>()(kept.step({ x: [[1]], rate: 1, total: 2 }));
is<Value<"f32", []>>()(kept.all());
is<Value<"f32", []>>()(kept.all({ rate: 2 }));
is<Float32Array>()(kept.step.bindBuffers({ batch: 1 }).inputs.rate);
// @ts-expect-error Property 'x' is missing
kept.step({ rate: 1 });
// @ts-expect-error 'rat' does not exist in type
kept.step({ x: [[1]], rat: 1 });
// @ts-expect-error Type 'string' is not assignable to type 'Feed<"f32", []> | undefined'
kept.all({ rate: "2" });
// @ts-expect-error Type 'number' is not assignable to type 'never'
fn({ inputs: { x, rate }, defaults: { rate: 1, rat: 1 }, outputs: x.mul(rate) });
// @ts-expect-error Type 'number' is not assignable to type
fn({ inputs: { x, rate }, defaults: { x: 1 }, outputs: x.mul(rate) });
// @ts-expect-error '"updates: a variable of shape [] is given shape [batch, 784]"'
fn({ inputs: { x, total }, defaults: { total: 1 }, outputs: cost, updates: [[total, x]] });
// @ts-expect-error '"updates: only shared variables can be updated"'
fn({ inputs: { x, total }, outputs: cost, updates: [[total, total]] });
