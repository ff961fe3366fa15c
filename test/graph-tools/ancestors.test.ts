// What expressions are computed from.
import { type Tensor, constant, DamoError, grad, input, shared, zeros } from "damo";
import { cond, scan } from "damo/loops";
import { customGradient } from "damo/custom-gradient";
import { ancestors, dependsOn, graphInputs } from "damo/graph";
import { describe, expect, test } from "vitest";

const x = input("x", [3]);
const y = input("y", [3]);
const w = shared("w", [1, 2, 3]);
/** Tensors are the same where their expressions are. */
const nodeOf = (tensor: unknown) => (tensor as { node: unknown }).node;
const has = (list: readonly unknown[], tensor: unknown): boolean => list.some((other) => nodeOf(other) === nodeOf(tensor));

test("inputs and variables come back as they are, in the order in which they were made", () => {
  expect(graphInputs({ a: y.mul(w), b: [x.add(1)] })).toEqual([x, y, w]);
  expect(graphInputs(y)[0]).toBe(y);
  expect(graphInputs(constant([1]).add(2))).toEqual([]);
  expect(graphInputs(grad(x.mul(w).sum(), x))).toEqual([x, w]);
  expect(graphInputs([])).toEqual([]);
});

test("values come after those that they are computed from", () => {
  const h = x.mul(w);
  const z = h.sin().add(y);
  const all = ancestors(z);
  for (const value of [x, y, w, h, z]) expect(has(all, value)).toBe(true);
  const place = (tensor: unknown) => all.findIndex((other) => nodeOf(other) === nodeOf(tensor));
  expect(place(x)).toBeLessThan(place(h));
  expect(place(h)).toBeLessThan(place(z));
  expect(place(z)).toBe(all.length - 1);
  expect(all.every((value) => value.dtype === "f32")).toBe(true);
});

test("the search ends at values that are given", () => {
  const h = x.mul(w);
  const found = ancestors(h.add(y), { until: [h] });
  expect([h, y].map((value) => has(found, value))).toEqual([true, true]);
  expect([x, w].map((value) => has(found, value))).toEqual([false, false]);
});

describe("bodies are searched", () => {
  const inner: { [place: string]: Tensor } = {};
  const outputs = {
    loop: scan((c, v) => [(inner["loop"] = c.mul(v)), null], zeros([]), x)[0],
    branch: cond(x.sum().gt(0), () => (inner["branch"] = y.exp()), () => y),
    function: customGradient((u: Tensor<"f32">) => (inner["function"] = u.mul(2)), (d) => (inner["its gradient"] = d.mul(2)))(x),
  };
  const of: { readonly [place: string]: Tensor } = { ...outputs, "its gradient": outputs.function };

  test.each(["loop", "branch", "function", "its gradient"])("%s", (place) => {
    expect(has(ancestors(of[place]!), inner[place])).toBe(true);
    expect(dependsOn(of[place]!, inner[place]!)).toBe(true);
    expect(dependsOn(x, inner[place]!)).toBe(false);
    // A body's own variables are no inputs.
    expect(graphInputs(of[place]!).every((value) => value.kind === "input")).toBe(true);
  });

  test("and what gradients are taken of", () => {
    const h = x.mul(w);
    expect(dependsOn(grad(h.square().sum(), w), h)).toBe(true);
  });
});

test("dependsOn", () => {
  expect([dependsOn(x.add(y), x), dependsOn({ a: x, b: [y] }, y), dependsOn(x.add(1), y), dependsOn(x, x)]).toEqual([true, true, false, true]);
});

test("what is no tensor is refused", () => {
  expect(() => ancestors("x" as never)).toThrow(DamoError);
  expect(() => ancestors("x" as never)).toThrow(/^E209 ancestors: x is not a tensor/);
  expect(() => dependsOn(x, 3 as never)).toThrow(/^E209 dependsOn: /);
});
