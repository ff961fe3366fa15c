// Checks: the call fails with the message, the user's line and the first element, on every target, and leaves no trace.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { build, compile, constant, fn, grad, input, shared } from "damo";
import { cond, scan } from "damo/loops";
import { check } from "damo/debug";
import { load } from "damo/load";
import { errorOf } from "../error-of.ts";

const targets = [{ target: "wasm" }, { target: "wasm", mode: "debug" }, { target: "wasm", threads: 2 }, { target: "reference" }] as const;

describe.each(targets)("%o", (options) => {
  it("hands the value on while the condition holds, and names the first element where it does not", async () => {
    const x = input("x", ["n", 3]);
    const f = await compile(fn({ inputs: { x }, outputs: { y: check(x, x.gt(0), "element {0} of {1} is not positive").mul(2) } }), options);
    expect(f({ x: [[1, 2, 3]] }).y.toArray()).toEqual([[2, 4, 6]]);
    expect(f({ x: { data: new Float32Array(0), shape: [0, 3] } }).y.shape).toEqual([0, 3]);
    const error = errorOf(() => f({ x: [[1, 2, 3], [4, 0, -1]] }));
    expect(error.code).toBe("E607");
    expect(error.message).toBe(`E607 check: element 4 of 6 is not positive, ${error.where}`);
    expect(error.where).toMatch(/^check\.test\.ts:\d+$/);
    expect(f({ x: [[1, 2, 3]] }).y.toArray()).toEqual([[2, 4, 6]]);
  });

  it("leaves state as it was, also where only the gradient depends on the value", async () => {
    const x = input("x", [2]);
    const w = shared("w", constant([1, 2]));
    const loss = x.mul(w).sum();
    const step = fn({ inputs: { x }, outputs: { doubled: x.mul(2) }, updates: [[w, w.sub(grad(check(loss, loss.isFinite(), "the loss is not finite"), w))]] });
    const model = await compile({ step }, options);
    model.step({ x: [1, 1] });
    expect(model.state["w"]!.get().toArray()).toEqual([0, 1]);
    expect(errorOf(() => model.step({ x: [1, Infinity] })).message).toMatch(/^E607 check: the loss is not finite, check\.test\.ts:\d+$/);
    expect(model.state["w"]!.get().toArray()).toEqual([0, 1]);
  });

  it("fails in the step of a loop that breaks it", async () => {
    const xs = input("xs", ["n"]);
    const w = shared("w", constant(0));
    const [total] = scan((sum, x) => {
      const next = check(sum.add(x), sum.add(x).lt(10), "the sum is too large");
      return [next, next];
    }, w, xs);
    const f = await compile(fn({ inputs: { xs }, outputs: { total }, updates: [[w, total]] }), options);
    expect(f({ xs: [1, 2, 3] }).total.item()).toBe(6);
    expect(errorOf(() => f({ xs: [1, 5, -6] })).code).toBe("E607");
    expect(f.state["w"]!.get().item()).toBe(6);
    expect(f({ xs: [1, -5, 6] }).total.item()).toBe(8);
  });

  it("is made in the branch that is taken alone", async () => {
    const x = input("x", []);
    const y = cond(x.gt(0), () => check(x.sqrt(), x.lt(100), "large"), () => check(x.neg(), x.gt(-100), "small"));
    const f = await compile(fn({ inputs: { x }, outputs: { y } }), options);
    expect(f({ x: 4 }).y.item()).toBe(2);
    expect(f({ x: -4 }).y.item()).toBe(4);
    expect(errorOf(() => f({ x: 100 })).message).toContain("E607 check: large");
    expect(errorOf(() => f({ x: -100 })).message).toContain("E607 check: small");
  });

  it("lets derivatives of any order through", async () => {
    const x = input("x", []);
    const y = check(x.mul(x).mul(x), x.lt(5), "large");
    const first = grad(y, x);
    const f = await compile(fn({ inputs: { x }, outputs: { first, second: grad(first, x) } }), options);
    expect([f({ x: 2 }).first.item(), f({ x: 2 }).second.item()]).toEqual([12, 12]);
    expect(errorOf(() => f({ x: 5 })).code).toBe("E607");
  });

  it("finds the first of many elements, wherever it is, with any text in its message", async () => {
    const x = input("x", ["n", "m"], { dtype: "i32" });
    const compiled = new Map<string, Awaited<ReturnType<typeof make>>>();
    const make = (text: string) => compile(fn({ inputs: { x }, outputs: { y: check(x, x.eq(0), text) } }), options);
    // Texts are few, since each compiles; `{0}` and `{1}` would be filled in.
    const texts = ["plain", "a: b, c.ts:12", "quotes \" ' ` \\", "line\nbreak", "Ünïcode 🙂 {2} {} $&", "E601 gather: index"];
    await fc.assert(fc.asyncProperty(fc.constantFrom(...texts), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), fc.array(fc.nat(1599), { minLength: 1, maxLength: 5 }),
      async (text, n, m, places) => {
        const f = compiled.get(text) ?? await make(text);
        compiled.set(text, f);
        const data = new Int32Array(n * m);
        for (const place of places) data[place % (n * m)] = 1;
        const error = errorOf(() => f({ x: { data, shape: [n, m] } }));
        expect(error.code).toBe("E607");
        expect(error.message).toBe(`E607 check: ${text}, ${error.where}`);
        const numbered = compiled.get("numbered") ?? await make("{0}/{1}");
        compiled.set("numbered", numbered);
        expect(errorOf(() => numbered({ x: { data, shape: [n, m] } })).message).toContain(` ${Math.min(...places.map((place) => place % (n * m)))}/${n * m},`);
      }), { numRuns: 40 });
  });
});

describe("an artifact", () => {
  it("returns the number of a message that its signature holds", async () => {
    const x = input("x", ["n"]);
    const predict = fn({ inputs: { x }, outputs: { y: check(x, x.ge(0), "x is negative at {0} of {1}").sqrt() } });
    const { wasm, signature } = await build({ predict });
    expect(Object.values(signature.messages).filter((text) => text.startsWith("E607"))).toEqual([expect.stringMatching(/^E607 check: x is negative at \{0\} of \{1\}, check\.test\.ts:\d+$/)]);
    const model = await load(wasm);
    expect(() => model.functions["predict"]!({ x: { data: Float32Array.of(1, 4, -1), shape: [3] } })).toThrow(/E607 check: x is negative at 2 of 3/);
  });
});

describe("bad calls", () => {
  const x = input("x", [2]);
  it.each([
    [() => check(x, x as never, "m"), "E202"],
    [() => check(x, 1.5 as never, "m"), "E209"],
    [() => check(x, x.gt(0), ""), "E209"],
    [() => check(x, x.gt(0), undefined as never), "E209"],
    [() => check("x" as never, x.gt(0), "m"), "E209"],
  ])("%s: %s", (build, code) => {
    const error = errorOf(build);
    expect([error.code, error.op]).toEqual([code, "check"]);
    expect(error.where).toMatch(/^check\.test\.ts:/);
  });
});
