// The section "Loops and branches".

import { compile, fn, grad, input, scalar, type Tensor } from "damo";
import { cond, scan, whileLoop } from "damo/loops";
import { check } from "damo/debug";
import { expect } from "vitest";
import type { Rows } from "./row.ts";

const targets = ["reference", "wasm"] as const;

export const loops: Rows = {
  "scan | no steps": [async () => {
    for (const target of targets) {
      const [xs, start] = [input("xs", ["n"]), scalar("start")];
      const [last, sums] = scan((sum: Tensor<"f32", []>, x: Tensor<"f32", []>) => [sum.add(x), sum], start, xs);
      const f = await compile(fn({ inputs: { xs, start }, outputs: { last, sums } }), { target });
      const { last: value, sums: stacked } = f({ xs: [], start: 7 });
      expect([value.item(), stacked.toArray()]).toEqual([7, []]);
      expect(f({ xs: [1, 2], start: 7 }).last.item()).toBe(10);
    }
  }],
  "scan | stacked slices of steps that were not taken": [async () => {
    for (const target of targets) {
      const stop = scalar("stop");
      const [outputs] = scan({ fn: (last) => ({ outputs: last.add(1), until: last.add(1).ge(stop) as Tensor<"bool"> }), outputsInfo: [stop.mul(0)], nSteps: 5 });
      const f = await compile(fn({ inputs: { stop }, outputs: outputs as Tensor }), { target });
      expect(f({ stop: 3 }).toArray()).toEqual([1, 2, 3, 0, 0]);
    }
  }],
  "scan | asked for more steps than its length, and not stopped before": [async () => {
    for (const target of targets) {
      const limit = scalar("limit");
      const last = whileLoop((x: Tensor<"f32", []>) => x.lt(limit), (x: Tensor<"f32", []>) => x.add(1), limit.mul(0), { maxSteps: 4 });
      const f = await compile(fn({ inputs: { limit }, outputs: last as Tensor<"f32", []> }), { target });
      expect(f({ limit: 4 }).item()).toBe(4);
      expect(() => f({ limit: 5 })).toThrow(/^E606/);
    }
  }],
  "check | a condition that does not hold, in a branch that is not taken, or of a value that nothing reads": [async () => {
    for (const target of targets) {
      const x = scalar("x");
      const ignored = check(x, x.lt(0), "ignored");
      const y = cond(x.gt(0), () => x.sqrt(), () => check(x, x.gt(0), "in the other branch")).add(ignored.shape.length);
      const f = await compile(fn({ inputs: { x }, outputs: y }), { target });
      expect(f({ x: 4 }).item()).toBe(2);
      expect(() => f({ x: -4 })).toThrow(/^E607 check: in the other branch/);
    }
  }],
  "check | a condition that does not hold": [async () => {
    for (const target of targets) {
      const x = scalar("x");
      const cost = check(x.mul(3), x.lt(5), "too large");
      const f = await compile({ value: fn({ inputs: { x }, outputs: cost }), slope: fn({ inputs: { x }, outputs: grad(cost, x) }) }, { target });
      expect([f.value({ x: 2 }).item(), f.slope({ x: 2 }).item()]).toEqual([6, 3]);
      expect(() => f.value({ x: 5 })).toThrow(/^E607 check: too large/);
      expect(() => f.slope({ x: 5 })).toThrow(/^E607 check: too large/);
    }
  }],
  "cond | an error (an index out of range) in the branch that is not taken": [async () => {
    for (const target of targets) {
      const [x, i] = [input("x", [3]), scalar("i", { dtype: "i32" })];
      const read = cond(i.lt(3), () => x.at(i), () => x.at(0).mul(0));
      const f = await compile(fn({ inputs: { x, i }, outputs: read }), { target });
      expect([f({ x: [5, 6, 7], i: 1 }).item(), f({ x: [5, 6, 7], i: 9 }).item()]).toEqual([6, 0]);
    }
  }],
};
