// Expressions with parts replaced, and functions made of functions.

import type { Input, Shared, Tensor, Value } from "damo";
import { compile, fn, input, shared, zeros } from "damo";
import { ancestors, copy, dependsOn, graphInputs, replace } from "damo/graph";
import { is } from "./assert.ts";

const x = input("x", ["batch", 3]);
const w = shared("w", zeros([3, 2]));
const v = shared("v", zeros([3, 2]));
const y = x.dot(w);

is<Tensor<"f32", ["batch", 2]>>()(replace(y, [[x, x.mul(2)]]));
is<{ a: Tensor<"f32", ["batch", 2]>; b: [Tensor<"f32", ["batch", 3]>] }>()(replace({ a: y, b: [x.add(1)] }, [[w, v]]));
is<Tensor>()(replace(y, [[x, zeros([8, 3])]], { strict: false }));
is<{ a: Tensor }>()(replace({ a: y }, [[x, zeros([8, 3], { dtype: "f64" })]], { strict: false }));
is<Tensor[]>()(ancestors([y], { until: [x] }));
is<(Input | Shared)[]>()(graphInputs(y));
is<boolean>()(dependsOn({ y }, x));
// @ts-expect-error '"replace: an expression of shape [batch, 3] is given shape [8, 4]"'
replace(y, [[x, zeros([8, 4])]]);
// @ts-expect-error '"replace: an expression of dtype f32 is given f64"'
replace(y, [[w, zeros([3, 2], { dtype: "f64" })]]);
// @ts-expect-error is not assignable to parameter of type
ancestors("y");

const f = fn({ inputs: { x }, outputs: y, updates: [[w, w.mul(2)]] });
const model = await compile({ f, g: copy(f, { swap: [[w, v]], givens: [[x, x.mul(2)]], name: "g" }) });
is<Value<"f32", ["batch", 2]>>()(model.g({ x: [[1, 2, 3]] }));
// @ts-expect-error '"swap: a variable of shape [3, 2] is given shape [3]"'
copy(f, { swap: [[w, shared("u", zeros([3]))]] });
// @ts-expect-error '"givens: an expression of shape [batch, 3] is given shape [3, 2]"'
copy(f, { givens: [[x, v]] });
// @ts-expect-error is not assignable to
copy(f, { swap: [[x, w]] });
