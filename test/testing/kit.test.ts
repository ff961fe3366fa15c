// The testing kit from a user's side: it accepts what is right and catches what is wrong.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fn, input, stopGradient } from "damo";
import { checkGradient, checkRewrite, checkTargetsAgree, randomGraphs, shapes, tensors } from "damo/testing";
import { any, op, rule } from "../../ir/rewrite.ts";

describe("checkGradient", () => {
  it("accepts a right gradient and names a wrong one", async () => {
    await checkGradient((x, y) => x.mul(y).tanh().add(x.exp()).sum(), [[[0.1, -0.5], [1, 2]], [[0.3, 0.2], [-1, 0.5]]]);
    // The derivative of x * c with c taken for a constant is not that of x * x.
    await expect(checkGradient((x) => x.mul(stopGradient(x)).sum() as never, [[1, 2]])).rejects.toThrow(/argument 0 at element 0 is 1, differences give 2/);
  });
});

describe("checkTargetsAgree", () => {
  it("holds on generated tensors", async () => {
    const x = input("x", ["n", 3]);
    const f = fn({ inputs: { x }, outputs: { y: x.softmax(), s: x.sum(0) } });
    await fc.assert(fc.asyncProperty(tensors({ shape: shapes({ minRank: 1, maxRank: 1 }).map(([n]) => [n!, 3]), values: "unit" }), (value) => checkTargetsAgree(f, { x: value })), { numRuns: 20 });
  });
});

describe("checkRewrite", () => {
  it("catches a rule that breaks its claim, and one that never fires", () => {
    const wrong = rule("sub-add", op("sub", any("x"), any("y")), op("add", any("x"), any("y")), { claim: { kind: "bits" }, edges: "none" });
    expect(() => checkRewrite(wrong, 1)).toThrow(/rule sub-add: .* became/);
    const idle = rule("never", op("neg", op("neg", any("x"))), any("x"), { claim: { kind: "bits" }, edges: "none", where: () => false });
    expect(() => checkRewrite(idle, 1)).toThrow(/does not fire/);
  });
});

describe("arbitraries", () => {
  it("give tensors whose data fits their shape, and graphs with inputs that fit", () => {
    fc.assert(fc.property(tensors({ dtype: "i64", values: "any" }), ({ shape, data }) => data.length === shape.reduce((product, dim) => product * dim, 1)));
    fc.assert(fc.property(randomGraphs({ regime: "smooth", steps: 10 }), ({ graph, inputs }) => inputs.length === graph.parameters.length && graph.results.length > 0));
  });
});
