// Draws from a Gaussian of five dimensions by Hamiltonian Monte Carlo: chains that know nothing but its energy, which Damo
// differentiates. Writes out/hmc.html, with the draws beside the density and the means and covariances beside the true ones.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { compile, constant, fn, input, shared } from "damo";
import * as random from "damo/random";
import { projectFolder } from "./data-folder.ts";
import { type Estimate, estimateMoments } from "./hmc/estimate.ts";
import { writeReport } from "./hmc/report.ts";
import { drawByHmc, type Energy, leapfrog } from "./hmc/sampler.ts";

const deviations = [0.5, 1, 2, 1, 0.75] as const;
const correlation = 0.6;
export const dimensions = deviations.length;
export const mean = [1, -2, 0, 3, -0.5] as const;

/** Neighbouring dimensions are correlated, others through them. */
export const covariance = deviations.map((a, i) => deviations.map((b, j) => a * b * correlation ** Math.abs(i - j)));

/** Its inverse, which has three diagonals. */
export const precision = deviations.map((a, i) => deviations.map((b, j) => {
  const inner = i > 0 && i < dimensions - 1 ? 1 + correlation ** 2 : 1;
  const scaled = i === j ? inner : Math.abs(i - j) === 1 ? -correlation : 0;
  return scaled / (1 - correlation ** 2) / (a * b);
}));

const energy: Energy = (positions) => {
  const away = positions.sub(constant(mean));
  return away.dot(constant(precision)).mul(away).sum(1).mul(0.5);
};

export interface Settings {
  readonly chains: number;
  readonly draws: number;
  readonly seed: number;
}

export interface Sampled {
  /** [draws, chains, dimensions] */
  readonly draws: Float32Array;
  readonly accepted: number;
  readonly stepSize: number;
  /** From one draw to the next, [steps, dimensions]. */
  readonly path: Float32Array;
  readonly seconds: number;
}

// A quarter of the slowest oscillation: half of it would only turn a draw around.
const steps = 10;
const acceptance = 0.9;

/** Draws after as many that adapt the step size and are thrown away. */
export async function sample({ chains, draws, seed }: Settings): Promise<Sampled> {
  const position = shared("position", random.normal(random.key(seed), [chains, dimensions]));
  const stepSize = shared("step_size", 0.05);
  const key = input("key", [2], { dtype: "u32" });
  const keys = random.split(key, "draws");
  const [adapted] = drawByHmc(energy, { position, stepSize }, keys, { steps, adaptTo: acceptance });
  const [last, stacked] = drawByHmc(energy, { position, stepSize }, keys, { steps });
  const walk = leapfrog(energy, position, random.normal(key, [chains, dimensions]), stepSize, steps);
  const model = await compile({
    adapt: fn({ inputs: { key }, sizes: ["draws"], updates: [[position, adapted.position], [stepSize, adapted.stepSize]], outputs: {} }),
    draw: fn({ inputs: { key }, sizes: ["draws"], updates: [[position, last.position]], outputs: { draws: stacked.position, accepted: stacked.accepted.convert("f32").mean() } }),
    path: fn({ inputs: { key }, outputs: { path: walk.path.at({}, 0) } }),
  });
  const start = performance.now();
  model.adapt({ key: [seed, 1], draws });
  const result = model.draw({ key: [seed, 2], draws });
  const seconds = (performance.now() - start) / 1000;
  const { path } = model.path({ key: [seed, 3] });
  const sampled = { draws: result.draws.data, accepted: result.accepted.item(), stepSize: model.state.step_size!.get().item() as number, path: path.data, seconds };
  model.dispose();
  return sampled;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const chains = 100;
  const sampled = await sample({ chains, draws: 2000, seed: 1 });
  const moments = estimateMoments(sampled.draws, chains, mean);
  console.log(`${(100 * sampled.accepted).toFixed(1)} % of the proposals accepted, step size ${sampled.stepSize.toFixed(3)}, ${sampled.seconds.toFixed(2)} s`);
  const show = (truth: readonly number[], found: readonly Estimate[]): string =>
    truth.map((value, i) => `${value.toFixed(3)}: ${found[i]!.value.toFixed(3)} ± ${found[i]!.error.toFixed(3)}`.padStart(24)).join("");
  console.log(`means\n${show(mean, moments.mean)}\ncovariances\n${covariance.map((row, i) => show(row, moments.covariance[i]!)).join("\n")}`);
  const out = join(projectFolder(), "out");
  mkdirSync(out, { recursive: true });
  const page = join(out, "hmc.html");
  writeFileSync(page, writeReport({ ...sampled, chains, mean, covariance, moments }));
  console.log(pathToFileURL(page).href);
}
