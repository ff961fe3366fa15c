// Plans of models: sound, of valid shaders, and with the commands that they should have. What they compute is tested where they run.
import { describe, expect, test } from "vitest";
import { adam, fn, input, normal, shared, softmaxCrossEntropy, zeros } from "damo";
import { findFaults, planOfDefinitions } from "./plan-of.ts";

const mlp = (batch: number | string) => {
  const x = input("x", [batch, 20]);
  const y = input("y", [batch], { dtype: "i32" });
  const [w1, b1] = [shared("w1", normal([20, 32], { seed: 1 })), shared("b1", zeros([32]))];
  const [w2, b2] = [shared("w2", normal([32, 10], { seed: 2 })), shared("b2", zeros([10]))];
  const logits = x.dot(w1).add(b1).relu().dot(w2).add(b2);
  const cost = softmaxCrossEntropy(logits, y).mean();
  return { train: fn({ inputs: { x, y }, outputs: { cost }, updates: adam(cost, [w1, b1, w2, b2], { learningRate: 0.01 }) }), predict: fn({ inputs: { x }, outputs: { logits } }) };
};

describe("a plan", () => {
  test("of an MLP", async () => {
    const plan = planOfDefinitions(mlp(16));
    expect(await findFaults(plan)).toEqual([]);
    const [train, predict] = plan.functions;
    expect(train!.placement).toBeDefined();
    // The labels are indices, which are checked: what writes state waits for it.
    expect(train!.canFail).toBe(true);
    const writers = train!.commands.filter((command) => command.kind === "dispatch" && command.buffers.some((buffer, i) =>
      train!.buffers[buffer]!.place.kind === "state" && plan.shaders[command.shader]!.buffers[i]!.access !== "read"));
    expect(writers.length).toBeGreaterThan(0);
    expect(writers.every((command) => command.kind === "dispatch" && command.gate === 0)).toBe(true);
    // Products with what becomes of them: two layers.
    expect(predict!.commands.map((command) => (command.kind === "dispatch" ? plan.shaders[command.shader]!.name : command.kind)))
      .toEqual(["product 32x32 then max", "product 32x32 then add"]);
  });

  test("of a batch whose size comes with the call has no sizes in its shaders", async () => {
    const plan = planOfDefinitions(mlp("n"));
    expect(await findFaults(plan)).toEqual([]);
    expect(plan.functions.map(({ sizes }) => sizes)).toEqual([["n"], ["n"]]);
    expect(plan.functions[0]!.placement).toBeUndefined();
  });
});
