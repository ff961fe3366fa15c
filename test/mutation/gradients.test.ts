// No broken gradient entry goes unnoticed: quick enough to hold with every run of the tests.
import { expect, test } from "vitest";
import { mutateGradients } from "./gradients.ts";

test("every broken gradient is noticed by a sample", () => {
  const { mutants, survivors } = mutateGradients(() => undefined);
  expect(survivors).toEqual([]);
  expect(mutants).toBeGreaterThan(100);
});
