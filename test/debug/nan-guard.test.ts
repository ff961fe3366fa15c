// nanGuard: the error names the op that made the first NaN or infinity of finite values, the ranges of its operands and the user's line.

import { describe, expect, it } from "vitest";
import { compile, constant, fn, grad, input, shared, where } from "damo";
import { cond, scan } from "damo/loops";
import { errorOf } from "../error-of.ts";

const targets = [{ target: "wasm" }, { target: "wasm", mode: "debug" }, { target: "wasm", threads: 2 }, { target: "reference" }] as const;

/** The line of this file on which the text stands alone. */
const line = (offset: number): string => `nan-guard.test.ts:${Number(/nan-guard\.test\.ts:(\d+)/.exec(new Error().stack!.split("\n")[2]!)![1]) + offset}`;

describe.each(targets)("%o", (options) => {
  it("names the op, the ranges of its operands and the line", async () => {
    const [a, b] = [input("a", ["n"]), input("b", ["n"])];
    const at = line(1);
    const quotient = a.div(b);
    const f = await compile(fn({ inputs: { a, b }, outputs: { y: quotient.exp().add(1).sum() } }), { ...options, nanGuard: true });
    expect(f({ a: [0, 0], b: [1, 2] }).y.item()).toBe(4);
    const error = errorOf(() => f({ a: [0, -3, 2], b: [0, 1, 2] }));
    expect(error.message).toBe(`E608 div: gives 1 NaN among 3 elements of a f32[3] in [-3, 2] and b f32[3] in [0, 2], ${at}`);
    expect([error.code, error.op, error.where]).toEqual(["E608", "div", at]);
  });

  it("leaves state as it was, in calls and in bound buffers", async () => {
    const x = input("x", []);
    const w = shared("w", constant(1));
    const cost = w.mul(x).log();
    const step = fn({ inputs: { x }, outputs: { half: x.mul(0.5) }, updates: [[w, w.sub(grad(cost, w))]] });
    const model = await compile({ step }, { ...options, nanGuard: true });
    model.step({ x: 2 });
    expect(model.state["w"]!.get().item()).toBe(0);
    model.state["w"]!.set(3);
    expect(errorOf(() => model.step({ x: Infinity })).code).toBe("E608");
    expect(model.state["w"]!.get().item()).toBe(3);
    if (options.target === "reference") return;
    const bound = model.step.bindBuffers();
    bound.inputs.x[0] = 0;
    expect(errorOf(() => bound.run()).code).toBe("E608");
    expect(model.state["w"]!.get().item()).toBe(3);
    bound.inputs.x[0] = 2;
    bound.run();
    expect(bound.outputs.half[0]).toBe(1);
  });

  it("lets pass what was given, and what no result shows", async () => {
    const x = input("x", ["n"]);
    const masked = where(x.gt(0), x.log(), 0);
    const f = await compile(fn({ inputs: { x }, outputs: { masked, moved: x.add(1) } }), { ...options, nanGuard: true });
    expect(f({ x: [1, 0, -1] }).masked.toArray()).toEqual([0, 0, 0]);
    expect(f({ x: [NaN, -Infinity] }).moved.toArray()).toEqual([NaN, -Infinity]);
  });

  it("does not blame what another value hides", async () => {
    const x = input("x", ["n"]);
    const masked = where(x.gt(0), x.log(), 0);
    const f = await compile(fn({ inputs: { x }, outputs: { y: masked.add(x.sqrt()) } }), { ...options, nanGuard: true });
    expect(errorOf(() => f({ x: [0, -1] })).op).toBe("sqrt");
  });

  it("finds the op in a step of a loop and in a branch", async () => {
    const xs = input("xs", ["n"]);
    const at = line(2);
    const [last] = scan((sum, x) => {
      const next = sum.sub(x).sqrt();
      return [next, next];
    }, constant(16), xs);
    const y = cond(last.gt(1), () => last.mul(2), () => last.sub(1).log());
    const f = await compile(fn({ inputs: { xs }, outputs: { y } }), { ...options, nanGuard: true });
    expect(f({ xs: [0, 0] }).y.item()).toBe(4);
    const inLoop = errorOf(() => f({ xs: [0, 5, 0] }));
    expect([inLoop.op, inLoop.where]).toEqual(["sqrt", at]);
    expect(inLoop.message).toContain("f32[] in [-1, -1]");
    expect(errorOf(() => f({ xs: [0, 3] })).op).toBe("log");
  });

  it("names the first of several, in the order of the program", async () => {
    const x = input("x", [2], { dtype: "f64" });
    const large = x.exp();
    const f = await compile(fn({ inputs: { x }, outputs: { y: large.sub(large.mul(2)) } }), { ...options, nanGuard: true });
    const error = errorOf(() => f({ x: [1, 1000] }));
    expect(error.message).toContain("E608 exp: gives 1 infinity among 2 elements of x f64[2] in [1, 1000]");
  });
});

it("takes true or false alone", async () => {
  const x = input("x", []);
  await expect(compile(fn({ inputs: { x }, outputs: x.mul(2) }), { nanGuard: 1 as never })).rejects.toThrow(/E410.*nanGuard is 1/);
});
