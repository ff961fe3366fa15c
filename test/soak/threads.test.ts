// 10,000 steps on 1, 2, 3 and 4 threads learn the same bits; 1,000 models, on one thread and on two, come and go with a plateau of memory.

import { expect, it } from "vitest";
import { growth } from "../threads/growth.ts";
import { bitsAfter, compileStep } from "../threads/models.ts";

it("10,000 steps give the same bits on 1 to 4 threads", async () => {
  const bits = new Set<string>();
  for (const threads of [1, 2, 3, 4]) {
    const model = await compileStep({ threads });
    bits.add(bitsAfter(model, 10_000));
    model.dispose();
  }
  expect(bits.size).toBe(1);
});

it.each([1, 2])("1,000 models on %i threads reach a plateau", async (threads) => {
  const { alive, heap, resident } = await growth(1000, threads);
  expect(alive, "memories of disposed models").toBe(0);
  expect(heap).toBeLessThan(8);
  expect(resident).toBeLessThan(80);
});
