// A million draws against SciPy's distribution functions, in classes of nearly equal probability (fixtures/distributions.py), and
// derivatives of gamma draws against mpmath's.
import { readFileSync } from "node:fs";
import { compile, fn, input, type Tensor } from "damo";
import * as random from "damo/random";
import { expect, test } from "vitest";
import { toTensor } from "../../src/methods.ts";
import { toNode } from "../../src/ops/operand.ts";
import { gammaLogDerivative } from "../../src/random/gamma-derivative.ts";
import { chiSquared, chiSquaredBound, draws, momentErrors } from "./goodness.ts";

interface Row {
  readonly name: string;
  readonly arguments: readonly number[];
  readonly edges: readonly number[];
  readonly probabilities: readonly number[];
  readonly mean: number | null;
  readonly variance: number | null;
  readonly kurtosis: number | null;
}

const fixtures = JSON.parse(readFileSync(new URL("fixtures/distributions.json", import.meta.url), "utf8")) as {
  readonly continuous: readonly Row[]; readonly discrete: readonly Row[]; readonly gammaDerivatives: readonly (readonly [a: number, x: number, derivative: number, beyond: number])[];
};

const n = 1_000_000;
const key = random.key(31);

type Draw = (parameters: readonly number[]) => Tensor;
const distributions: { readonly [name: string]: Draw } = {
  gamma: ([a]) => random.gamma(key, [n], a!),
  beta: ([a, b]) => random.beta(key, [n], a!, b!),
  studentT: ([freedom]) => random.studentT(key, [n], freedom!),
  poisson: ([rate]) => random.poisson(key, [n], rate!),
  binomial: ([trials, p]) => random.binomial(key, [n], trials!, p!),
};

/** The first class whose edge is not below the value. */
function classOf(edges: readonly number[], value: number): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

async function expectFit({ name, arguments: parameters, edges, probabilities, mean, variance, kurtosis }: Row): Promise<void> {
  const values = await draws(distributions[name]!(parameters));
  const counts = new Array<number>(probabilities.length).fill(0);
  for (let i = 0; i < n; i++) counts[classOf(edges, values[i]!)]!++;
  // Pearson's statistic takes classes in which some draws are expected: rarer ones are one class.
  const common = probabilities.map((p) => p * n > 20);
  const rest = (of: readonly number[]): number => of.reduce((sum, x, i) => sum + (common[i] ? 0 : x), 0);
  const grouped = (of: readonly number[]): number[] => [...of.filter((_, i) => common[i]), ...(rest(probabilities) * n > 1 ? [rest(of)] : [])];
  expect(chiSquared(grouped(counts), grouped(probabilities))).toBeLessThan(chiSquaredBound);
  if (mean === null || variance === null || kurtosis === null) return;
  const errors = momentErrors(values, mean, variance, kurtosis);
  expect(errors.mean).toBeLessThan(5);
  expect(errors.variance).toBeLessThan(5);
}

const title = (row: Row): string => `${row.name} ${row.arguments.join(" ")}`;

test.each([...fixtures.continuous, ...fixtures.discrete].map((row) => [title(row), row] as const))("%s", (_, row) => expectFit(row));

test("derivatives of gamma draws, to the bound that is stated", async () => {
  const points = fixtures.gammaDerivatives;
  const [a, log] = [input("a", ["n"], { dtype: "f64" }), input("log", ["n"], { dtype: "f64" })];
  const slope = toTensor<"f64", ["n"]>(gammaLogDerivative("gamma", toNode("a", a), toNode("log", log)));
  const f = await compile(fn({ inputs: { a, log }, outputs: slope }));
  const found = f({ a: points.map(([value]) => value), log: points.map(([, x]) => Math.log(x)) }).data;
  points.forEach(([shape, x, derivative, beyond], i) => {
    const bound = shape < 200 ? 1e-14 / beyond : 1e-6;
    expect(Math.abs(found[i]! * x / derivative - 1), `a ${shape}, x ${x}`).toBeLessThan(bound);
  });
});
