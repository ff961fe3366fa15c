// Derivatives of Fourier transforms at ten random points: of the ops, reverse mode against central differences of the evaluator in f64 and
// forward mode against reverse mode; and of what is made of them.
import { complexAbs, complexMul, fft, fftConvolve, ifftn, irfft, rfft } from "damo/fft";
import { checkGradient } from "damo/testing";
import { describe, expect, test } from "vitest";
import { createBuilder } from "../../ir/build.ts";
import type { Attributes, Node } from "../../ir/node.ts";
import "../../ir/routines/fft/index.ts";
import { rootsOfUnity } from "../../src/fft/roots.ts";
import { gradientFault } from "../ir/gradient-check.ts";
import { generatedInput } from "../ir/random-graph.ts";

const points = Array.from({ length: 10 }, (_, i) => i);
const roots = (n: number): Node[] => [rootsOfUnity(n, n, "f64")];
const tables = (n: number): Node[] => [rootsOfUnity(n / 2, n / 2, "f64"), rootsOfUnity(n, Math.floor(n / 4) + 1, "f64")];

describe("derivatives at ten random points", () => {
  test.each<readonly [string, readonly number[], readonly Node[], Attributes]>([
    ["fft", [6, 2], roots(6), { inverse: false }], ["fft", [2, 5, 2], roots(5), { inverse: true }],
    ["rfft", [8], tables(8), {}], ["rfft", [3, 2], tables(2), {}], ["rfft", [2, 6], tables(6), {}],
    ["irfft", [5, 2], tables(8), {}], ["irfft", [3, 2, 2], tables(2), {}], ["irfft", [2, 4, 2], tables(6), {}],
  ])("%s of %j", (op, shape, operands, attributes) => {
    const b = createBuilder();
    const parameters = [b.parameter(0, "x", { dtype: "f64", shape })];
    const value = b.make(op, [...parameters, ...operands], attributes);
    for (const point of points) expect(gradientFault({ parameters, values: [value], inputs: [generatedInput("f64", shape as number[], point)], wrt: parameters }), `point ${point}`).toBeUndefined();
  });

  test("lengths with other factors, products, convolutions, planes", async () => {
    for (const point of points) {
      const at = (shape: readonly number[]) => ({ data: generatedInput("f64", shape as number[], point).data as Float64Array, shape });
      await checkGradient((z) => complexAbs(fft(z).add(3)).square().sum(), [at([7, 2])]);
      await checkGradient((x, k) => irfft(complexMul(rfft(x), k)).pow(3).sum(), [at([2, 8]), at([5, 2])]);
      await checkGradient((x, k) => fftConvolve(x, k, { mode: "same" }).square().sum() as never, [at([3, 4]), at([2, 3])]);
      await checkGradient((z) => ifftn(z).pow(3).sum(), [at([2, 3, 2])]);
    }
  });
});
