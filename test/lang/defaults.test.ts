// Inputs that calls may leave out, and those that keep their value between calls.
import { build, compile, fn, grad, input, scalar, shared } from "damo";
import { load } from "damo/load";
import { describe, expect, test } from "vitest";

const x = input("x", [2]);
const rate = scalar("rate");

describe.each(["reference", "wasm"] as const)("%s", (target) => {
  test("a default stands in for what a call leaves out", async () => {
    const f = await compile(fn({ inputs: { x, rate }, defaults: { rate: 0.5 }, outputs: { y: x.mul(rate) } }), { target });
    expect(f({ x: [2, 4] }).y.toArray()).toEqual([1, 2]);
    expect(f({ x: [2, 4], rate: 2 }).y.toArray()).toEqual([4, 8]);
    expect(f({ x: [2, 4] }).y.toArray()).toEqual([1, 2]);
    expect(() => f({ rate: 1 } as never)).toThrow(/^E501 f: input x \(f32\[2\]\) is missing/);
    expect(() => f({ x: [2, 4], rat: 1 } as never)).toThrow(/^E501 f: there is no input rat; the inputs are x, rate/);
  });

  test("a call without any argument, sizes from defaults", async () => {
    const v = input("v", ["n"]);
    const values = [1, 2, 3];
    const f = await compile(fn({ inputs: { v }, defaults: { v: values }, outputs: v.sum() }), { target });
    values[0] = 100;
    expect(f().item()).toBe(6);
    expect(f({ v: [1, 2, 3, 4] }).item()).toBe(10);
    const g = await compile(fn({ inputs: { v, x }, defaults: { v: [1, 2, 3] }, outputs: { s: v.sum().add(x.sum()) }, name: "g" }), { target });
    expect(g({ x: [1, 1] }).s.item()).toBe(8);
  });

  test("sizes of a default meet those of what is passed", async () => {
    const a = input("a", ["n"]);
    const b = input("b", ["n"]);
    const f = await compile(fn({ inputs: { a, b }, defaults: { b: [1, 2] }, outputs: a.mul(b) }), { target });
    expect(f({ a: [3, 4] }).toArray()).toEqual([3, 8]);
    expect(() => f({ a: [3, 4, 5] })).toThrow(/^E504 f: the size "n" is 3 in input a and 2 in input b/);
  });

  test("an updated input keeps its value, and a call that passes it sets it", async () => {
    const sum = scalar("sum");
    const f = await compile(fn({ inputs: { x, sum }, defaults: { sum: 10 }, outputs: { before: sum.add(0) }, updates: [[sum, sum.add(x.sum())]] }), { target });
    expect(f({ x: [1, 2] }).before.item()).toBe(10);
    expect(f({ x: [1, 2] }).before.item()).toBe(13);
    expect(f({ x: [1, 2], sum: 0 }).before.item()).toBe(0);
    expect(f({ x: [1, 2] }).before.item()).toBe(3);
    expect(f.state["sum"]!.get().item()).toBe(6);
    f.state["sum"]!.set(1);
    expect(f({ x: [0, 0] }).before.item()).toBe(1);
  });

  test("after a failed call a kept value is what it was", async () => {
    const table = shared("table", [5, 6]);
    const i = scalar("i", { dtype: "i32" });
    const count = scalar("count");
    const f = await compile(fn({ inputs: { i, count }, defaults: { count: 0 }, outputs: table.take(i).add(count), updates: [[count, count.add(1)]] }), { target });
    expect(f({ i: 0 }).item()).toBe(5);
    expect(() => f({ i: 7, count: 50 })).toThrow(/E601/);
    expect(f({ i: 1 }).item()).toBe(7);
    expect(() => f({ i: 1, count: [1, 2] as never })).toThrow(/^E506 state\.count: shape \[2\] is given for f32\[\]/);
    expect(f({ i: 1 }).item()).toBe(8);
  });

  test("gradients by a kept input, beside other updates", async () => {
    const w = scalar("w");
    const steps = shared("steps", 0);
    const cost = w.sub(3).square();
    const f = await compile(fn({ inputs: { w, rate }, defaults: { w: 1, rate: 0.25 }, outputs: cost, updates: [[w, w.sub(grad(cost, w).mul(rate))], [steps, steps.add(1)]] }), { target });
    // w - (w - 3) / 2
    expect([f().item(), f().item(), f.state["w"]!.get().item(), f.state["steps"]!.get().item()]).toEqual([4, 1, 2.5, 2]);
  });
});

