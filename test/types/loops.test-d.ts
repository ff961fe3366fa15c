// Loops and branches: what bodies take, and what comes out.

import { is, tensor } from "./assert.ts";
import type { AnyShared, Tensor } from "damo";
import { adam, fn, grad, input, shared, zeros } from "damo";
import { cond, foldl, foldr, fori, ifelse, map, reduce, scan, switchCase, whileLoop } from "damo/loops";

const xs = input("xs", ["time", 3]);
const labels = input("labels", ["time"], { dtype: "i32" });
const h = tensor([4]);
const w = shared("w", zeros([3, 4]));
const n = tensor([], "i32");

// scan: carried values keep their type, what is stacked gets an axis in front.
const [last, ys] = scan((carry, x) => {
  is<Tensor<"f32", [4]>>()(carry);
  is<Tensor<"f32", [3]>>()(x);
  return [carry.add(x.dot(w)), x.sum()];
}, h, xs);
is<Tensor<"f32", [4]>>()(last);
is<Tensor<"f32", ["time"]>>()(ys);

const [state, stacks] = scan(({ a, list }, { x, label }) => {
  is<Tensor<"f32", [4]>>()(a);
  is<Tensor<"f32", []>>()(list[1]);
  is<Tensor<"i32", []>>()(label);
  return [{ a, list: [list[1], x.sum()] as const }, { x, wide: [x.convert("f64")] }];
}, { a: h, list: [0, tensor([])] }, { x: xs, label: labels });
is<Tensor<"f32", []>>()(state.list[0]);
is<Tensor<"f64", [number, 3]>>()(stacks.wide[0]);
is<undefined>()(scan((carry) => [carry, null], h, xs)[1]);
is<Tensor<"f32", []>>()(scan((count) => [count.add(1), null], 0, null, { length: 3 })[0]);

interface Point { readonly x: Tensor<"f32", []>; readonly y: Tensor<"f32", []> }
const start: Point = { x: tensor([]), y: tensor([]) };
is<Tensor<"f32", []>>()(scan((point) => [{ x: point.y, y: point.x }, null], start, null, { length: 3 })[0].x);
// @ts-expect-error Type 'Tensor<"i32", [4]>' is not assignable to type 'Weak | AnyTensor<"f32", Shape>'
scan((carry) => [carry.convert("i32"), null], h, xs);
// @ts-expect-error Property 'b' is missing
scan((carry) => [{ a: carry.a }, null], { a: h, b: h }, xs);

// Theano's form: arguments are slices by tap, outputs by tap, non-sequences.
const [[doubled, sums], updates, steps] = scan({
  fn(before, now, label, one, weight) {
    is<Tensor<"f32", [3]>>()(before);
    is<Tensor<"f32", [3]>>()(now);
    is<Tensor<"i32", []>>()(label);
    is<Tensor<"f32", [4]>>()(one);
    is<Tensor<"f32", [3, 4]>>()(weight);
    return { outputs: [now.mul(2), one.add(now.dot(weight))], updates: adam(grad(now.dot(w).sum(), [w]), [w]), until: now.sum().gt(3) };
  },
  sequences: [{ input: xs, taps: [-1, 0] }, labels], outputsInfo: [null, h], nonSequences: w,
});
is<Tensor<"f32", [number, 3]>>()(doubled);
is<Tensor<"f32", [number, 4]>>()(sums);
is<[AnyShared, Tensor][]>()(updates);
is<Tensor<"i32", []> | undefined>()(steps);
fn({ inputs: { xs, labels }, outputs: { sums }, updates });

is<Tensor<"f32", [number]>>()(scan({ fn: (a, b) => a.add(b), outputsInfo: { initial: tensor([2]), taps: [-2, -1] }, nSteps: 5 })[0]);
is<Tensor<"f32", [number]>>()(scan({ fn: (total) => total.add(1), outputsInfo: 0, nSteps: n, maxSteps: 9 })[0]);
const many: Tensor<"f32", [number, 3]>[] = [];
is<Tensor<"f32", [number, number]>>()(scan({ fn: (...rows) => { is<Tensor<"f32", [3]>[]>()(rows); return tensor([0 as number]); }, sequences: many })[0]);
// @ts-expect-error Property 'b' does not exist
scan({ fn: (x) => x.b, sequences: xs });
// @ts-expect-error Type 'Input<"i32", ["time"]>' is not assignable to type 'AnyShared
scan({ fn: (x) => ({ outputs: x, updates: [[labels, labels]] }), sequences: xs });

// Loops that only stack, or only carry.
is<Tensor<"f32", ["time", 4]>>()(map((x) => x.dot(w), xs));
is<Tensor<"f32", []>>()(foldl((total, x) => total.add(x.sum()), 0, xs));
is<Tensor<"f32", [4]>>()(foldr((total) => total, h, xs));
is<Tensor<"f32", [4]>>()(reduce((total) => total, h, xs));
is<Tensor<"f32", [4]>>()(whileLoop((value) => value.sum().lt(9), (value) => value.mul(2), h));
is<Tensor<"f32", [4]>>()(fori(0, n, (i, value) => { is<Tensor<"i32", []>>()(i); return value.mul(2); }, h));
// @ts-expect-error Type 'Tensor<"f32", [4]>' is not assignable to type 'AnyTensor<"bool"
whileLoop((value) => value, (value) => value, h);

// Branches.
is<Tensor<"f32", [4]>>()(cond(h.sum().gt(0), () => h, () => h.mul(2)));
is<{ a: Tensor<"f32", [4]>; b: [Tensor<"f32", []>] }>()(cond(true, () => ({ a: h, b: [0] }), () => ({ a: h, b: [1] as const })));
is<Tensor<"f32", [4]>>()(ifelse(h.sum().gt(0), h, h.mul(2)));
is<Tensor<"f32", [4]>>()(switchCase(n, [() => h, () => h.mul(2)]));
// @ts-expect-error Argument of type 'Tensor<"f32", []>' is not assignable to parameter of type 'boolean | AnyTensor<"bool"
cond(h.sum(), () => h, () => h);
// @ts-expect-error Type 'Tensor<"i32", [4]>' is not assignable to type 'Weak | AnyTensor<"f32", Shape>'
cond(true, () => h, () => h.convert("i32"));
