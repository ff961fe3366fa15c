// Functions made of functions: over other variables, with other parts, beside the original.
import { compile, fn, input, scalar, shared } from "damo";
import { copy } from "damo/graph";
import { describe, expect, test } from "vitest";

const x = scalar("x");
const total = shared("total", 0);
const other = shared("other", 100);
const scaled = x.mul(2);
const add = fn({ inputs: { x }, outputs: { before: total }, updates: [[total, total.add(scaled)]] });

test("a copy shares the variables that are not swapped", async () => {
  const model = await compile({ add, again: copy(add), elsewhere: copy(add, { swap: [[total, other]] }) });
  model.add({ x: 1 });
  expect(model.again({ x: 2 }).before.item()).toBe(2);
  expect(model.elsewhere({ x: 5 }).before.item()).toBe(100);
  expect([model.state["total"]!.get().item(), model.state["other"]!.get().item()]).toEqual([6, 110]);
});

test("two variables change places", async () => {
  const a = shared("a", 2);
  const b = shared("b", 3);
  const f = fn({ inputs: {}, outputs: { y: a.mul(10).add(b) }, updates: [[a, a.add(1)]] });
  const model = await compile({ f, swapped: copy(f, { swap: [[a, b], [b, a]] }) });
  expect(model.swapped().y.item()).toBe(32);
  expect([model.state["a"]!.get().item(), model.state["b"]!.get().item()]).toEqual([2, 4]);
});

test("parts are replaced, of updates too, and what replaces them is swapped", async () => {
  const f = copy(add, { swap: [[total, other]], givens: [[scaled, total.add(x)]], name: "f" });
  const model = await compile({ f });
  expect(f.name).toBe("f");
  model.f({ x: 1 });
  // other + (other + x)
  expect(model.state["other"]!.get().item()).toBe(201);
  expect(Object.keys(model.state)).toEqual(["other"]);
});

test("updates are left out", async () => {
  const model = await compile({ add, look: copy(add, { deleteUpdates: true }) });
  model.look({ x: 5 });
  expect(model.add({ x: 1 }).before.item()).toBe(0);
});

test("inputs with defaults keep them", async () => {
  const sum = scalar("sum");
  const f = fn({ inputs: { x, sum }, defaults: { x: 4, sum: 1 }, outputs: { sum: sum.add(0) }, updates: [[sum, sum.add(x)]] });
  const model = await compile({ f, g: copy(f) });
  model.f();
  expect(model.g({ x: 1 }).sum.item()).toBe(5);
  expect(model.f().sum.item()).toBe(6);
});

describe("errors", () => {
  const wide = shared("wide", [1, 2]);
  test.each<readonly [string, () => unknown, RegExp]>([
    ["no function", () => copy(3 as never), /^E401 copy: takes a function made by fn\(\), copy\.test\.ts:\d+$/],
    ["no variable", () => copy(add, { swap: [[x, total]] as never }), /^E401 copy: only shared variables can be swapped; replace other expressions with givens/],
    ["another type", () => copy(add, { swap: [[total, wide]] as never }), /^E407 copy: the replacement of total f32\[\] is wide f32\[2\]/],
    ["one variable twice", () => copy(add, { swap: [[total, other], [total, other]] }), /^E407 copy: swap replace the same expression twice/],
    ["two that are updated become one", () => copy(fn({ inputs: {}, outputs: total, updates: [[total, 1], [other, 2]] }), { swap: [[total, other]] }), /^E405 copy: two variables/],
    ["an input that is not there", () => copy(add, { givens: [[scaled, input("z", [])]] }), /^E402 copy: z f32\[\] is read but is not among the inputs/],
    ["a name that is none", () => copy(add, { name: "a b" }), /^E401 copy: "a b" is not a name/],
    ["an option that is none", () => copy(add, { deleteUpdates: 1 as never }), /^E209 copy: deleteUpdates is 1/],
  ])("%s", (_, build, message) => {
    expect(build).toThrow(message);
  });
});