test("bound buffers start with the default", async () => {
  const f = await compile(fn({ inputs: { x, rate }, defaults: { rate: 0.5 }, outputs: { y: x.mul(rate) } }));
  const bound = f.bindBuffers();
  bound.inputs.x.set([2, 4]);
  bound.run();
  expect([...bound.outputs.y]).toEqual([1, 2]);
  bound.inputs.rate[0] = 3;
  bound.run();
  expect([...bound.outputs.y]).toEqual([6, 12]);
  const v = input("v", ["n"]);
  const g = await compile(fn({ inputs: { v }, defaults: { v: [1, 2] }, outputs: v.sum(), name: "g" }));
  expect(() => g.bindBuffers({ n: 3 })).toThrow(/^E504 g: the default of v has shape \[2\], the buffer \[3\]/);
});

test("an artifact takes all inputs, and a kept one is a variable", async () => {
  const sum = scalar("sum");
  const { wasm } = await build({ f: fn({ inputs: { x, rate, sum }, defaults: { rate: 0.5, sum: 10 }, outputs: { y: x.mul(rate).sum().add(sum) }, updates: [[sum, sum.add(1)]] }) });
  const { functions, state } = await load(wasm);
  expect(functions["f"]!({ x: [1, 2], rate: 2 })["y"]!.toArray()).toBe(16);
  expect(state["sum"]!.get().toArray()).toBe(11);
  expect(() => functions["f"]!({ x: [1, 2] })).toThrow(/rate/);
});

describe("errors", () => {
  const n = input("n", ["n"]);
  test.each<readonly [string, () => unknown, RegExp]>([
    ["no record", () => fn({ inputs: { x }, defaults: [1] as never, outputs: x }), /^E401 fn: defaults must be a record of values/],
    ["no input", () => fn({ inputs: { x }, defaults: { rat: 1 } as never, outputs: x }), /^E401 fn: there is a default for rat, which is not among the inputs/],
    ["a shape", () => fn({ inputs: { x }, defaults: { x: [1, 2, 3] } as never, outputs: x }), /^E503 fn: the default of x has shape \[3\], its type is x f32\[2\]/],
    ["a rank", () => fn({ inputs: { n }, defaults: { n: 1 } as never, outputs: n }), /^E503 fn: the default of n has shape \[\]/],
    ["a dtype", () => fn({ inputs: { x }, defaults: { x: new Float64Array(2) } as never, outputs: x }), /^E502 fn: the default of x must be f32, it is f64/],
    ["an expression", () => fn({ inputs: { x, rate }, defaults: { rate: x.sum() } as never, outputs: x.mul(rate) }), /^E209 fn: the default of rate is an object of class TensorExpression/],
    ["an update without a default", () => fn({ inputs: { x, rate }, outputs: x, updates: [[rate, rate]] as never }), /^E405 fn: the input rate is updated and has no default/],
    ["an update of another type", () => fn({ inputs: { x, rate }, defaults: { rate: 1 }, outputs: x.mul(rate), updates: [[rate, x]] as never }), /^E405 fn: the update of rate is x f32\[2\], rate f32\[\] is needed/],
    ["two updates", () => fn({ inputs: { rate }, defaults: { rate: 1 }, outputs: rate, updates: [[rate, rate], [rate, 1]] }), /^E405 fn: rate is updated twice/],
    ["an update of what is no input", () => fn({ inputs: { x }, outputs: x, updates: [[x.add(1), x]] as never }), /^E401 fn: only shared variables, and inputs with defaults, can be updated/],
    ["a size that is not fixed", () => fn({ inputs: { n }, defaults: { n: [1] }, outputs: n, updates: [[n, n.mul(2)]] }), /^E405 fn: the input n f32\[n\] is updated, and its size is not fixed/],
  ])("%s", (_, define, message) => {
    expect(define).toThrow(message);
  });

  test("a kept input and a variable of one name", async () => {
    const sum = scalar("sum");
    const f = fn({ inputs: { sum }, defaults: { sum: 0 }, outputs: sum.add(shared("sum", 1)), updates: [[sum, sum.add(1)]] });
    await expect(compile(f)).rejects.toThrow(/^E404 compile: two shared variables are called sum/);
  });
});
