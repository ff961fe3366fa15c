// Draws have the mean and covariance of the density they are from; paths are those of a leapfrog written out here.
import { compile, constant, fn, input } from "damo";
import { expect, test } from "vitest";
import { covariance, mean, precision, sample } from "../../examples/hmc.ts";
import { type Estimate, estimateMoments } from "../../examples/hmc/estimate.ts";
import { writeReport } from "../../examples/hmc/report.ts";
import { leapfrog } from "../../examples/hmc/sampler.ts";

test("the precision is the covariance's inverse", () => {
  precision.forEach((row, i) => covariance.forEach((_, j) => {
    expect(row.reduce((sum, value, k) => sum + value * covariance[k]![j]!, 0)).toBeCloseTo(i === j ? 1 : 0, 12);
  }));
});

test("acceptance is as asked, means and covariances are within their errors", async () => {
  const chains = 100;
  const sampled = await sample({ chains, draws: 500, seed: 4 });
  expect(Math.abs(sampled.accepted - 0.9)).toBeLessThan(0.05);
  const moments = estimateMoments(sampled.draws, chains, mean);
  const check = (what: string, { value, error }: Estimate, truth: number): void => {
    // Five standard errors: of 30 estimates one is that far off in 60,000 runs. And errors are small beside what is estimated.
    expect(Math.abs(value - truth), what).toBeLessThan(5 * error);
    expect(error, what).toBeLessThan(0.1);
  };
  mean.forEach((truth, i) => check(`mean ${i}`, moments.mean[i]!, truth));
  covariance.forEach((row, i) => row.forEach((truth, j) => check(`covariance ${i}, ${j}`, moments.covariance[i]![j]!, truth)));
  const page = writeReport({ ...sampled, chains, mean, covariance, moments });
  expect(page).not.toMatch(/NaN|undefined|(src|href)="(?!data:)/);
});

test.each(["wasm", "reference"] as const)("a path of the pendulum is that of the same steps in JavaScript, and leads back, target %s", async (target) => {
  const [stepSize, steps] = [0.1, 25];
  const [angle, velocity] = [input("angle", ["n", 1]), input("velocity", ["n", 1])];
  const there = leapfrog((at) => at.cos().neg().sum(1), angle, velocity, constant(stepSize), steps);
  const f = await compile(fn({ inputs: { angle, velocity }, outputs: { position: there.position, velocity: there.velocity, path: there.path } }), { target });
  const start = { angle: [[0.5], [-2]], velocity: [[0], [1]] };
  const end = f(start);
  start.angle.forEach(([from], i) => {
    let [q, p] = [from!, start.velocity[i]![0]!];
    for (let step = 0; step < steps; step++) {
      p -= 0.5 * stepSize * Math.sin(q);
      q += stepSize * p;
      p -= 0.5 * stepSize * Math.sin(q);
      expect(end.path.data[step * 2 + i]).toBeCloseTo(q, 5);
    }
    expect(end.position.data[i]).toBeCloseTo(q, 5);
    expect(end.velocity.data[i]).toBeCloseTo(p, 5);
  });
  const back = f({ angle: end.position, velocity: { data: end.velocity.data.map((value) => -value), shape: [2, 1] } });
  [...back.position.data].forEach((value, i) => expect(value).toBeCloseTo(start.angle[i]![0]!, 4));
});
