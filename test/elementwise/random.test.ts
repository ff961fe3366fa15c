// Random functions, run by JavaScript and by Damo on the same points.
import type { ScalarFunction } from "damo/elementwise";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { functionSource } from "./random-functions.ts";
import { evaluate, plain, targets } from "./run.ts";

type Point = readonly [number, number, number];

const pointsOf = (values: readonly number[]): Point[] => values.flatMap((x, i) => values.map((y, j): Point => [x, y, values[(i * 3 + j * 7) % values.length]!]));

const dyadic = [0, -0, 1, -1.5, 0.5, 2, -3, 7];

const made = (source: string): ScalarFunction => new Function(`return ${source}`)() as ScalarFunction;

describe.each(targets)("%s", (target) => {
  // In compiled code 3 * x * 10 is 30 * x, and x + 0 is x.
  const isCompiled = target === "wasm";
  const isSame = isCompiled ? (a: unknown, b: unknown) => a === b || Object.is(a, b) : Object.is;

  test("exact functions have JavaScript's bits", async () => {
    const points = pointsOf(isCompiled ? dyadic : [...dyadic, 0.1, -1e-9]);
    await fc.assert(fc.asyncProperty(functionSource(isCompiled ? "dyadic" : "exact"), async (source) => {
      const actual = await evaluate(made(source), points, target);
      plain(made(source), points).forEach((value, i) => {
        if (!isSame(actual[i], value)) expect({ at: points[i], value: actual[i] }).toEqual({ at: points[i], value });
      });
    }), { numRuns: 150 });
  });

  test("smooth ones agree to 1e-11", async () => {
    const points = pointsOf([...dyadic, 0.1, -1e-9]);
    await fc.assert(fc.asyncProperty(functionSource("smooth"), async (source) => {
      const actual = await evaluate(made(source), points, target) as number[];
      (plain(made(source), points) as number[]).forEach((value, i) => {
        expect(Math.abs(actual[i]! - value) / (1 + Math.abs(value)), `${points[i]!.join()}: ${actual[i]}, not ${value}`).toBeLessThanOrEqual(1e-11);
      });
    }), { numRuns: 100 });
  });
});
