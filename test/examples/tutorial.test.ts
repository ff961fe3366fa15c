// The worked examples of the tutorial, with the numbers that it prints. The tanh net is 2 tanh(3) - tanh(9).
import { describe, expect, test } from "vitest";
import { relu, smallGraph, smallNets } from "../../examples/tutorial.ts";

describe.each(["wasm", "reference"] as const)("the tutorial, target %s", (target) => {
  test("a small graph and its gradients", async () => {
    expect(await smallGraph({ target })).toEqual({ p: 4, g: -12, dx: -3, dy: -3, dz: 4 });
  });

  test("relu", async () => {
    const positivePart = await relu({ target });
    expect([positivePart(4), positivePart(-2)]).toEqual([4, 0]);
  });

  test("nets of two hidden units", async () => {
    expect(await smallNets({ target })).toEqual({ relu: -3, tanh: 0.9901095378334199 });
  });
});
